-- At most 5 models whose names have $1 in them, spelt in any way; those that begin with it first.
SELECT m.name FROM model m
WHERE model_key($1) <> '' AND position(model_key($1) IN model_key(m.name)) > 0
ORDER BY position(model_key($1) IN model_key(m.name)) > 1, m.name COLLATE "C" LIMIT 5
