-- Checks of the server, for `deepdecipher-ingest doctor`: topic, whether it is fine (NULL: could not be looked at), what
-- was found, what to do when it is not fine. $1 is the client's clock in microseconds since 1970.
SELECT 'server', current_setting('server_version_num')::integer >= 150000,
       'PostgreSQL ' || current_setting('server_version'),
       'PostgreSQL 15 or later is needed: dump, install a newer server, restore'
UNION ALL
SELECT 'server', NOT pg_is_in_recovery(), CASE WHEN pg_is_in_recovery() THEN 'a standby' ELSE 'takes writes' END,
       'ingest needs the primary: name it in DATABASE_URL, with target_session_attrs=read-write when several hosts are named'
UNION ALL
SELECT 'durability', current_setting('fsync')::boolean AND current_setting('full_page_writes')::boolean,
       format('fsync %s, full_page_writes %s', current_setting('fsync'), current_setting('full_page_writes')),
       'a crash may lose the database: ALTER SYSTEM RESET fsync; ALTER SYSTEM RESET full_page_writes; SELECT pg_reload_conf()'
UNION ALL
SELECT 'encoding', pg_encoding_to_char(encoding) = 'UTF8', pg_encoding_to_char(encoding)::text,
       'make the database anew: createdb -E UTF8 -l C.UTF-8 -T template0 deepdecipher'
FROM pg_database WHERE datname = current_database()
UNION ALL
SELECT 'locale', datctype NOT IN ('C', 'POSIX'), datctype::text,
       'é and 日本 are no letters to it. Make the database anew: createdb -E UTF8 -l C.UTF-8 -T template0 deepdecipher'
FROM pg_database WHERE datname = current_database()
UNION ALL
SELECT 'locale', datcollversion IS NOT DISTINCT FROM pg_database_collation_actual_version(oid),
       format('sorts as version %s, the system has %s', coalesce(datcollversion, 'none'),
              coalesce(pg_database_collation_actual_version(oid), 'none')),
       format('indexes of text may be wrong: REINDEX DATABASE %I; ALTER DATABASE %I REFRESH COLLATION VERSION', datname, datname)
FROM pg_database WHERE datname = current_database()
UNION ALL
SELECT 'extensions', bool_and(e.extversion IS NOT DISTINCT FROM a.default_version),
       string_agg(format('%s %s', e.extname, e.extversion), ', ' ORDER BY e.extname),
       'as the owner of the database: ' || coalesce(string_agg(format('ALTER EXTENSION %I UPDATE', e.extname), '; ' ORDER BY e.extname)
                                                    FILTER (WHERE e.extversion IS DISTINCT FROM a.default_version), '')
FROM pg_extension e LEFT JOIN pg_available_extensions a ON a.name = e.extname
UNION ALL
SELECT 'roles', count(r.rolname) = 3,
       coalesce('missing: ' || string_agg(wanted.name, ', ' ORDER BY wanted.name) FILTER (WHERE r.rolname IS NULL),
                'owner, loader, reader'),
       'run sql/migrate as a superuser, or as a role that may create roles'
FROM unnest(ARRAY['deepdecipher_owner', 'deepdecipher_loader', 'deepdecipher_reader']) AS wanted (name)
LEFT JOIN pg_roles r ON r.rolname = wanted.name
UNION ALL
SELECT 'roles', count(*) FILTER (WHERE setting = 'default_transaction_read_only=on' OR setting LIKE 'statement\_timeout=%') = 2,
       'the reader''s limits: ' || coalesce(string_agg(setting, ', ' ORDER BY setting), 'none'),
       'run sql/migrate as a role that may ALTER ROLE deepdecipher_reader'
FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole AND r.rolname = 'deepdecipher_reader'
CROSS JOIN unnest(s.setconfig) AS setting
WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
UNION ALL
SELECT 'connections', used * 5 <= allowed * 4, format('%s of %s', used, allowed),
       'raise max_connections above workers + 2 * ingest processes, or run fewer (WORKERS, JOBS)'
FROM (SELECT count(*) AS used, current_setting('max_connections')::integer AS allowed
      FROM pg_stat_activity WHERE backend_type = 'client backend' OR backend_type IS NULL) AS connections
UNION ALL
SELECT 'clock', abs(skew) <= 2, format('the server''s is %s s %s', round(abs(skew), 1), CASE WHEN skew < 0 THEN 'behind' ELSE 'ahead' END),
       'run a time service (chrony, systemd-timesyncd) on both machines: times in logs and in the queue do not compare'
FROM (SELECT extract(epoch FROM clock_timestamp()) - $1::bigint / 1000000.0 AS skew) AS clock
