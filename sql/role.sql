-- The three roles, made when missing; run by sql/migrate under its lock, as two runs at once would update the same
-- catalogue rows. Roles belong to the whole server, so this file is outside the migrations.
-- owner migrates; loader is ingest; reader is the API and people who type SQL.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['deepdecipher_owner', 'deepdecipher_loader', 'deepdecipher_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another run was quicker
            END;
        END IF;
    END LOOP;
END
$$;

-- Whoever migrates acts as the owner; on PostgreSQL 16 and later that needs a membership.
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'deepdecipher_owner', 'MEMBER') THEN
        EXECUTE format('GRANT deepdecipher_owner TO %I', current_user);
    END IF;
    GRANT USAGE, CREATE ON SCHEMA public TO deepdecipher_owner;
    EXECUTE format('GRANT CREATE ON DATABASE %I TO deepdecipher_owner', current_database()); -- for trusted extensions
    GRANT USAGE ON SCHEMA public TO deepdecipher_loader, deepdecipher_reader;
END
$$;

-- What a role may cost: a reader cannot write, wait for ever or fill the disk with a sort.
DO $$
DECLARE
    place text := format('IN DATABASE %I', current_database());
BEGIN
    EXECUTE 'ALTER ROLE deepdecipher_reader ' || place || ' SET default_transaction_read_only = on';
    EXECUTE 'ALTER ROLE deepdecipher_reader ' || place || ' SET statement_timeout = ''30s''';
    EXECUTE 'ALTER ROLE deepdecipher_reader ' || place || ' SET temp_file_limit = ''1GB''';
    EXECUTE 'ALTER ROLE deepdecipher_reader ' || place || ' SET jit = off';
    EXECUTE 'ALTER ROLE deepdecipher_loader ' || place || ' SET jit = off';
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'limits of the reader role are not set: %', SQLERRM;
END
$$;
