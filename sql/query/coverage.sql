-- How much of each model each source has given, of sources that it was asked of (neuroscope where it was asked of none);
-- of the model named $1 only, unless that is NULL.
SELECT c.model, c.source, c.num_total_neurons, c.num_stored, c.num_rejected, c.num_waiting
FROM (SELECT k.model, k.source, k.num_total_neurons, k.num_stored, k.num_rejected, k.num_waiting::bigint AS num_waiting,
             sum(k.num_stored + k.num_rejected + k.num_waiting) OVER (PARTITION BY k.model) AS num_of_model
      FROM coverage k
      WHERE $1::text IS NULL OR k.model = (SELECT m.name FROM model m WHERE m.model_id = model_id($1))) AS c
WHERE c.num_stored + c.num_rejected + c.num_waiting > 0 OR (c.num_of_model = 0 AND c.source = 'neuroscope')
ORDER BY c.model, c.source
