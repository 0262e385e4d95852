-- How much of each model each source has given; of the model named $1 only, unless that is NULL.
SELECT c.model, c.source, c.num_total_neurons, c.num_stored, c.num_rejected, c.num_waiting::bigint
FROM coverage c
WHERE $1::text IS NULL OR c.model = (SELECT m.name FROM model m WHERE m.model_id = model_id($1))
ORDER BY c.model, c.source
