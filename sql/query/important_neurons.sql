-- Neurons of the model named $1, least important first; of layer $2 only, unless that is NULL.
-- Served by a range of neuron's primary key and a sort.
SELECT neuron_layer(n.neuron_id), neuron_index(n.neuron_id), n.importance
FROM neuron n
WHERE n.neuron_id >= neuron_id(model_id($1), coalesce($2::integer, 0), 0)
  AND n.neuron_id < neuron_id(model_id($1), coalesce($2::integer, 0), 0)
                    + CASE WHEN $2::integer IS NULL THEN 1::bigint << 48 ELSE 1::bigint << 32 END
ORDER BY n.importance, n.neuron_id
