-- Packed lists of token weights of model $1 (see ingest/verify_list.c): $3 rows behind neuron $2 and what else the last neuron
-- has, by neuron. Served by the primary key.
SELECT w.neuron_id, CASE w.kind WHEN 'activation' THEN 'explainer-token-activations' ELSE 'explainer-related-tokens' END,
       NULL::bigint AS num_numbers, w.num_positive::integer, NULL::bigint AS ids_end, w.tokens, w.weights, NULL::bytea
FROM token_weight w
WHERE w.neuron_id > $2 AND w.neuron_id >= $1::smallint::bigint << 48 AND w.neuron_id < ($1::smallint::bigint + 1) << 48
ORDER BY w.neuron_id FETCH FIRST ($3) ROWS WITH TIES
