-- Graph of neuron $3 in layer $2 of the model named $1, and how well it fits: one row or none. Served by the primary keys.
SELECT g.graph::text, f.neuron_id IS NOT NULL AS has_fit, f.accuracy, f.firing_precision, f.firing_recall, f.firing_f1_score,
       f.firing_count, f.non_firing_precision, f.non_firing_recall, f.non_firing_f1_score, f.non_firing_count
FROM neuron_graph g LEFT JOIN graph_fit f USING (neuron_id)
WHERE g.neuron_id = neuron_id(model_id($1), $2, $3)
