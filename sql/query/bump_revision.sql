-- Counts a write to model $1 from source $2: the last statement before COMMIT. The mark is updated, not left as it is: so
-- search_fill, which takes it away, waits for this transaction.
WITH known AS (INSERT INTO model_source (model_id, source_id) SELECT $1, $2 WHERE $3 ON CONFLICT DO NOTHING),
     stale AS (INSERT INTO search_stale AS s (model_id, source_id) VALUES ($1, $2)
               ON CONFLICT (model_id, source_id) DO UPDATE SET changed_at = now())
SELECT bump_revision($1)
