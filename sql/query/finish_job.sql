-- Marks job $1 as done: $2 neurons stored, $3 refused. Tells those who wait for a live one.
WITH done AS (UPDATE job SET done_at = now(), num_stored = $2, num_rejected = $3 WHERE job_id = $1 RETURNING is_live)
SELECT pg_notify('deepdecipher_done', '') FROM done WHERE is_live
