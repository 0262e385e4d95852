-- The posting lists of the tokens of neuron $3 in layer $2 of the model named $1, joined for each of the models $4 (none: all) that
-- has any; when they have at most $5 neurons together. Served by the unique key of token and the primary keys of posting and
-- posting_list.
SELECT l.model_id, l.model, l.layer_size, l.num_wanted, l.entries
FROM similar_lists(neuron_id($1, $2, $3), (SELECT array_agg(model_id(m)) FROM unnest($4::text[]) AS m), $5) AS l
