-- The model named $1 (or an alias), also one whose row in revision is lost: one row or none, with the address that its
-- neuroscope pages were last read from.
SELECT m.model_id, m.name, m.vocabulary_id,
       coalesce((SELECT j.url FROM job j WHERE j.model_id = m.model_id AND j.source_id = 1 ORDER BY j.job_id DESC LIMIT 1), '') AS url
FROM model m WHERE m.model_id = model_id($1)
