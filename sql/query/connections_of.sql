-- Connections of the neurons $1 in direction $2, by neuron. Served by the primary key.
SELECT c.neuron_id, c.num_positive, c.neurons, c.weights
FROM connection c
WHERE c.neuron_id = ANY ($1::bigint[]) AND c.direction = $2
ORDER BY c.neuron_id
