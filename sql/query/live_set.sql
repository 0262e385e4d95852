-- Model $1 is read live from source $2 at $3; a NULL address ends that.
WITH gone AS (DELETE FROM live_source WHERE model_id = $1 AND source_id = $2 AND $3::text IS NULL),
     here AS (INSERT INTO live_source (model_id, source_id, url)
              SELECT $1, $2, $3 WHERE $3::text IS NOT NULL
              ON CONFLICT (model_id, source_id) DO UPDATE SET url = excluded.url)
SELECT bump_revision($1)
