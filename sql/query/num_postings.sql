-- Number of tokens of neuron $3 in layer $2 of the model named $1; 0 when the model's store does not know it.
-- Served by the primary key of posting.
SELECT count(*) FROM posting p WHERE p.neuron_id = neuron_id(model_id($1), $2, $3)
