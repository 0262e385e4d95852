-- Tables of an archive of model $1 in their order: names, kinds of columns, statements that copy rows out and in.
SELECT t.name, t.kinds, t.copy_out, t.copy_in FROM archive_tables($1) AS t
