-- Lowest, mean and highest of each statistic: first over all neurons of the model named $1 (layer is NULL), then over each
-- layer; of layer $2 only, unless that is NULL. Served by a range of the primary key.
-- Means are of numerics: sums of floats would hang on the order in which the rows come.
SELECT neuron_layer(s.neuron_id) AS layer, count(*) AS num_neurons,
       min(s.kurtosis), avg(s.kurtosis::numeric)::float8, max(s.kurtosis), min(s.mean), avg(s.mean::numeric)::float8, max(s.mean),
       min(s.skewness), avg(s.skewness::numeric)::float8, max(s.skewness), min(s.variance), avg(s.variance::numeric)::float8, max(s.variance)
FROM statistics s
WHERE s.neuron_id >= neuron_id(model_id($1), coalesce($2::integer, 0), 0)
  AND s.neuron_id < neuron_id(model_id($1), coalesce($2::integer, 0), 0)
                    + CASE WHEN $2::integer IS NULL THEN 1::bigint << 48 ELSE 1::bigint << 32 END
GROUP BY GROUPING SETS ((), (neuron_layer(s.neuron_id)))
ORDER BY neuron_layer(s.neuron_id) NULLS FIRST
