-- Archives of models: see ingest/archive_table.c, which lists the tables.

CREATE OR REPLACE FUNCTION archive_model_id() RETURNS smallint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN current_setting('deepdecipher.archive_model')::smallint;
COMMENT ON FUNCTION archive_model_id() IS 'The model that this session writes an archive of';

CREATE OR REPLACE FUNCTION archive_first() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN archive_model_id()::bigint << 48;
COMMENT ON FUNCTION archive_first() IS 'First key of a neuron of that model';

CREATE OR REPLACE FUNCTION archive_end() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (archive_model_id() + 1)::bigint << 48;
COMMENT ON FUNCTION archive_end() IS 'The key behind its last';

-- Makes the model that an archive describes. One that is stored is emptied when `again`; without it there is no row.
-- Every table with neuron_id is emptied, so that none can be forgotten. Texts stay: other models may use them.
CREATE OR REPLACE FUNCTION archive_make(name text, activation_function text, dataset text, vocabulary text, num_layers integer,
                                        layer_size integer, num_total_parameters bigint, again boolean)
RETURNS TABLE (model_id smallint, vocabulary_id integer)
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    words integer;
    old smallint := model_id($1);
    id smallint;
    emptied text;
BEGIN
    IF old IS NOT NULL AND NOT again THEN
        RETURN;
    END IF;
    id := model_register(coalesce((SELECT m.name FROM model m WHERE m.model_id = old), $1), $2, $3, $5, $6, $7);
    INSERT INTO vocabulary AS v (name) VALUES ($4)
    ON CONFLICT ON CONSTRAINT vocabulary_name_key DO UPDATE SET name = excluded.name
    RETURNING v.vocabulary_id INTO words;
    UPDATE model m SET vocabulary_id = words WHERE m.model_id = id AND m.vocabulary_id <> words;
    IF old IS NOT NULL THEN
        FOR emptied IN
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND a.attname = 'neuron_id' AND NOT a.attisdropped
        LOOP
            EXECUTE format('DELETE FROM %I WHERE neuron_id >= $1 AND neuron_id < $2', emptied)
            USING id::bigint << 48, (id + 1)::bigint << 48;
        END LOOP;
        DELETE FROM model_source ms WHERE ms.model_id = id;
        DELETE FROM job j WHERE j.model_id = id;
    END IF;
    RETURN QUERY SELECT id, words;
END
$$;
COMMENT ON FUNCTION archive_make(text, text, text, text, integer, integer, bigint, boolean)
    IS 'Makes or empties the model of an archive; gives its key and its vocabulary''s';
