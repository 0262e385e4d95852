-- Locks the next waiting job that nobody works, live ones first: of model $1 and source $2, where those are not NULL.
-- Files are read only by the command that names them: another process may run elsewhere, or as a user who may not.
-- Served by job_waiting.
SELECT j.job_id, j.model_id, m.name, m.vocabulary_id, v.name AS vocabulary, j.source_id, j.layer, j.neurons, j.url, m.num_layers,
       m.layer_size
FROM job j JOIN model m USING (model_id) JOIN vocabulary v USING (vocabulary_id)
WHERE j.done_at IS NULL AND ($1::smallint IS NULL OR j.model_id = $1) AND ($2::smallint IS NULL OR j.source_id = $2)
  AND ($1 IS NOT NULL OR j.url NOT LIKE 'file://%')
ORDER BY j.is_live DESC, j.job_id
LIMIT 1
FOR UPDATE OF j SKIP LOCKED
