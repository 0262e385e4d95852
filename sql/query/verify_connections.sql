-- Packed lists of connections of model $1 (see ingest/verify_list.c): $3 rows behind neuron $2 and what else the last neuron
-- has, by neuron. Served by the primary key.
SELECT c.neuron_id, 'explainer-related-neurons', NULL::bigint AS num_numbers, c.num_positive::integer,
       (SELECT m.num_total_neurons FROM model m WHERE m.model_id = $1::smallint) AS ids_end, c.neurons, c.weights, NULL::bytea
FROM connection c
WHERE c.neuron_id > $2 AND c.neuron_id >= $1::smallint::bigint << 48 AND c.neuron_id < ($1::smallint::bigint + 1) << 48
ORDER BY c.neuron_id FETCH FIRST ($3) ROWS WITH TIES
