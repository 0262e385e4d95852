-- Texts of neuron $3 in layer $2 of the model named $1, which is a feature: by bin, at most $4 of each, the highest activation
-- first; the first row of each bin also has the activations of all its texts. With $4 = 0 one row a bin, without a text.
-- Served by the primary keys of feature_example and text.
SELECT e.bin, e.bin_contains, e.bin_max, e.bin_min, u.max_activation, u.max_activating_token_index, u.activations_at,
       CASE WHEN coalesce(u.n, 1) = 1 THEN e.activations END AS activations, t.num_tokens, t.tokens
FROM feature_example e
LEFT JOIN LATERAL unnest(e.text_ids, e.max_activations, e.max_activating_token_indexes, e.activations_at)
    WITH ORDINALITY AS u(text_id, max_activation, max_activating_token_index, activations_at, n) ON u.n <= $4::smallint
LEFT JOIN text t USING (text_id)
WHERE e.neuron_id = neuron_id(model_id($1), $2, $3)
ORDER BY e.bin, u.n
