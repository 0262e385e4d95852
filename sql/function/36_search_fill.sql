-- Brings what is searched up to date with the tables it is made from. Called by ingest at the end of a command.

CREATE OR REPLACE FUNCTION search_grams(folded text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(SELECT DISTINCT substr(folded, place, size)
             FROM generate_series(1, 3) AS size, generate_series(1, length(folded) - size + 1) AS place);
COMMENT ON FUNCTION search_grams(text) IS 'All runs of one to three characters: with an index of these, any part of a token is found, punctuation and emoji too';

-- The locale's lower case, also where the column is compared byte by byte.
CREATE OR REPLACE FUNCTION search_fold(token text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(token COLLATE "default");
COMMENT ON FUNCTION search_fold(text) IS 'Text in lower case, as search_token.folded has it';

CREATE OR REPLACE FUNCTION posting_list_fill(model_id smallint) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
SET work_mem = '128MB'
AS $$
DECLARE
    first bigint := neuron_id($1, 0, 0);
    last bigint := neuron_id($1, 0, 0) + (1::bigint << 48) - 1;
    layer_size bigint := (SELECT m.layer_size FROM model m WHERE m.model_id = $1);
    stored bigint;
BEGIN
    DELETE FROM posting_list l WHERE l.neuron_id = first;
    INSERT INTO posting_list (neuron_id, token_id, kind, num_neurons, entries)
    WITH own AS MATERIALIZED (
        SELECT p.neuron_id, least(count(*), 32767)::smallint AS num_postings FROM posting p
        WHERE p.neuron_id BETWEEN first AND last GROUP BY p.neuron_id
    ), listed AS (
        SELECT p.neuron_id, p.token_id, p.kind::text::list_kind AS kind, p.importance FROM posting p
        WHERE p.neuron_id BETWEEN first AND last
        UNION ALL
        SELECT e.neuron_id, e.max_token_id, 'peak', (count(*) / n.num_examples::double precision)::real
        FROM example e JOIN neuron n USING (neuron_id)
        WHERE e.neuron_id BETWEEN first AND last AND n.neuron_id BETWEEN first AND last
        GROUP BY e.neuron_id, e.max_token_id, n.num_examples
    )
    SELECT first, s.token_id, s.kind, count(*),
           string_agg(int4send((neuron_layer(s.neuron_id) * layer_size + neuron_index(s.neuron_id))::integer)
                      || float4send(coalesce(s.importance, 'NaN')) || int2send(s.num_postings), ''::bytea)
    FROM (SELECT l.*, coalesce(own.num_postings, 0::smallint) AS num_postings FROM listed l LEFT JOIN own USING (neuron_id)
          ORDER BY l.token_id, l.kind, l.neuron_id) AS s
    GROUP BY s.token_id, s.kind;
    GET DIAGNOSTICS stored = ROW_COUNT;
    RETURN stored;
END
$$;
COMMENT ON FUNCTION posting_list_fill(smallint) IS 'Makes a model''s posting lists from posting and example; gives their number';

-- Counts of the model's tokens, from its posting lists; what they were before is taken off the sums.
CREATE OR REPLACE FUNCTION search_token_fill(model_id smallint) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
SET work_mem = '128MB'
SET plan_cache_mode = force_custom_plan
SET client_min_messages = warning
AS $$
DECLARE
    words integer := (SELECT m.vocabulary_id FROM model m WHERE m.model_id = $1);
    changed bigint;
BEGIN
    CREATE TEMPORARY TABLE token_count ON COMMIT DROP AS
    SELECT t.bytes, t.token, c.num_activating, c.num_important
    FROM (SELECT l.token_id, coalesce(sum(l.num_neurons) FILTER (WHERE l.kind = 'activating'), 0)::integer AS num_activating,
                 coalesce(sum(l.num_neurons) FILTER (WHERE l.kind = 'important'), 0)::integer AS num_important
          FROM posting_list l WHERE l.neuron_id = neuron_id($1, 0, 0) GROUP BY l.token_id) AS c
    JOIN token t ON t.vocabulary_id = words AND t.token_id = c.token_id;
    ANALYZE token_count;
    INSERT INTO search_token (bytes, token, folded, grams)
    SELECT c.bytes, c.token, f.folded, search_grams(f.folded)
    FROM token_count c, search_fold(c.token) AS f(folded)
    WHERE NOT EXISTS (SELECT FROM search_token s WHERE s.bytes = c.bytes);
    CREATE TEMPORARY TABLE token_before ON COMMIT DROP AS
    WITH gone AS (DELETE FROM search_token_model b WHERE b.model_id = $1 RETURNING b.token_key)
    SELECT token_key FROM gone;
    INSERT INTO search_token_model (model_id, token_key, num_activating, num_important)
    SELECT $1, s.token_key, c.num_activating, c.num_important FROM token_count c JOIN search_token s USING (bytes)
    ORDER BY s.token_key;
    ANALYZE token_before;
    CREATE TEMPORARY TABLE token_sum ON COMMIT DROP AS
    SELECT k.token_key, coalesce(sum(b.num_activating), 0)::integer AS num_activating,
           coalesce(sum(b.num_important), 0)::integer AS num_important, count(b.token_key)::integer AS num_models
    FROM (SELECT token_key FROM token_before
          UNION SELECT b.token_key FROM search_token_model b WHERE b.model_id = $1) AS k
    LEFT JOIN search_token_model b USING (token_key) GROUP BY k.token_key;
    ANALYZE token_sum;
    INSERT INTO search_token_count AS c (token_key, bytes, bare, num_activating, num_important, num_models)
    SELECT n.token_key, s.bytes, regexp_replace(s.folded, '^ ', ''), n.num_activating, n.num_important, n.num_models
    FROM token_sum n JOIN search_token s USING (token_key)
    WHERE n.num_models > 0
    ON CONFLICT (token_key) DO UPDATE
    SET num_activating = excluded.num_activating, num_important = excluded.num_important, num_models = excluded.num_models
    WHERE (c.num_activating, c.num_important, c.num_models)
          <> (excluded.num_activating, excluded.num_important, excluded.num_models);
    GET DIAGNOSTICS changed = ROW_COUNT;
    DELETE FROM search_token_count c USING token_sum n WHERE c.token_key = n.token_key AND n.num_models = 0;
    DROP TABLE token_count, token_before, token_sum;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION search_token_fill(smallint) IS 'Counts in how many neurons of a model each token is; gives the number of tokens whose sums changed';

CREATE OR REPLACE FUNCTION explanation_word_fill(model_id smallint) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
SET work_mem = '128MB'
AS $$
DECLARE
    stored bigint;
BEGIN
    DELETE FROM explanation_word w WHERE w.model_id = $1;
    INSERT INTO explanation_word (model_id, word, stem, num_explanations)
    SELECT $1, s.word, (ts_lexize('english_stem', s.word))[1], s.ndoc
    FROM ts_stat(format('SELECT simple FROM explanation WHERE neuron_id BETWEEN %s AND %s', neuron_id($1, 0, 0),
                        neuron_id($1, 0, 0) + (1::bigint << 48) - 1)) AS s
    WHERE s.word <> '#' || $1::text;
    GET DIAGNOSTICS stored = ROW_COUNT;
    RETURN stored;
END
$$;
COMMENT ON FUNCTION explanation_word_fill(smallint) IS 'Lists the words of a model''s explanations; gives their number';

-- One at a time: the tokens' sums are shared by all models. A job that ends meanwhile waits for its mark's row.
CREATE OR REPLACE FUNCTION search_fill(model_id smallint) RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
DECLARE
    changed text[];
BEGIN
    IF NOT EXISTS (SELECT FROM search_stale s WHERE s.model_id = $1) THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('deepdecipher search'));
    WITH gone AS (DELETE FROM search_stale s WHERE s.model_id = $1 RETURNING s.source_id)
    SELECT array_agg(source.name) INTO changed FROM gone JOIN source USING (source_id);
    IF changed && ARRAY['neuroscope', 'n2g', 'neuron-store'] THEN
        PERFORM posting_list_fill($1);
        PERFORM search_token_fill($1);
    END IF;
    IF changed && ARRAY['neuroscope'] THEN
        PERFORM snippet_fill($1);
    END IF;
    IF changed && ARRAY['explainer', 'neuronpedia'] THEN
        PERFORM explanation_word_fill($1);
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION search_fill(smallint) IS 'Brings what is searched of a model up to date; false: nothing of it had changed';

-- Models that were last changed a while ago, by jobs that no command waits for.
CREATE OR REPLACE FUNCTION search_fill_due() RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp
AS $$
DECLARE
    due smallint := (SELECT s.model_id FROM search_stale s
                     WHERE NOT EXISTS (SELECT FROM job j WHERE j.done_at IS NULL AND j.model_id = s.model_id)
                     GROUP BY s.model_id HAVING max(s.changed_at) < now() - interval '10 minutes'
                     ORDER BY s.model_id LIMIT 1);
BEGIN
    RETURN coalesce(pg_try_advisory_xact_lock(hashtext('deepdecipher search')) AND search_fill(due), false);
END
$$;
COMMENT ON FUNCTION search_fill_due() IS 'As search_fill(), of a model that has changed over ten minutes ago and waits for nothing; false: there is none';
