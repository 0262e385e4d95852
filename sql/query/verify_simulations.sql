-- Packed lists of simulations of model $1 (see ingest/verify_list.c): $3 rows behind neuron $2 and what else the last neuron
-- has, by neuron. How many numbers there must be is NULL when a text is not there. Served by the primary keys.
SELECT s.neuron_id, x.name,
       (SELECT CASE WHEN count(t.text_id) = count(*) THEN coalesce(sum(t.num_tokens), 0) END
        FROM unnest(s.text_ids) AS u(text_id) LEFT JOIN text t USING (text_id)) AS num_numbers,
       NULL::integer AS num_positive, NULL::bigint AS ids_end, NULL::bytea AS ids, s.true_activations, s.simulated_activations
FROM simulation s JOIN source x USING (source_id)
WHERE s.neuron_id > $2 AND s.neuron_id >= $1::smallint::bigint << 48 AND s.neuron_id < ($1::smallint::bigint + 1) << 48
ORDER BY s.neuron_id FETCH FIRST ($3) ROWS WITH TIES
