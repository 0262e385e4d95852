-- The posting lists of the tokens $2 in the ways $1, of the models $3 (none: all), when they have at most $4 neurons together.
-- In order of model and token. Served by the unique key of token and the primary key of posting_list.
SELECT l.place, l.model_id, l.model, l.layer_size, l.token_id, l.kind, l.num_neurons, l.num_wanted, l.entries
FROM posting_lists($1::text[], $2::bytea[], (SELECT array_agg(model_id(m)) FROM unnest($3::text[]) AS m), $4) AS l
