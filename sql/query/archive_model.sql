-- The model with the key $1: what import makes it anew from.
SELECT m.name, m.activation_function, d.name, v.name, m.num_layers, m.layer_size, m.num_total_parameters
FROM model m JOIN dataset d USING (dataset_id) JOIN vocabulary v USING (vocabulary_id) WHERE m.model_id = $1
