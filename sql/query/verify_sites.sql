-- The address that each source of model $1 was last read from. Served by job's primary key, backwards.
SELECT s.name, j.url
FROM source s CROSS JOIN LATERAL (SELECT x.url FROM job x WHERE x.model_id = $1 AND x.source_id = s.source_id ORDER BY x.job_id DESC LIMIT 1) AS j
WHERE s.source_id < 100
