-- Connections of neuron $3 in layer $2 of the model named $1: a row for each direction that it has; one row of NULLs when it
-- has none, and no row when it was not read. Served by the primary keys of neuron_source and connection.
SELECT c.direction, c.num_positive, c.neurons, c.weights
FROM neuron_source s LEFT JOIN connection c USING (neuron_id)
WHERE s.neuron_id = neuron_id(model_id($1), $2, $3) AND s.source_id = 4
ORDER BY c.direction
