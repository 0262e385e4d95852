-- The 0th to the 100th percentile (101 numbers, interpolated) of each statistic over layer $2 of the model named $1: one row,
-- with NULL for a statistic that no neuron has. Served by a range of the primary key.
WITH p AS (SELECT array_agg(i / 100.0::float8 ORDER BY i) AS shares FROM generate_series(0, 100) AS i)
SELECT percentile_cont((SELECT shares FROM p)) WITHIN GROUP (ORDER BY s.kurtosis),
       percentile_cont((SELECT shares FROM p)) WITHIN GROUP (ORDER BY s.mean),
       percentile_cont((SELECT shares FROM p)) WITHIN GROUP (ORDER BY s.skewness),
       percentile_cont((SELECT shares FROM p)) WITHIN GROUP (ORDER BY s.variance)
FROM statistics s
WHERE s.neuron_id >= neuron_id(model_id($1), $2, 0) AND s.neuron_id < neuron_id(model_id($1), $2, 0) + (1::bigint << 32)
