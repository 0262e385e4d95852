-- Neurons like neuron $3 in layer $2 of the model named $1, the most similar first; at most $4. Served by the primary key.
SELECT neuron_layer(s.similar_id), neuron_index(s.similar_id), s.similarity, s.num_shared, s.similar_id
FROM similar_neuron s
WHERE s.neuron_id = neuron_id(model_id($1), $2, $3)
ORDER BY s.similarity DESC, s.similar_id
LIMIT $4
