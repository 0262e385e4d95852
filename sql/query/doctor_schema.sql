-- Checks of what is in the database, with the columns of doctor_server.sql. $1 names the migrations that the program
-- expects, with commas between them; $2 is the digest of its function files. Counts no big table.
SELECT 'migrations', missing IS NULL, coalesce('missing: ' || missing, $1::text), 'run sql/migrate (in compose: docker compose up migrate)'
FROM (SELECT string_agg(wanted, ', ' ORDER BY wanted) AS missing FROM unnest(string_to_array($1::text, ',')) AS wanted
      WHERE NOT EXISTS (SELECT FROM schema_version v WHERE v.file = wanted)) AS migrations
UNION ALL
SELECT 'migrations', unknown IS NULL, coalesce('unknown to this program: ' || unknown, 'none is newer than this program'),
       'a newer version migrated the database: upgrade this program'
FROM (SELECT string_agg(file, ', ' ORDER BY file) AS unknown FROM schema_version
      WHERE file <> 'function' AND file <> ALL (string_to_array($1::text, ','))) AS newer
UNION ALL
SELECT 'functions', coalesce(bool_or(digest = $2::text), false), coalesce('made ' || to_char(max(applied_at), 'YYYY-MM-DD'), 'missing'),
       'they are of another version than this program: run sql/migrate of this version, or upgrade this program'
FROM schema_version WHERE file = 'function'
UNION ALL
SELECT 'rights', has_table_privilege('job', 'UPDATE') AND has_table_privilege('neuron', 'INSERT'), 'this login is ' || current_user,
       'ingest needs deepdecipher_loader: name that role in DATABASE_URL'
UNION ALL
SELECT 'rights', NOT has_table_privilege('neuron', 'TRUNCATE'),
       CASE WHEN has_table_privilege('neuron', 'TRUNCATE') THEN 'this login may drop everything' ELSE 'this login may not change tables' END,
       'use deepdecipher_loader instead of the owner or a superuser'
UNION ALL
SELECT 'rights', has_table_privilege(r.oid, 'neuron', 'SELECT') AND NOT has_table_privilege(r.oid, 'neuron', 'INSERT'),
       CASE WHEN has_table_privilege(r.oid, 'neuron', 'INSERT') THEN 'the reader may write'
            WHEN has_table_privilege(r.oid, 'neuron', 'SELECT') THEN 'the reader reads only'
            ELSE 'the reader may not even read' END,
       'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM deepdecipher_reader, as the owner; then run sql/migrate'
FROM pg_roles r WHERE r.rolname = 'deepdecipher_reader'
UNION ALL
SELECT 'statistics', count(*) = 0, coalesce('none of: ' || string_agg(relname, ', ' ORDER BY relname), 'the planner has them'),
       'after a restore: vacuumdb --analyze-only, as the owner'
FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.reltuples < 0
     AND pg_relation_size(c.oid) > 10000000
UNION ALL
SELECT 'disk', NULL, format('the database has %s', pg_size_pretty(pg_database_size(current_database()))),
       'the loader may not ask for the server''s free space: look with df on the server'
UNION ALL
-- Where the login only acts as the loader, it may not see who is connected.
SELECT 'queue', CASE WHEN num_jobs = 0 OR has_ingest THEN true WHEN session_user = current_user THEN false END,
       CASE WHEN num_jobs = 0 THEN 'empty'
            ELSE format('%s jobs wait, %s neurons, the oldest for %s', num_jobs, num_neurons, date_trunc('second', now() - oldest)) END
       || CASE WHEN has_ingest THEN '' ELSE '; no ingest process is connected' END,
       'start one that works them: deepdecipher-ingest work (in compose: docker compose up -d ingest)'
FROM (SELECT count(*) AS num_jobs, sum(cardinality(neurons)) AS num_neurons, min(created_at) AS oldest
      FROM job WHERE done_at IS NULL) AS waiting
CROSS JOIN (SELECT EXISTS (SELECT FROM pg_stat_activity
                           WHERE application_name = 'deepdecipher-ingest' AND pid <> pg_backend_pid()
                             AND datname = current_database()) AS has_ingest) AS ingest
UNION ALL
SELECT 'queue', coalesce(max(age) < '1 hour', true),
       format('%s jobs are being worked%s', count(*), coalesce(', the longest for ' || date_trunc('second', max(age)), '')),
       format('a process hangs or has vanished; this gives its job back: SELECT pg_terminate_backend(%s)',
              (array_agg(pid ORDER BY age DESC))[1])
FROM (SELECT pid, now() - xact_start AS age FROM pg_stat_activity
      WHERE application_name = 'deepdecipher-ingest' AND pid <> pg_backend_pid() AND datname = current_database()
        AND xact_start < now() - interval '1 second' AND state LIKE 'idle in transaction%') AS working
UNION ALL
SELECT 'refused', unreachable = 0,
       CASE WHEN unreachable = 0 THEN 'no neuron for want of an answer'
            ELSE format('%s neurons: no answer from %s', unreachable, sites) END,
       'ask again when the site answers: deepdecipher-ingest retry MODEL'
FROM (SELECT count(*) AS unreachable, string_agg(DISTINCT url, ', ') AS sites FROM rejected WHERE kind = 'unreachable') AS refused
