-- Whether neuron $3 in layer $2 is one of the model named $1, its key, and the number of its tokens; no row without the model.
-- Served by the primary key of posting.
SELECT $2 < m.num_layers AND $3 < m.layer_size, neuron_id(m.model_id, $2, $3),
       (SELECT count(*) FROM posting p WHERE p.neuron_id = neuron_id(m.model_id, $2, $3))
FROM model m WHERE m.model_id = model_id($1)
