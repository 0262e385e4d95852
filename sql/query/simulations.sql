-- The texts that explanations of neuron $3 in layer $2 of the model named $1 were scored on, in the order of explanations
-- and texts; the first row of each explanation also has the activations of all its texts. Served by the primary keys of
-- simulation and text.
SELECT s.source_id, s.place, s.activation_scale, t.num_tokens, t.tokens, s.scores[3 * u.n - 2] AS score,
       s.scores[3 * u.n - 1] AS rsquared_score, s.scores[3 * u.n] AS absolute_dev_explained_score,
       CASE WHEN u.n = 1 THEN s.true_activations END AS true_activations,
       CASE WHEN u.n = 1 THEN s.simulated_activations END AS simulated_activations
FROM simulation s CROSS JOIN LATERAL unnest(s.text_ids) WITH ORDINALITY AS u(text_id, n) JOIN text t USING (text_id)
WHERE s.neuron_id = neuron_id(model_id($1), $2, $3)
ORDER BY s.source_id, s.place, u.n
