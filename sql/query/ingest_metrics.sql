-- What ingest has to do and has done, for /metrics: a row for each source that was ever asked. Reads the whole queue,
-- which has a row for 32 neurons and source. A job that is being worked is not done yet; how many are is the same in
-- each row: whoever takes one holds a lock of that mode on the table until the end of its transaction.
SELECT s.name AS source, count(*) FILTER (WHERE j.done_at IS NULL) AS jobs_waiting,
       count(j.done_at) AS jobs_done,
       coalesce(sum(cardinality(j.neurons)) FILTER (WHERE j.done_at IS NULL), 0)::bigint AS neurons_waiting,
       coalesce(sum(j.num_stored), 0)::bigint AS neurons_stored,
       coalesce(sum(j.num_rejected), 0)::bigint AS neurons_refused,
       coalesce(extract(epoch FROM now() - min(j.created_at) FILTER (WHERE j.done_at IS NULL)), 0)::float8 AS oldest_seconds,
       (SELECT count(*) FROM pg_locks
        WHERE relation = 'job'::regclass AND mode = 'RowShareLock' AND granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS jobs_running
FROM job j JOIN source s USING (source_id)
GROUP BY s.name
ORDER BY s.name COLLATE "C"
