-- Activations of all maximum activating texts of neuron $3 in layer $2 of the model named $1: where those of each text
-- begin, in the order of the texts; the first row also has the activations. Served by the primary keys of example and neuron.
SELECT e.activations_at,
       CASE WHEN e.rank = 0 THEN (SELECT n.activations FROM neuron n WHERE n.neuron_id = e.neuron_id) END AS activations
FROM example e
WHERE e.neuron_id = neuron_id(model_id($1), $2, $3)
ORDER BY e.rank
