-- Token tables of neuron $3 in layer $2 of the model named $1: a row for each kind it has, by kind. Served by the primary key.
SELECT w.kind, w.num_positive, w.tokens, w.weights
FROM token_weight w
WHERE w.neuron_id = neuron_id(model_id($1), $2, $3)
ORDER BY w.kind
