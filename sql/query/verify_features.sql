-- Packed lists of features of model $1 (see ingest/verify_list.c): $3 rows behind neuron $2 and what else the last neuron has,
-- by neuron. Served by the primary key.
SELECT f.neuron_id, 'neuronpedia', NULL::bigint AS num_numbers, l.num_positive, NULL::bigint AS ids_end, l.ids, l.numbers, l.more_numbers
FROM feature f CROSS JOIN LATERAL (VALUES
    (f.num_positive::integer, f.logit_tokens, f.logits, NULL::bytea),
    (NULL, NULL, f.density_heights, f.density_values), (NULL, NULL, f.logits_heights, f.logits_values),
    (NULL, NULL, f.similarities, NULL), (NULL, NULL, f.correlated_l1, f.correlated_pearson),
    (NULL, NULL, f.alignment_l1, f.alignment_values)) AS l(num_positive, ids, numbers, more_numbers)
WHERE f.neuron_id > $2 AND f.neuron_id >= $1::smallint::bigint << 48 AND f.neuron_id < ($1::smallint::bigint + 1) << 48
ORDER BY f.neuron_id FETCH FIRST ($3) ROWS WITH TIES
