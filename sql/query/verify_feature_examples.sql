-- Activations on each text of the features of model $1 (see ingest/verify_list.c): $3 rows behind neuron $2 and what else the
-- last neuron has, by neuron. How many there must be is NULL when the text is not there. Served by the primary keys.
SELECT e.neuron_id, 'neuronpedia', t.num_tokens::bigint AS num_numbers, NULL::integer AS num_positive, NULL::bigint AS ids_end,
       NULL::bytea AS ids, coalesce(substr(e.activations, u.activations_at + 1), '') AS activations, NULL::bytea
FROM feature_example e CROSS JOIN LATERAL unnest(e.text_ids, e.activations_at) AS u(text_id, activations_at) LEFT JOIN text t USING (text_id)
WHERE e.neuron_id > $2 AND e.neuron_id >= $1::smallint::bigint << 48 AND e.neuron_id < ($1::smallint::bigint + 1) << 48
ORDER BY e.neuron_id FETCH FIRST ($3) ROWS WITH TIES
