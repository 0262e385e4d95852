-- Opens the cursor neuron_list, for neuron_list_next.sql. Parameters as of neuron_list.sql.
SELECT neuron_list_open(CASE WHEN $1::text[] IS NOT NULL THEN ARRAY(SELECT DISTINCT i.id FROM unnest($1::text[]) AS w(name), model_id(w.name) AS i(id) WHERE i.id IS NOT NULL) END,
                        $2::text::int4multirange, $3, $4, $5::text[], $6::float8[], $7::float8[], $8, $9, $10::text[], $11)
