-- Writing the catalogue: models, datasets, vocabularies, tokens. Called by ingest.

CREATE OR REPLACE FUNCTION dataset_id(name text) RETURNS integer
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
DECLARE
    id integer;
BEGIN
    SELECT d.dataset_id INTO id FROM dataset d WHERE d.name = $1;
    IF id IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext('deepdecipher dataset')); -- a refused INSERT would use up a key
        SELECT d.dataset_id INTO id FROM dataset d WHERE d.name = $1;
    END IF;
    IF id IS NULL THEN
        INSERT INTO dataset AS d (name) VALUES ($1) RETURNING d.dataset_id INTO id;
    END IF;
    RETURN id;
END
$$;
COMMENT ON FUNCTION dataset_id(text) IS 'Key of the dataset of this name, made when new';

-- Registers a model, or brings its numbers up to date. The shape of a model never changes: its neurons' keys would.
CREATE OR REPLACE FUNCTION model_register(name text, activation_function text, dataset text, num_layers integer,
                                          layer_size integer, num_total_parameters bigint) RETURNS smallint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
DECLARE
    old model%ROWTYPE;
    data integer := dataset_id(dataset);
    words integer;
    id smallint;
BEGIN
    SELECT * INTO old FROM model m WHERE m.name = $1 FOR UPDATE;
    IF FOUND THEN
        IF old.num_layers <> $4 OR old.layer_size <> $5 THEN
            RAISE EXCEPTION 'model % is stored with % layers of % neurons, but the source now says % of %',
                $1, old.num_layers, old.layer_size, $4, $5;
        END IF;
        IF (old.activation_function, old.dataset_id, old.num_total_parameters) IS DISTINCT FROM ($2, data, $6) THEN
            UPDATE model m SET activation_function = $2, dataset_id = data, num_total_parameters = $6
            WHERE m.model_id = old.model_id;
            PERFORM bump_revision(old.model_id);
        END IF;
        RETURN old.model_id;
    END IF;
    IF model_key($1) IN ('batch', 'neurons', 'search') THEN
        RAISE EXCEPTION 'no model can be named %: /api/% is an address of the API; choose another name', $1, model_key($1);
    END IF;
    INSERT INTO vocabulary AS v (name) VALUES ($3)
    ON CONFLICT ON CONSTRAINT vocabulary_name_key DO UPDATE SET name = excluded.name
    RETURNING v.vocabulary_id INTO words;
    INSERT INTO model AS m (name, activation_function, dataset_id, vocabulary_id, num_layers, layer_size, num_total_parameters)
    VALUES ($1, $2, data, words, $4, $5, $6)
    ON CONFLICT ON CONSTRAINT model_name_key DO NOTHING
    RETURNING m.model_id INTO id;
    IF id IS NULL THEN -- another process was quicker
        RETURN model_register($1, $2, $3, $4, $5, $6);
    END IF;
    INSERT INTO revision (model_id) VALUES (id);
    INSERT INTO model_alias (alias, model_id) VALUES (model_key($1), id) ON CONFLICT DO NOTHING;
    RETURN id;
END
$$;
COMMENT ON FUNCTION model_register(text, text, text, integer, integer, bigint) IS 'Makes a model or updates its numbers; gives its key';

CREATE OR REPLACE FUNCTION bump_revision(model_id smallint) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
    UPDATE revision r SET revision = r.revision + 1, changed_at = now() WHERE r.model_id = $1
$$;
COMMENT ON FUNCTION bump_revision(smallint) IS 'Counts a write to a model; the last statement of every transaction that writes one';

-- Ids for tokens, made for those that are new. One at a time a vocabulary, so that ids are dense.
CREATE OR REPLACE FUNCTION token_ids(vocabulary integer, wanted bytea[]) RETURNS TABLE (token_id integer, bytes bytea)
LANGUAGE plpgsql VOLATILE STRICT ROWS 1000
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    next integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('deepdecipher vocabulary'), vocabulary);
    next := coalesce((SELECT t.token_id + 1 FROM token t WHERE t.vocabulary_id = vocabulary
                      ORDER BY t.vocabulary_id DESC, t.token_id DESC LIMIT 1), 0); -- not max(): it may read the other key
    -- Each token is looked up by a subquery of its own: right after the first tokens the planner believes in a small
    -- table and would join with all of it, for every text again.
    INSERT INTO token (vocabulary_id, token_id, token, bytes)
    SELECT vocabulary, next - 1 + row_number() OVER (ORDER BY place),
           convert_from(replace_nul(w.bytes), 'UTF8'), w.bytes
    FROM (SELECT u.bytes, min(u.place) AS place FROM unnest(wanted) WITH ORDINALITY AS u(bytes, place)
          WHERE (SELECT t.token_id FROM token t WHERE t.vocabulary_id = vocabulary AND t.bytes = u.bytes) IS NULL
          GROUP BY u.bytes) AS w;
    RETURN QUERY SELECT (SELECT t.token_id FROM token t WHERE t.vocabulary_id = vocabulary AND t.bytes = w.bytes), w.bytes
                 FROM (SELECT DISTINCT u.bytes FROM unnest(wanted) AS u(bytes)) AS w;
END
$$;
COMMENT ON FUNCTION token_ids(integer, bytea[]) IS 'Ids of tokens in a vocabulary; those not yet in it are added';

-- text cannot hold NUL: it is shown as U+2400.
CREATE OR REPLACE FUNCTION replace_nul(bytes bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    place integer := position('\x00'::bytea IN bytes);
BEGIN
    WHILE place > 0 LOOP
        bytes := overlay(bytes PLACING '\xe29080'::bytea FROM place FOR 1);
        place := position('\x00'::bytea IN bytes);
    END LOOP;
    RETURN bytes;
END
$$;
COMMENT ON FUNCTION replace_nul(bytea) IS 'UTF-8 bytes with NUL replaced by U+2400, the sign for it';
