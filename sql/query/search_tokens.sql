-- $5 tokens that match $1 in the way $2 ($3: upper and lower case differ), of the models $4 (none: all), behind the row that $6
-- to $9 name. The function plans each call anew: the indexes of search_token and search_token_count serve it.
SELECT s.bytes, s.num_activating, s.num_important, s.num_models, s.is_exact, s.likeness
FROM search_tokens($1, $2, $3, $4::text[], $5, $6, $7, $8, $9) AS s
