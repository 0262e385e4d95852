-- Marks job $1 as done: $2 neurons stored, $3 refused.
UPDATE job SET done_at = now(), num_stored = $2, num_rejected = $3 WHERE job_id = $1
