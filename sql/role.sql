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

-- Whoever migrates acts as the owner, and the one login of an outside server as each of them. On PostgreSQL 16 and later
-- the login that made a role lacks that right at first.
DO $$
DECLARE
    name text;
    acting text := CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    FOREACH name IN ARRAY ARRAY['deepdecipher_owner', 'deepdecipher_loader', 'deepdecipher_reader'] LOOP
        IF NOT pg_has_role(current_user, name, acting) THEN
            BEGIN
                EXECUTE format('GRANT %I TO %I', name, current_user);
            EXCEPTION WHEN insufficient_privilege THEN
                RAISE NOTICE '% may not act as %: %', current_user, name, SQLERRM;
            END;
        END IF;
    END LOOP;
    GRANT USAGE, CREATE ON SCHEMA public TO deepdecipher_owner;
    EXECUTE format('GRANT CREATE ON DATABASE %I TO deepdecipher_owner', current_database()); -- for trusted extensions
    GRANT USAGE ON SCHEMA public TO deepdecipher_loader, deepdecipher_reader;
END
$$;

-- What a role may cost: a reader cannot write, wait for ever or fill the disk with a sort. The latter only a superuser
-- may set.
DO $$
DECLARE
    role text;
    setting text;
BEGIN
    FOR role, setting IN VALUES
        ('deepdecipher_reader', 'default_transaction_read_only = on'),
        ('deepdecipher_reader', 'statement_timeout = ''30s'''),
        ('deepdecipher_reader', 'temp_file_limit = ''1GB'''),
        ('deepdecipher_reader', 'jit = off'),
        ('deepdecipher_loader', 'jit = off')
    LOOP
        BEGIN
            EXECUTE format('ALTER ROLE %I IN DATABASE %I SET %s', role, current_database(), setting);
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE '% is not set for %: %', setting, role, SQLERRM;
        END;
    END LOOP;
END
$$;
