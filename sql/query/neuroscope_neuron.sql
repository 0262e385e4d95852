-- The first $4 maximum activating texts of neuron $3 in layer $2 of the model named $1, best first; the first row
-- also has the activations of all. Served by the primary keys of example, text and neuron.
SELECT e.data_index, e.max_range, e.min_range, e.max_activation, e.min_activation, e.max_position,
       e.activations_at, t.num_tokens, t.tokens,
       CASE WHEN e.rank = 0 THEN (SELECT n.activations FROM neuron n WHERE n.neuron_id = e.neuron_id) END AS activations
FROM example e JOIN text t USING (text_id)
WHERE e.neuron_id = neuron_id(model_id($1), $2, $3) AND e.rank < $4
ORDER BY e.rank
