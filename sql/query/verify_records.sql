-- Packed lists of records of the next $3 neurons of model $1 behind neuron $2 (see ingest/verify_list.c), by neuron.
-- How many numbers there must be is NULL when a text is not there. Served by the primary keys.
SELECT r.neuron_id, 'explainer-activations',
       (SELECT CASE WHEN count(t.text_id) = count(*) THEN coalesce(sum(t.num_tokens), 0) END
        FROM unnest(r.text_ids) AS u(text_id) LEFT JOIN text t USING (text_id)) AS num_numbers,
       NULL::integer AS num_positive, NULL::bigint AS ids_end, NULL::bytea AS ids, r.activations, NULL::bytea
FROM record r
WHERE r.neuron_id > $2 AND r.neuron_id >= $1::smallint::bigint << 48 AND r.neuron_id < ($1::smallint::bigint + 1) << 48
ORDER BY r.neuron_id LIMIT $3
