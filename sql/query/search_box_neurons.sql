-- At most 5 models that have neuron $3 of layer $2: the one named $1, or any when that is empty.
SELECT m.name FROM model m
WHERE ($1 = '' OR m.model_id = model_id($1)) AND $2::bigint < m.num_layers AND $3::bigint < m.layer_size
ORDER BY m.name COLLATE "C" LIMIT 5
