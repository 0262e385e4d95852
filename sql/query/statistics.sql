-- Statistics of activations of neuron $3 in layer $2 of the model named $1: one row or none. Served by the primary key.
SELECT s.mean, s.variance, s.skewness, s.kurtosis, s.quantile_boundaries
FROM statistics s
WHERE s.neuron_id = neuron_id(model_id($1), $2, $3)
