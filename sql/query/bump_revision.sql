-- Counts a write to model $1 from source $2: the last statement before COMMIT.
WITH known AS (INSERT INTO model_source (model_id, source_id) SELECT $1, $2 WHERE $3 ON CONFLICT DO NOTHING)
SELECT bump_revision($1)
