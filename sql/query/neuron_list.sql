-- A page of a list of neurons, in its order: parameters and columns as of the function neuron_list, but $1 has names of models.
-- Served by an index of neuron_summary.
SELECT l.* FROM neuron_list(CASE WHEN $1::text[] IS NOT NULL THEN ARRAY(SELECT DISTINCT i.id FROM unnest($1::text[]) AS w(name), model_id(w.name) AS i(id) WHERE i.id IS NOT NULL) END,
                            $2::text::int4multirange, $3, $4, $5::text[], $6::float8[], $7::float8[], $8, $9, $10::text[], $11) AS l
