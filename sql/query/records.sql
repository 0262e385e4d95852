-- Activation records of neuron $3 in layer $2 of the model named $1: top, random, by quantile; the first row also has the
-- activations of all. One row without a text when there are none. Served by the primary keys of record and text.
SELECT r.num_top, r.num_random, r.quantile_sizes, t.num_tokens, t.tokens,
       CASE WHEN coalesce(u.n, 1) = 1 THEN r.activations END AS activations
FROM record r LEFT JOIN LATERAL unnest(r.text_ids) WITH ORDINALITY AS u(text_id, n) ON true LEFT JOIN text t USING (text_id)
WHERE r.neuron_id = neuron_id(model_id($1), $2, $3)
ORDER BY u.n
