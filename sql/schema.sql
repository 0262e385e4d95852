-- The schema as sql/migrate makes it, dumped by tests/sql/dump-schema: for reading, and compared by a test.

CREATE SCHEMA trigram;

ALTER SCHEMA trigram OWNER TO deepdecipher_owner;

COMMENT ON SCHEMA trigram IS 'The extension pg_trgm: likeness of words';

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA trigram;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE TYPE public.list_kind AS ENUM (
    'activating',
    'important',
    'peak'
);

ALTER TYPE public.list_kind OWNER TO deepdecipher_owner;

COMMENT ON TYPE public.list_kind IS 'activating, important: as in posting; peak: the token has the highest activation of one of the neuron''s texts';

CREATE TYPE public.posting_kind AS ENUM (
    'activating',
    'important'
);

ALTER TYPE public.posting_kind OWNER TO deepdecipher_owner;

COMMENT ON TYPE public.posting_kind IS 'activating: the neuron fires on the token; important: the token matters before one on which it fires';

CREATE FUNCTION public.archive_columns() RETURNS TABLE(table_name text, place bigint, name text, kind text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$
SELECT l.name, c.place, split_part(c.word, ':', 1), coalesce(nullif(split_part(c.word, ':', 2), ''), 'plain')
FROM archive_list() AS l, unnest(string_to_array(l.columns, ' ')) WITH ORDINALITY AS c(word, place)
$$;

ALTER FUNCTION public.archive_columns() OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.archive_columns() IS 'The same, a row for each column';

CREATE FUNCTION public.archive_list() RETURNS TABLE(place integer, name text, source text, columns text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
VALUES
    (1, 'dataset', NULL::text, 'dataset_id name'),
    (2, 'source', NULL, 'source_id name'),
    (3, 'token', NULL, 'token_id bytes'),
    (4, 'text', NULL, 'text_id num_tokens tokens'),
    -- neuroscope
    (10, 'neuron', '1', 'neuron_id:neuron num_examples max_activation min_activation activations'),
    (11, 'example', '1', 'neuron_id:neuron text_id:text data_index max_range min_range max_activation min_activation '
                         'dataset_id:dataset max_position max_token_id:token activations_at rank'),
    (12, 'logit_effect', '1', 'neuron_id:neuron place effect token'),
    (13, 'snippet', '1', 'neuron_id:neuron snippets'),
    -- documents of users
    (20, 'document', 'source_id', 'neuron_id:subject source_id:source document'),
    -- OpenAI's neuron explainer
    (30, 'explanation', 'source_id', 'neuron_id:neuron source_id:source place author explanation score rsquared_score '
                                     'absolute_dev_explained_score type explanation_model'),
    (31, 'simulation', 'source_id', 'neuron_id:neuron source_id:source place activation_scale text_ids:text[] scores true_activations '
                                    'simulated_activations'),
    (32, 'statistics', '3', 'neuron_id:neuron mean variance skewness kurtosis quantile_boundaries'),
    (33, 'record', '3', 'neuron_id:neuron num_top num_random quantile_sizes text_ids:text[] activations'),
    (34, 'connection', '4', 'neuron_id:neuron direction num_positive neurons weights'),
    (35, 'token_weight', 'CASE kind WHEN ''activation'' THEN 11 ELSE 5 END', 'neuron_id:neuron kind num_positive tokens:tokens weights'),
    -- Neuron2Graph
    (40, 'neuron_graph', '6', 'neuron_id:neuron num_nodes num_activating num_edges dot graph node_tokens node_importances'),
    (41, 'graph_fit', '10', 'neuron_id:neuron accuracy firing_precision firing_recall firing_f1_score non_firing_precision '
                            'non_firing_recall non_firing_f1_score firing_count non_firing_count'),
    (42, 'posting', '7', 'neuron_id:neuron token_id:token importance kind'),
    (43, 'similar_neuron', '7', 'neuron_id:neuron similar_id:neuron similarity num_shared'),
    -- Neuronpedia
    (50, 'feature', '9', 'neuron_id:neuron max_activation frac_nonzero density_heights density_values logits_heights logits_values '
                         'num_positive logit_tokens:tokens logits similar_features similarities correlated_neurons correlated_l1 '
                         'correlated_pearson alignment_neurons alignment_l1 alignment_values'),
    (51, 'feature_example', '9', 'neuron_id:neuron bin bin_min bin_max bin_contains text_ids:text[] max_activations '
                                 'max_activating_token_indexes activations_at activations'),
    -- notes about the model
    (90, 'neuron_source', NULL, 'neuron_id:subject source_id:source'),
    (91, 'rejected', NULL, 'neuron_id:subject source_id:source kind reason url num_tries'),
    (92, 'model_source', NULL, 'model_id:model source_id:source')
    -- Not: posting_list, explanation_word and search_…, which search_fill() makes anew; job and revision, which are about
    -- this machine's work; live_source, as whether a machine asks a site for what visitors want is for its own operator to
    -- say; model_alias, which comes with the name.
$$;

ALTER FUNCTION public.archive_list() OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.archive_list() IS 'The tables of an archive, their columns, and which of these hold keys that differ between machines';

CREATE FUNCTION public.archive_make(name text, activation_function text, dataset text, vocabulary text, num_layers integer, layer_size integer, num_total_parameters bigint, again boolean) RETURNS TABLE(model_id smallint, vocabulary_id integer)
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
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
$_$;

ALTER FUNCTION public.archive_make(name text, activation_function text, dataset text, vocabulary text, num_layers integer, layer_size integer, num_total_parameters bigint, again boolean) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.archive_make(name text, activation_function text, dataset text, vocabulary text, num_layers integer, layer_size integer, num_total_parameters bigint, again boolean) IS 'Makes or empties the model of an archive; gives its key and its vocabulary''s';

CREATE FUNCTION public.archive_range(name text, model_id smallint) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
SELECT CASE WHEN EXISTS (SELECT FROM archive_columns() c WHERE c.table_name = $1 AND c.kind = 'model') THEN format('model_id = %s', $2)
            ELSE format('neuron_id >= %s AND neuron_id < %s', $2::bigint << 48, ($2::bigint + 1) << 48) END
$_$;

ALTER FUNCTION public.archive_range(name text, model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.archive_range(name text, model_id smallint) IS 'The condition for rows of a table of the archive that are about a model';

CREATE FUNCTION public.archive_referred(kind text, model_id smallint) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
SELECT string_agg(format(CASE WHEN c.kind = $1 THEN 'SELECT %I FROM %I WHERE %s' ELSE 'SELECT unnest(%I) FROM %I WHERE %s' END,
                         c.name, c.table_name, archive_range(c.table_name, $2)), ' UNION ALL ')
FROM archive_columns() AS c WHERE c.kind IN ($1, $1 || '[]')
$_$;

ALTER FUNCTION public.archive_referred(kind text, model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.archive_referred(kind text, model_id smallint) IS 'A query for all keys of a kind that a model''s rows hold';

CREATE FUNCTION public.archive_tables(model_id smallint) RETURNS TABLE(name text, kinds text, copy_out text, copy_in text)
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
SELECT l.name, c.kinds,
       format('COPY (SELECT %s FROM %I WHERE %s ORDER BY %s) TO STDOUT (FORMAT binary)', c.values, l.name,
              CASE l.name
                  WHEN 'dataset' THEN format('dataset_id IN (%s)', archive_referred('dataset', $1))
                  WHEN 'source' THEN format('source_id < 100 OR source_id IN (%s)', archive_referred('source', $1))
                  WHEN 'token' THEN format('vocabulary_id = (SELECT m.vocabulary_id FROM model m WHERE m.model_id = %s)', $1)
                  WHEN 'text' THEN format('text_id IN (%s)', archive_referred('text', $1))
                  ELSE archive_range(l.name, $1)
              END, k.names),
       CASE WHEN l.place >= 10 THEN format('COPY %I (%s) FROM STDIN (FORMAT binary)', l.name, c.names) END
FROM archive_list() AS l
CROSS JOIN LATERAL (
    SELECT string_agg(x.kind, ' ' ORDER BY x.place) AS kinds, string_agg(format('%I', x.name), ', ' ORDER BY x.place) AS names,
           string_agg(format(CASE WHEN x.kind IN ('neuron', 'subject') THEN '%I & 281474976710655' WHEN x.kind = 'model' THEN '0::smallint'
                                  ELSE '%I' END, x.name), ', ' ORDER BY x.place) AS values
    FROM archive_columns() AS x WHERE x.table_name = l.name
) AS c
CROSS JOIN LATERAL (
    SELECT string_agg(format('%I.%I', l.name, a.attname), ', ' ORDER BY u.place) AS names
    FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS u(attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.attnum
    WHERE i.indrelid = to_regclass(format('public.%I', l.name)) AND i.indisprimary
) AS k
ORDER BY l.place
$_$;

ALTER FUNCTION public.archive_tables(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.archive_tables(model_id smallint) IS 'For each table of an archive: the kinds of its columns, and what copies a model''s rows out and rows in (NULL: keys are looked up)';

CREATE FUNCTION public.bump_revision(model_id smallint) RETURNS void
    LANGUAGE sql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    UPDATE revision r SET revision = r.revision + 1, changed_at = now() WHERE r.model_id = $1
$_$;

ALTER FUNCTION public.bump_revision(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.bump_revision(model_id smallint) IS 'Counts a write to a model; the last statement of every transaction that writes one';

CREATE FUNCTION public.dataset_id(name text) RETURNS integer
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
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
$_$;

ALTER FUNCTION public.dataset_id(name text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.dataset_id(name text) IS 'Key of the dataset of this name, made when new';

CREATE FUNCTION public.neuron_id(model_id smallint, layer integer, neuron integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((((model_id)::bigint << 48) | ((layer)::bigint << 32)) | (neuron)::bigint);

ALTER FUNCTION public.neuron_id(model_id smallint, layer integer, neuron integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_id(model_id smallint, layer integer, neuron integer) IS 'Key of a neuron: model_id << 48 | layer << 32 | index';

CREATE FUNCTION public.document_key(model_id smallint, layer integer, neuron integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN public.neuron_id(model_id, COALESCE(layer, 65535), COALESCE(neuron, 2147483647));

ALTER FUNCTION public.document_key(model_id smallint, layer integer, neuron integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.document_key(model_id smallint, layer integer, neuron integer) IS 'Key of a document: of a neuron, of a layer when neuron is NULL, of the model when both are';

CREATE FUNCTION public.document_source(service text) RETURNS smallint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
DECLARE
    id smallint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('deepdecipher document_source'));
    SELECT s.source_id INTO id FROM source s WHERE s.name = $1;
    IF id IS NULL THEN
        INSERT INTO source AS s (source_id, name)
        SELECT greatest(max(o.source_id) + 1, 100), $1 FROM source o
        RETURNING s.source_id INTO id;
    ELSIF id < 100 THEN
        RAISE EXCEPTION 'a source that is built in has the name %: choose another for the service', $1;
    END IF;
    RETURN id;
END
$_$;

ALTER FUNCTION public.document_source(service text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.document_source(service text) IS 'Key of the service of this name, made when new';

CREATE FUNCTION public.exact_float(bits bigint, mantissa_bits integer, exponent_bits integer) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT (((CASE WHEN (((exact_float.bits >> (exact_float.mantissa_bits + exact_float.exponent_bits)) & (1)::bigint) = 1) THEN '-1'::integer ELSE 1 END)::double precision * (CASE WHEN (parts.exponent = 0) THEN parts.mantissa ELSE (parts.mantissa + (1 << exact_float.mantissa_bits)) END)::double precision) * ((2)::double precision ^ ((((GREATEST(parts.exponent, 1) + 1) - (1 << (exact_float.exponent_bits - 1))) - exact_float.mantissa_bits))::double precision)) FROM (SELECT (((exact_float.bits >> exact_float.mantissa_bits) & (((1 << exact_float.exponent_bits) - 1))::bigint))::integer AS exponent, ((exact_float.bits & (((1 << exact_float.mantissa_bits) - 1))::bigint))::integer AS mantissa) parts);

ALTER FUNCTION public.exact_float(bits bigint, mantissa_bits integer, exponent_bits integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.exact_float(bits bigint, mantissa_bits integer, exponent_bits integer) IS 'An IEEE float of any size out of its bits';

CREATE FUNCTION public.explanation_terms(q text, match text, models smallint[] DEFAULT NULL::smallint[]) RETURNS TABLE(term text, is_stem boolean, num_explanations bigint)
    LANGUAGE plpgsql STABLE ROWS 5 PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    stems tsvector := to_tsvector('english', q);
    words text[] := ARRAY(SELECT w.lexeme FROM unnest(to_tsvector('simple', q)) AS w ORDER BY w.positions[cardinality(w.positions)]);
BEGIN
    IF match IN ('word', 'phrase') AND length(stems) > 0 THEN
        RETURN QUERY SELECT tsquery_word(s.lexeme), true,
            coalesce((SELECT sum(w.num_explanations) FROM explanation_word w
                      WHERE w.stem = s.lexeme AND (models IS NULL OR w.model_id = ANY (models))), 0)::bigint
        FROM unnest(stems) AS s;
    ELSIF match = 'fuzzy' THEN
        RETURN QUERY SELECT string_agg(tsquery_word(f.word), '|' ORDER BY f.word), false, coalesce(sum(f.num), 0)::bigint
        FROM unnest(words) AS s(word) CROSS JOIN LATERAL (
            SELECT a.word, sum(a.num) AS num
            FROM (SELECT w.word, w.num_explanations AS num, trigram.similarity(w.word, s.word) AS likeness FROM explanation_word w
                  WHERE w.word OPERATOR(trigram.%) s.word AND (models IS NULL OR w.model_id = ANY (models))
                  UNION ALL SELECT s.word, 0, 1) AS a
            WHERE a.likeness >= 0.4
            GROUP BY a.word ORDER BY max(a.likeness) DESC, a.word LIMIT 10) AS f
        GROUP BY s.word;
    ELSE
        RETURN QUERY SELECT tsquery_word(s.word) || CASE WHEN s.goes_on THEN ':*' ELSE '' END, false,
            coalesce((SELECT sum(w.num_explanations) FROM explanation_word w
                      WHERE w.word BETWEEN s.word AND s.word || CASE WHEN s.goes_on THEN U&'\+10FFFF' ELSE '' END -- unlike ^@ out of an index
                        AND (models IS NULL OR w.model_id = ANY (models))), 0)::bigint
        FROM (SELECT u.word, match = 'prefix' AND u.place = cardinality(words) AS goes_on
              FROM unnest(words) WITH ORDINALITY AS u(word, place)) AS s;
    END IF;
END
$$;

ALTER FUNCTION public.explanation_terms(q text, match text, models smallint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.explanation_terms(q text, match text, models smallint[]) IS 'What search_explanations looks for, word by word, and how much there is of it';

CREATE FUNCTION public.explanation_word_fill(model_id smallint) RETURNS bigint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET work_mem TO '128MB'
    AS $_$
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
$_$;

ALTER FUNCTION public.explanation_word_fill(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.explanation_word_fill(model_id smallint) IS 'Lists the words of a model''s explanations; gives their number';

CREATE FUNCTION public.feature_fill(model_id smallint, source_id smallint, refused bigint[]) RETURNS bigint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET work_mem TO '64MB'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $_$
#variable_conflict use_column
DECLARE
    words integer := (SELECT m.vocabulary_id FROM model m WHERE m.model_id = $1);
    stored bigint;
BEGIN
    DELETE FROM feature_line l WHERE l.neuron_id = ANY (refused);
    DELETE FROM example_line l WHERE l.neuron_id = ANY (refused);
    DELETE FROM explanation_line l WHERE l.neuron_id = ANY (refused);
    ANALYZE feature_line, example_line, explanation_line, text_line;
    CREATE TEMPORARY TABLE fill_feature ON COMMIT DROP AS
    SELECT neuron_id FROM feature_line UNION SELECT neuron_id FROM example_line UNION SELECT neuron_id FROM explanation_line;
    GET DIAGNOSTICS stored = ROW_COUNT;
    ANALYZE fill_feature;

    -- In order of their ids, all at once: two processes that store the same texts then wait for each other, but never both.
    INSERT INTO text (text_id, vocabulary_id, num_tokens, tokens)
    SELECT DISTINCT ON (t.text_id) t.text_id, words, t.num_tokens, t.tokens
    FROM text_line t WHERE t.text_id IN (SELECT e.text_id FROM example_line e)
    ORDER BY t.text_id
    ON CONFLICT (text_id) DO NOTHING;

    DELETE FROM feature t USING fill_feature f WHERE t.neuron_id = f.neuron_id;
    DELETE FROM feature_example t USING fill_feature f WHERE t.neuron_id = f.neuron_id;
    DELETE FROM explanation t USING fill_feature f WHERE t.neuron_id = f.neuron_id AND t.source_id = $2;
    INSERT INTO feature SELECT l.* FROM feature_line l ORDER BY l.neuron_id;

    INSERT INTO feature_example (neuron_id, bin, bin_min, bin_max, bin_contains, text_ids, max_activations,
                                 max_activating_token_indexes, activations_at, activations)
    SELECT e.neuron_id,
           row_number() OVER (PARTITION BY e.neuron_id ORDER BY e.bin_max DESC NULLS LAST, e.bin_min DESC NULLS LAST,
                                                                e.bin_contains DESC NULLS LAST) - 1,
           e.bin_min, e.bin_max, e.bin_contains,
           array_agg(e.text_id ORDER BY e.place), array_agg(e.max_activation ORDER BY e.place),
           array_agg(e.max_activating_token_index ORDER BY e.place),
           array_agg(e.activations_at ORDER BY e.place), string_agg(e.activations, ''::bytea ORDER BY e.place)
    FROM (SELECT l.*, row_number() OVER bin AS place, (sum(length(l.activations)) OVER bin - length(l.activations))::integer AS activations_at
          FROM example_line l
          WINDOW bin AS (PARTITION BY l.neuron_id, l.bin_min, l.bin_max, l.bin_contains ORDER BY l.max_activation DESC, l.line)) AS e
    GROUP BY e.neuron_id, e.bin_min, e.bin_max, e.bin_contains
    ORDER BY 1, 2;

    INSERT INTO explanation (neuron_id, source_id, place, author, type, explanation_model, explanation)
    SELECT l.neuron_id, $2, row_number() OVER (PARTITION BY l.neuron_id ORDER BY l.line) - 1, l.author, l.type,
           l.explanation_model, l.explanation
    FROM explanation_line l
    ORDER BY l.neuron_id, l.line;

    DELETE FROM rejected t USING fill_feature f WHERE t.neuron_id = f.neuron_id AND t.source_id = $2;
    INSERT INTO neuron_source (neuron_id, source_id) SELECT f.neuron_id, $2 FROM fill_feature f
    ON CONFLICT ON CONSTRAINT neuron_source_pkey DO UPDATE SET stored_at = now();
    DROP TABLE feature_line, example_line, explanation_line, text_line, fill_feature;
    RETURN stored;
END
$_$;

ALTER FUNCTION public.feature_fill(model_id smallint, source_id smallint, refused bigint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.feature_fill(model_id smallint, source_id smallint, refused bigint[]) IS 'Stores the features of the temporary tables of feature_stage(); gives their number';

CREATE FUNCTION public.feature_stage() RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$
    CREATE TEMPORARY TABLE feature_line (LIKE feature) ON COMMIT DROP;
    CREATE TEMPORARY TABLE example_line (
        neuron_id bigint, line bigint, text_id bigint, bin_min double precision, bin_max double precision,
        bin_contains double precision, max_activation double precision, max_activating_token_index integer,
        activations bytea) ON COMMIT DROP;
    CREATE TEMPORARY TABLE explanation_line (
        neuron_id bigint, line bigint, author text, type text, explanation_model text, explanation text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE text_line (text_id bigint, num_tokens integer, tokens bytea) ON COMMIT DROP;
$$;

ALTER FUNCTION public.feature_stage() OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.feature_stage() IS 'Makes the temporary tables for the lines of an export; they last until COMMIT';

CREATE FUNCTION public.ieee_float(packed bytea, place integer, size integer) RETURNS double precision
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET extra_float_digits TO '1'
    AS $$
DECLARE
    bits bigint := get_byte(packed, place) | (get_byte(packed, place + 1) << 8) | (get_byte(packed, place + 2) << 16)
                   | (get_byte(packed, place + 3)::bigint << 24);
    exponent integer;
    magnitude double precision;
BEGIN
    IF size = 4 THEN -- given as the double of its shortest digits
        exponent := (bits >> 23) & 255;
        magnitude := (CASE WHEN exponent = 0 THEN bits & 8388607 ELSE bits & 8388607 | 8388608 END)::double precision
                     * 2::double precision ^ (greatest(exponent, 1) - 150);
        RETURN CASE WHEN bits >> 31 = 1 THEN -1 ELSE 1 END * magnitude::real::text::double precision;
    END IF;
    bits := bits | (get_byte(packed, place + 4)::bigint << 32) | (get_byte(packed, place + 5)::bigint << 40)
            | (get_byte(packed, place + 6)::bigint << 48) | (get_byte(packed, place + 7)::bigint << 56);
    exponent := (bits >> 52) & 2047;
    magnitude := (CASE WHEN exponent = 0 THEN bits & 4503599627370495 ELSE bits & 4503599627370495 | 4503599627370496 END)::double precision;
    exponent := greatest(exponent, 1) - 1075;
    -- In two steps: 2 ^ 971 times 2 ^ 53 is too much, 2 ^ -1074 too little for one.
    magnitude := magnitude * 2::double precision ^ (exponent / 2) * 2::double precision ^ (exponent - exponent / 2);
    RETURN CASE WHEN bits < 0 THEN -1 ELSE 1 END * magnitude;
END
$$;

ALTER FUNCTION public.ieee_float(packed bytea, place integer, size integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.ieee_float(packed bytea, place integer, size integer) IS 'A float of 4 or 8 bytes out of a packed column';

CREATE FUNCTION public.model_id(name text) RETURNS smallint
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $_$
DECLARE
    id smallint;
BEGIN
    SELECT m.model_id INTO id FROM public.model m WHERE m.name = $1;
    IF NOT FOUND THEN
        SELECT a.model_id INTO id FROM public.model_alias a WHERE a.alias = public.model_key($1);
    END IF;
    RETURN id;
END
$_$;

ALTER FUNCTION public.model_id(name text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.model_id(name text) IS 'Key of the model of this name or alias; NULL when there is none';

CREATE FUNCTION public.model_key(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(lower((name COLLATE "C")), '[^a-z0-9]'::text, ''::text, 'g'::text);

ALTER FUNCTION public.model_key(name text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.model_key(name text) IS 'A model''s name folded for look-up: ASCII letters and digits only, in lower case';

CREATE FUNCTION public.model_register(name text, activation_function text, dataset text, num_layers integer, layer_size integer, num_total_parameters bigint) RETURNS smallint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
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
$_$;

ALTER FUNCTION public.model_register(name text, activation_function text, dataset text, num_layers integer, layer_size integer, num_total_parameters bigint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.model_register(name text, activation_function text, dataset text, num_layers integer, layer_size integer, num_total_parameters bigint) IS 'Makes a model or updates its numbers; gives its key';

CREATE FUNCTION public.neuron_id(model text, layer integer, neuron integer) RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN public.neuron_id(public.model_id(model), layer, neuron);

ALTER FUNCTION public.neuron_id(model text, layer integer, neuron integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_id(model text, layer integer, neuron integer) IS 'Key of a neuron, e.g. neuron_id(''gpt2-xl'', 5, 2332)';

CREATE FUNCTION public.neuron_index(neuron_id bigint) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((neuron_id & '4294967295'::bigint))::integer;

ALTER FUNCTION public.neuron_index(neuron_id bigint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_index(neuron_id bigint) IS 'Index of a neuron in its layer';

CREATE FUNCTION public.neuron_layer(neuron_id bigint) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (((neuron_id >> 32) & (65535)::bigint))::integer;

ALTER FUNCTION public.neuron_layer(neuron_id bigint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_layer(neuron_id bigint) IS 'Layer part of a neuron''s key';

CREATE FUNCTION public.neuron_list(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) RETURNS TABLE(neuron_id bigint, mean double precision, variance double precision, skewness double precision, kurtosis double precision, max_activation double precision, min_activation double precision, explanation_score double precision, rsquared_score double precision, absolute_dev_explained_score double precision, accuracy double precision, firing_precision double precision, firing_recall double precision, firing_f1_score double precision, non_firing_precision double precision, non_firing_recall double precision, non_firing_f1_score double precision, frac_nonzero double precision, importance real, num_examples integer, num_explanations integer, num_nodes integer, num_activating integer, num_edges integer, firing_count integer, non_firing_count integer, num_activating_tokens integer, num_important_tokens integer, num_similar integer, explanation text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    RETURN QUERY EXECUTE neuron_list_query(models, layers, field, is_descending, filters, lows, highs, after_value, after_id,
                                           fields, num_rows, false);
END
$$;

ALTER FUNCTION public.neuron_list(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_list(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) IS 'A page of a list of neurons';

CREATE FUNCTION public.neuron_list_bound(bound double precision, type text, is_low boolean) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
    RETURN CASE WHEN (type = 'integer'::text) THEN ((GREATEST(LEAST(CASE WHEN is_low THEN ceil(bound) ELSE floor(bound) END, (2147483647)::double precision), ('-2147483648'::integer)::double precision))::bigint)::text WHEN ((type = 'real'::text) AND (abs(bound) > ('340000000000000000000000000000000000000'::numeric)::double precision)) THEN ((sign(bound) * 'Infinity'::double precision))::text WHEN ((type = 'real'::text) AND (abs(bound) < (0.0000000000000000000000000000000000001)::double precision)) THEN '0'::text ELSE (bound)::text END;

ALTER FUNCTION public.neuron_list_bound(bound double precision, type text, is_low boolean) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_list_bound(bound double precision, type text, is_low boolean) IS 'A bound of a list as text that the column''s type takes';

CREATE TABLE public.model (
    model_id smallint NOT NULL,
    name text NOT NULL,
    activation_function text NOT NULL,
    dataset_id integer NOT NULL,
    vocabulary_id integer NOT NULL,
    num_layers integer NOT NULL,
    layer_size integer NOT NULL,
    num_total_neurons bigint GENERATED ALWAYS AS (((num_layers)::bigint * layer_size)) STORED,
    num_total_parameters bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT model_layer_size_check CHECK ((layer_size >= 1)),
    CONSTRAINT model_name_check CHECK ((name ~ '^[A-Za-z0-9._-]{1,100}$'::text)),
    CONSTRAINT model_num_layers_check CHECK (((num_layers >= 1) AND (num_layers <= 65535))),
    CONSTRAINT model_num_total_parameters_check CHECK ((num_total_parameters >= 0))
);

ALTER TABLE public.model OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.model IS 'Language models; one row each';

COMMENT ON COLUMN public.model.model_id IS 'Key, and the highest bits of neuron_id';

COMMENT ON COLUMN public.model.name IS 'Name in URLs and commands, e.g. gpt2-xl';

COMMENT ON COLUMN public.model.activation_function IS 'Of the MLP layers, e.g. gelu';

COMMENT ON COLUMN public.model.dataset_id IS 'Data that the activations were measured on';

COMMENT ON COLUMN public.model.vocabulary_id IS 'Vocabulary of its texts';

COMMENT ON COLUMN public.model.num_layers IS 'Number of MLP layers';

COMMENT ON COLUMN public.model.layer_size IS 'Neurons in each layer';

COMMENT ON COLUMN public.model.num_total_neurons IS 'num_layers * layer_size';

COMMENT ON COLUMN public.model.num_total_parameters IS 'As the source says (without embeddings)';

COMMENT ON COLUMN public.model.created_at IS 'When the model was first stored; part of every ETag';

CREATE FUNCTION public.neuron_list_merge(models smallint[], part text, condition text, keys text, ordering text, within text, farthest text, num_rows integer) RETURNS text
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'public', 'pg_temp'
    RETURN format('WITH bound AS MATERIALIZED (SELECT s.* FROM unnest(%1$L::smallint[], %5$L::integer[]) AS m(model_id, num_rows) CROSS JOIN LATERAL (SELECT %2$s FROM neuron_summary s WHERE %3$s ORDER BY %4$s LIMIT m.num_rows) AS s ORDER BY %4$s LIMIT 1 OFFSET %6$s) SELECT s.* FROM unnest(%1$L::smallint[]) AS m(model_id) CROSS JOIN LATERAL (SELECT s.* FROM neuron_summary s WHERE %3$s AND (%2$s) %7$s (%8$s) ORDER BY %4$s LIMIT %9$s) AS s ORDER BY %4$s LIMIT %9$s'::text, models, keys, (part || condition), ordering, (SELECT array_agg((2 + (((((1.25 * (neuron_list_merge.num_rows)::numeric) * (m.num_layers)::numeric) * (m.layer_size)::numeric) / (all_of_them.sum)::numeric))::integer) ORDER BY u.place) AS array_agg FROM (unnest(neuron_list_merge.models) WITH ORDINALITY u(model_id, place) JOIN public.model m USING (model_id)), (SELECT sum((m_1.num_layers * m_1.layer_size)) AS sum FROM public.model m_1 WHERE (m_1.model_id = ANY (neuron_list_merge.models))) all_of_them(sum)), (num_rows - 1), within, farthest, num_rows);

ALTER FUNCTION public.neuron_list_merge(models smallint[], part text, condition text, keys text, ordering text, within text, farthest text, num_rows integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_list_merge(models smallint[], part text, condition text, keys text, ordering text, within text, farthest text, num_rows integer) IS 'SQL of a page of a list of many models';

CREATE FUNCTION public.neuron_list_open(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) RETURNS refcursor
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    SET enable_sort TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
DECLARE
    list refcursor := 'neuron_list';
BEGIN
    OPEN list NO SCROLL FOR EXECUTE neuron_list_query(models, layers, field, is_descending, filters, lows, highs, after_value,
                                                      after_id, fields, num_rows, true);
    RETURN list;
END
$$;

ALTER FUNCTION public.neuron_list_open(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_list_open(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) IS 'Opens a cursor on a list of neurons';

CREATE FUNCTION public.neuron_list_part(model text, layers int4multirange, by_neuron boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
DECLARE
    base CONSTANT text := format('(%s::bigint << 48)', model);
    span CONSTANT text := 's.neuron_id >= %s + %s AND s.neuron_id < %1$s + %3$s';
    inner_part text := CASE WHEN by_neuron THEN format(span, base, 0, 1::bigint << 48) ELSE format('s.model_id = %s', model) END;
BEGIN
    IF layers IS NULL THEN
        RETURN inner_part;
    ELSIF isempty(layers) THEN
        RETURN 'false';
    END IF;
    -- The whole span first: unlike alternatives it is looked at inside an index.
    inner_part := inner_part || ' AND ' || format(span, base, lower(layers)::bigint << 32, upper(layers)::bigint << 32);
    IF range_merge(layers)::int4multirange = layers THEN
        RETURN inner_part;
    END IF;
    RETURN (SELECT inner_part || ' AND (' || string_agg('(' || format(span, base, lower(l)::bigint << 32, upper(l)::bigint << 32) || ')',
                                                        ' OR ') || ')' FROM unnest(layers) AS l);
END
$_$;

ALTER FUNCTION public.neuron_list_part(model text, layers int4multirange, by_neuron boolean) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_list_part(model text, layers int4multirange, by_neuron boolean) IS 'Condition on the rows of neuron_summary that are of a model';

CREATE FUNCTION public.neuron_list_query(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer, merged boolean) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    way CONSTANT text := CASE WHEN is_descending THEN ' DESC' ELSE '' END;
    by_neuron CONSTANT boolean := field IS NULL;
    key CONSTANT text := 's.' || quote_ident(field);
    key_type CONSTANT text := '::' || (SELECT format_type(a.atttypid, NULL) FROM pg_attribute a
                                       WHERE a.attrelid = 'neuron_summary'::regclass AND a.attname = field);
    keys CONSTANT text := concat_ws(', ', key, 's.neuron_id');
    ordering CONSTANT text := concat_ws(', ', key || way, 's.neuron_id' || way);
    last_value CONSTANT text := CASE WHEN is_descending THEN '-Infinity' ELSE 'Infinity' END;
    farthest CONSTANT text := concat_ws(', ',
        'coalesce((SELECT ' || key || ' FROM bound s), ''' || neuron_list_bound(last_value::float8, substr(key_type, 3), true) || ''''
        || key_type || ')',
        format('coalesce((SELECT s.neuron_id FROM bound s), %s)', CASE WHEN is_descending THEN 0 ELSE 9223372036854775807 END));
    wanted text := 's.neuron_id';
    condition text := '';
    part text;
    c record;
BEGIN
    IF NOT by_neuron THEN
        condition := format(' AND %s IS NOT NULL', key);
    END IF;
    IF after_id IS NOT NULL THEN
        condition := condition || format(' AND (%s) %s (%s)', keys, CASE WHEN is_descending THEN '<' ELSE '>' END,
            concat_ws(', ', '''' || neuron_list_bound(after_value, substr(key_type, 3), NOT is_descending) || '''' || key_type, after_id));
    END IF;
    FOR c IN SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type FROM pg_attribute a
             WHERE a.attrelid = 'neuron_summary'::regclass AND a.attnum > 1 AND NOT a.attisdropped AND a.attname <> 'model_id'
             ORDER BY a.attnum
    LOOP
        wanted := wanted || CASE WHEN c.name = field OR c.name = ANY (fields) THEN format(', s.%I', c.name)
                                 ELSE format(', NULL::%s AS %I', c.type, c.name) END;
        FOR i IN 1 .. coalesce(cardinality(filters), 0) LOOP
            CONTINUE WHEN filters[i] <> c.name;
            condition := condition
                || coalesce(' AND s.' || c.name || ' >= ''' || neuron_list_bound(lows[i], c.type, true) || '''::' || c.type, '')
                || coalesce(' AND s.' || c.name || ' <= ''' || neuron_list_bound(highs[i], c.type, false) || '''::' || c.type, '');
        END LOOP;
    END LOOP;
    IF models IS NULL AND layers IS NULL AND by_neuron THEN
        part := format('SELECT s.* FROM neuron_summary s WHERE true%s ORDER BY %s LIMIT %s', condition, ordering, num_rows);
    ELSE
        models := coalesce(models, ARRAY(SELECT m.model_id FROM model m ORDER BY m.model_id));
    END IF;
    IF part IS NULL AND cardinality(models) > 1 AND NOT merged THEN
        part := neuron_list_merge(models, neuron_list_part('m.model_id', layers, by_neuron), condition, keys, ordering,
                                  CASE WHEN is_descending THEN '>=' ELSE '<=' END, farthest, num_rows);
    ELSIF part IS NULL THEN
        part := (SELECT string_agg(format('(SELECT s.* FROM neuron_summary s WHERE %s%s ORDER BY %s LIMIT %s)', p.part, condition,
                                          ordering, num_rows), ' UNION ALL ')
                 FROM (SELECT neuron_list_part(m::text, layers, by_neuron) AS part FROM unnest(models) AS m
                       UNION ALL SELECT 'false' WHERE cardinality(models) = 0) AS p);
    END IF;
    -- Columns are left out of the page alone: rows that are sorted for it are quicker to sort as they are.
    RETURN format('WITH page AS %s (%s) SELECT %s, %s FROM page s ORDER BY %s LIMIT %s',
                  CASE WHEN merged THEN 'NOT MATERIALIZED' ELSE 'MATERIALIZED' END, part, wanted,
                  CASE WHEN 'explanation' = ANY (fields) THEN
                      '(SELECT e.explanation FROM explanation e WHERE e.neuron_id = s.neuron_id'
                      || ' ORDER BY e.score DESC NULLS LAST, e.source_id, e.place LIMIT 1)' ELSE 'NULL::text' END,
                  ordering, num_rows);
END
$$;

ALTER FUNCTION public.neuron_list_query(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer, merged boolean) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_list_query(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer, merged boolean) IS 'SQL of a list of neurons';

CREATE FUNCTION public.neuron_model_id(neuron_id bigint) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((neuron_id >> 48))::smallint;

ALTER FUNCTION public.neuron_model_id(neuron_id bigint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_model_id(neuron_id bigint) IS 'Model part of a neuron''s key';

CREATE FUNCTION public.neuron_store_fill(model_id smallint) RETURNS bigint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET work_mem TO '64MB'
    AS $_$
DECLARE
    first bigint := neuron_id($1, 0, 0);
    last bigint := neuron_id($1, 0, 0) + (1::bigint << 48) - 1;
    words integer := (SELECT m.vocabulary_id FROM model m WHERE m.model_id = $1);
    stored bigint;
BEGIN
    PERFORM posting_lock($1, false);
    DELETE FROM posting p WHERE p.neuron_id BETWEEN first AND last;
    ANALYZE store_entry;
    INSERT INTO posting (neuron_id, token_id, importance, kind)
    SELECT e.neuron_id, e.token_id,
           CASE e.kind WHEN 'activating' THEN coalesce(i.activating, i.important) ELSE i.important END, e.kind
    FROM store_entry e
    JOIN (SELECT t.token_id, node_token(t.token) AS label FROM token t WHERE t.vocabulary_id = words) AS t USING (token_id)
    LEFT JOIN (SELECT * FROM node_importance n WHERE n.neuron_id BETWEEN first AND last) AS i
           ON i.neuron_id = e.neuron_id AND i.token = t.label
    ORDER BY e.neuron_id, e.kind, e.token_id;
    GET DIAGNOSTICS stored = ROW_COUNT;
    PERFORM similar_neurons_fill($1);
    RETURN stored;
END
$_$;

ALTER FUNCTION public.neuron_store_fill(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.neuron_store_fill(model_id smallint) IS 'Makes a model''s postings from the temporary table store_entry, and its similar neurons';

CREATE FUNCTION public.node_token(token text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (POSITION(('"'::text) IN (token)) > 0) THEN token ELSE TRIM(BOTH '[]'::text FROM token) END;

ALTER FUNCTION public.node_token(token text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.node_token(token text) IS 'A token as neuron_graph.node_tokens has it: Neuron2Graph takes brackets off its ends, unless it holds a quote';

CREATE FUNCTION public.packed_index(packed bytea, codes integer, width integer, i integer) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (SELECT (COALESCE(sum((get_bit(packed_index.packed, ((((packed_index.codes * 8) + (packed_index.i * packed_index.width)) + j.j))::bigint) << j.j)), (0)::bigint))::integer AS "coalesce" FROM generate_series(0, (packed_index.width - 1)) j(j));

ALTER FUNCTION public.packed_index(packed bytea, codes integer, width integer, i integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.packed_index(packed bytea, codes integer, width integer, i integer) IS 'A number of a few bits out of a packed column';

CREATE FUNCTION public.plan_jobs(model_id smallint, source_id smallint, url text, layers int4multirange, neurons int4multirange, which text, batch integer) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $_$
DECLARE
    planned bigint;
    shape record;
BEGIN
    -- One planner of a model and source at a time, so that no neuron is planned twice.
    PERFORM pg_advisory_xact_lock(hashtext('deepdecipher plan'), (model_id::integer << 16) | source_id);
    SELECT m.num_layers, m.layer_size INTO STRICT shape FROM model m WHERE m.model_id = $1;
    WITH wanted AS (
        SELECT l AS layer, n AS neuron, neuron_id($1, l, n) AS id
        FROM generate_series(0, shape.num_layers - 1) AS l, generate_series(0, shape.layer_size - 1) AS n
        WHERE ($4 IS NULL OR l <@ $4) AND ($5 IS NULL OR n <@ $5)
        UNION ALL -- documents about layers and the model: see document_key; and lines of files that name no neuron of a layer
        SELECT l, 2147483647, document_key($1, l, NULL)
        FROM (SELECT generate_series(0, shape.num_layers - 1) AS l UNION ALL SELECT 65535) AS layers
        WHERE ($2 >= 100 OR $6 = 'refused') AND ($4 IS NULL OR l <@ $4) AND ($5 IS NULL OR 2147483647 <@ $5)
    ), lacking AS (
        SELECT w.layer, w.neuron FROM wanted w
        WHERE CASE $6
              WHEN 'all' THEN true
              WHEN 'refused' THEN EXISTS (SELECT FROM rejected r WHERE r.neuron_id = w.id AND r.source_id = $2)
              ELSE NOT EXISTS (SELECT FROM neuron_source s WHERE s.neuron_id = w.id AND s.source_id = $2)
                   AND NOT EXISTS (SELECT FROM rejected r WHERE r.neuron_id = w.id AND r.source_id = $2)
              END
        EXCEPT
        SELECT j.layer, unnest(j.neurons) FROM job j
        WHERE j.model_id = $1 AND j.source_id = $2 AND j.done_at IS NULL
    ), placed AS (
        SELECT p.layer, p.neuron, (row_number() OVER (PARTITION BY p.layer ORDER BY p.neuron) - 1) / $7 AS part FROM lacking p
    ), made AS (
        INSERT INTO job (model_id, source_id, layer, neurons, url)
        SELECT $1, $2, p.layer, array_agg(p.neuron ORDER BY p.neuron), $3 FROM placed p
        GROUP BY p.layer, p.part ORDER BY p.layer, p.part
        RETURNING cardinality(job.neurons) AS size
    )
    SELECT coalesce(sum(size), 0) INTO planned FROM made;
    IF planned > 0 THEN
        PERFORM pg_notify('deepdecipher_job', '');
    END IF;
    RETURN planned;
END
$_$;

ALTER FUNCTION public.plan_jobs(model_id smallint, source_id smallint, url text, layers int4multirange, neurons int4multirange, which text, batch integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.plan_jobs(model_id smallint, source_id smallint, url text, layers int4multirange, neurons int4multirange, which text, batch integer) IS 'Puts the neurons that a source still owes into the queue; gives their number';

CREATE FUNCTION public.posting_importance_fill(neuron_ids bigint[]) RETURNS bigint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    changed bigint;
BEGIN
    PERFORM posting_lock(neuron_model_id(neuron_ids[1]), true);
    IF NOT EXISTS (SELECT FROM posting p WHERE p.neuron_id = ANY (neuron_ids)) THEN
        RETURN 0;
    END IF;
    UPDATE posting p SET importance = found.importance
    FROM (SELECT q.neuron_id, q.kind, q.token_id,
                 CASE q.kind WHEN 'activating' THEN coalesce(i.activating, i.important) ELSE i.important END AS importance
          FROM posting q JOIN model m USING (model_id) JOIN token t USING (vocabulary_id, token_id)
          LEFT JOIN node_importance i ON i.neuron_id = q.neuron_id AND i.token = node_token(t.token)
          WHERE q.neuron_id = ANY (neuron_ids)) AS found
    WHERE p.neuron_id = found.neuron_id AND p.kind = found.kind AND p.token_id = found.token_id
      AND p.importance IS DISTINCT FROM found.importance;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$$;

ALTER FUNCTION public.posting_importance_fill(neuron_ids bigint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.posting_importance_fill(neuron_ids bigint[]) IS 'Takes the importances of neurons'' postings from their graphs; all neurons of one model';

CREATE FUNCTION public.posting_list_fill(model_id smallint) RETURNS bigint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET work_mem TO '128MB'
    AS $_$
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
$_$;

ALTER FUNCTION public.posting_list_fill(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.posting_list_fill(model_id smallint) IS 'Makes a model''s posting lists from posting and example; gives their number';

CREATE FUNCTION public.posting_lists(kinds text[], tokens bytea[], models smallint[], num_entries bigint) RETURNS TABLE(place integer, model_id smallint, model text, layer_size integer, token_id integer, kind text, num_neurons integer, num_wanted bigint, entries bytea)
    LANGUAGE plpgsql STABLE ROWS 100 PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT q.place::integer AS place, m.model_id, m.name, m.layer_size, l.token_id, l.kind, l.num_neurons, l.entries
        FROM model m CROSS JOIN unnest(kinds, tokens) WITH ORDINALITY AS q(kind, token, place)
        JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.bytes = q.token
        JOIN posting_list l ON l.neuron_id = m.model_id::bigint << 48 AND l.token_id = t.token_id
                           AND (l.kind::text = q.kind OR q.kind = 'any' AND l.kind <> 'peak')
        WHERE models IS NULL OR m.model_id = ANY (models)
    )
    SELECT f.place, f.model_id, f.name, f.layer_size, f.token_id, f.kind::text, f.num_neurons, w.num,
           CASE WHEN w.num <= num_entries THEN f.entries END
    FROM found f CROSS JOIN (SELECT sum(d.num_neurons)::bigint AS num
                             FROM (SELECT DISTINCT f.model_id, f.token_id, f.kind, f.num_neurons FROM found f) AS d) AS w
    ORDER BY f.model_id, f.place, f.kind;
END
$$;

ALTER FUNCTION public.posting_lists(kinds text[], tokens bytea[], models smallint[], num_entries bigint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.posting_lists(kinds text[], tokens bytea[], models smallint[], num_entries bigint) IS 'The packed lists of tokens, as the worker intersects them';

CREATE FUNCTION public.posting_lock(model_id smallint, is_shared boolean) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    IF is_shared THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('deepdecipher posting'), model_id);
    ELSE
        PERFORM pg_advisory_xact_lock(hashtext('deepdecipher posting'), model_id);
    END IF;
END
$$;

ALTER FUNCTION public.posting_lock(model_id smallint, is_shared boolean) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.posting_lock(model_id smallint, is_shared boolean) IS 'Keeps the reading of graphs and of a store of one model apart, until COMMIT';

CREATE FUNCTION public.replace_nul(bytes bytea) RETURNS bytea
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

ALTER FUNCTION public.replace_nul(bytes bytea) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.replace_nul(bytes bytea) IS 'UTF-8 bytes with NUL replaced by U+2400, the sign for it';

CREATE FUNCTION public.request_neuron(model text, source text, layer integer, neuron integer) RETURNS text
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
DECLARE
    max_outstanding CONSTANT integer := 100;
    live record;
BEGIN
    SELECT l.model_id, l.source_id, l.url INTO live
    FROM live_source l JOIN source s USING (source_id) JOIN model m USING (model_id)
    WHERE l.model_id = model_id($1) AND s.name = $2
      AND $3 BETWEEN 0 AND m.num_layers - 1 AND $4 BETWEEN 0 AND m.layer_size - 1;
    IF NOT FOUND THEN
        RETURN 'off';
    END IF;
    -- The planner's lock: whoever plans the same neuron at the same time waits, and then sees this job.
    PERFORM pg_advisory_xact_lock(hashtext('deepdecipher plan'), (live.model_id::integer << 16) | live.source_id);
    IF EXISTS (SELECT FROM neuron_source n
               WHERE n.neuron_id = neuron_id(live.model_id, $3, $4) AND n.source_id = live.source_id) THEN
        RETURN 'stored';
    END IF;
    IF EXISTS (SELECT FROM rejected r
               WHERE r.neuron_id = neuron_id(live.model_id, $3, $4) AND r.source_id = live.source_id) THEN
        RETURN 'refused';
    END IF;
    IF EXISTS (SELECT FROM job j WHERE j.done_at IS NULL AND j.model_id = live.model_id AND j.source_id = live.source_id
               AND j.layer = $3 AND $4 = ANY (j.neurons)) THEN
        RETURN 'waiting';
    END IF;
    IF (SELECT count(*) FROM job j WHERE j.done_at IS NULL AND j.is_live) >= max_outstanding THEN
        RETURN 'full';
    END IF;
    INSERT INTO job (model_id, source_id, layer, neurons, url, is_live)
    VALUES (live.model_id, live.source_id, $3, ARRAY[$4], live.url, true);
    PERFORM pg_notify('deepdecipher_job', '');
    RETURN 'waiting';
END
$_$;

ALTER FUNCTION public.request_neuron(model text, source text, layer integer, neuron integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.request_neuron(model text, source text, layer integer, neuron integer) IS 'Asks ingest for a neuron that is not stored: off, refused, stored, full or waiting';

CREATE FUNCTION public.search_box_explanations(q text, num integer) RETURNS TABLE(model text, layer integer, neuron integer, explanation text, score double precision, rank real, source text, marked text, neuron_id bigint, source_id smallint, place smallint)
    LANGUAGE plpgsql STABLE ROWS 5
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    RETURN QUERY SELECT * FROM search_explanations(q, 'prefix', num => num, num_candidates => 10000);
EXCEPTION WHEN SQLSTATE 'DD422' THEN
    NULL;
END
$$;

ALTER FUNCTION public.search_box_explanations(q text, num integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_box_explanations(q text, num integer) IS 'As search_explanations(q, ''prefix''), but finds nothing where that would refuse';

CREATE FUNCTION public.search_explanations(q text, match text DEFAULT 'word'::text, models text[] DEFAULT NULL::text[], min_score double precision DEFAULT NULL::double precision, max_score double precision DEFAULT NULL::double precision, num integer DEFAULT 20, num_candidates integer DEFAULT 20000, after_rank real DEFAULT NULL::real, after_score double precision DEFAULT NULL::double precision, after_neuron bigint DEFAULT NULL::bigint, after_source smallint DEFAULT NULL::smallint, after_place smallint DEFAULT NULL::smallint) RETURNS TABLE(model text, layer integer, neuron integer, explanation text, score double precision, rank real, source text, marked text, neuron_id bigint, source_id smallint, place smallint)
    LANGUAGE plpgsql STABLE ROWS 20 PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
DECLARE
    ids smallint[] := (SELECT array_agg(model_id(m)) FROM unnest($3) AS m);
    terms text[];
    is_stem boolean;
    least_found bigint;
    words tsquery;
    vector text;
    config regconfig;
BEGIN
    IF match NOT IN ('word', 'phrase', 'prefix', 'fuzzy') THEN
        RAISE EXCEPTION 'match is %, but must be word, phrase, prefix or fuzzy', match USING ERRCODE = '22023';
    END IF;
    SELECT array_agg(t.term), bool_and(t.is_stem), min(t.num_explanations) INTO terms, is_stem, least_found
    FROM explanation_terms(q, match, ids) AS t;
    IF terms IS NULL THEN -- q has no words
        RETURN;
    END IF;
    IF least_found > num_candidates THEN
        RAISE EXCEPTION 'each of these words is in more than % explanations', num_candidates
            USING ERRCODE = 'DD422', HINT = 'Add a word, write the words out, or name a model.';
    END IF;
    config := CASE WHEN is_stem THEN 'english' ELSE 'simple' END;
    words := CASE match WHEN 'phrase' THEN phraseto_tsquery(config, q) ELSE ('(' || array_to_string(terms, ')&(') || ')')::tsquery END;
    vector := CASE WHEN is_stem THEN 'e.english' ELSE 'e.simple' END;
    RETURN QUERY EXECUTE format($query$
        SELECT m.name, neuron_layer(f.neuron_id), neuron_index(f.neuron_id), f.explanation, f.score, f.rank, s.name,
               ts_headline($1, translate(f.explanation, U&'\E000\E001', U&'\FFFD\FFFD'), $2,
                           U&'HighlightAll=true, StartSel=\E000, StopSel=\E001'),
               f.neuron_id, f.source_id, f.place
        FROM (SELECT c.* FROM (SELECT e.neuron_id, e.source_id, e.place, e.explanation, e.score,
                                      least($4 / (length(%1$s) - 1), 1)::real AS rank
                               FROM explanation e
                               WHERE %1$s @@ $3 AND ($5 IS NULL OR e.score >= $5) AND ($6 IS NULL OR e.score <= $6)) AS c
              WHERE $8 IS NULL OR (-c.rank, -coalesce(c.score, '-Infinity'), c.neuron_id, c.source_id, c.place)
                                  > (-$8, -coalesce($9, '-Infinity'), $10, $11, $12)
              ORDER BY c.rank DESC, coalesce(c.score, '-Infinity') DESC, c.neuron_id, c.source_id, c.place
              LIMIT $7) AS f
        JOIN model m ON m.model_id = neuron_model_id(f.neuron_id) JOIN source s ON s.source_id = f.source_id
        ORDER BY f.rank DESC, coalesce(f.score, '-Infinity') DESC, f.neuron_id, f.source_id, f.place$query$, vector)
    USING config, words,
          CASE WHEN ids IS NULL THEN words
               ELSE words && (SELECT string_agg('''#' || i || '''', '|') FROM unnest(ids) AS i)::tsquery END,
          cardinality(terms)::double precision, min_score, max_score, num, after_rank, after_score, after_neuron, after_source,
          after_place;
END
$_$;

ALTER FUNCTION public.search_explanations(q text, match text, models text[], min_score double precision, max_score double precision, num integer, num_candidates integer, after_rank real, after_score double precision, after_neuron bigint, after_source smallint, after_place smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_explanations(q text, match text, models text[], min_score double precision, max_score double precision, num integer, num_candidates integer, after_rank real, after_score double precision, after_neuron bigint, after_source smallint, after_place smallint) IS 'Explanations that have words, e.g. search_explanations(''past tense''), search_explanations(''punctu'', ''prefix'')';

CREATE FUNCTION public.search_fill(model_id smallint) RETURNS boolean
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
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
$_$;

ALTER FUNCTION public.search_fill(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_fill(model_id smallint) IS 'Brings what is searched of a model up to date; false: nothing of it had changed';

CREATE FUNCTION public.search_fill_due() RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
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

ALTER FUNCTION public.search_fill_due() OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_fill_due() IS 'As search_fill(), of a model that has changed over ten minutes ago and waits for nothing; false: there is none';

CREATE FUNCTION public.search_fold(token text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower((token COLLATE "default"));

ALTER FUNCTION public.search_fold(token text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_fold(token text) IS 'Text in lower case, as search_token.folded has it';

CREATE FUNCTION public.search_grams(folded text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT DISTINCT substr(search_grams.folded, place.place, size.size) AS substr FROM generate_series(1, 3) size(size), LATERAL generate_series(1, ((length(search_grams.folded) - size.size) + 1)) place(place));

ALTER FUNCTION public.search_grams(folded text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_grams(folded text) IS 'All runs of one to three characters: with an index of these, any part of a token is found, punctuation and emoji too';

CREATE FUNCTION public.search_neurons(wanted text[], without text[] DEFAULT '{}'::text[], models text[] DEFAULT NULL::text[], num integer DEFAULT 20) RETURNS TABLE(model text, layer integer, neuron integer, score double precision, num_matched integer, num_tokens integer, neuron_id bigint)
    LANGUAGE plpgsql STABLE ROWS 20 PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
#variable_conflict use_column
DECLARE
    terms text[] := wanted || without;
    ids smallint[] := (SELECT array_agg(model_id(m)) FROM unnest(models) AS m);
BEGIN
    IF EXISTS (SELECT FROM unnest(terms) AS t WHERE t !~ '^(activating|important|any|peak):') THEN
        RAISE EXCEPTION 'each of wanted and without must be KIND:TOKEN, KIND being activating, important, any or peak' USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT l.place, l.model_id, l.token_id, l.kind,
               neuron_id(l.model_id, p.place / l.layer_size, p.place % l.layer_size) AS neuron_id, p.importance, p.num_postings
        FROM posting_lists(ARRAY(SELECT split_part(t, ':', 1) FROM unnest(terms) WITH ORDINALITY AS u(t, i) ORDER BY i),
                           ARRAY(SELECT convert_to(substr(t, position(':' IN t) + 1), 'UTF8')
                                 FROM unnest(terms) WITH ORDINALITY AS u(t, i) ORDER BY i), ids, 2000000) AS l,
             unpack_posting_list(l.entries) AS p
    ), grouped AS (
        SELECT f.neuron_id, f.place, max(coalesce(f.importance, 0)) AS best FROM found f GROUP BY f.neuron_id, f.place
    )
    SELECT m.name, neuron_layer(s.neuron_id), neuron_index(s.neuron_id), s.score, o.num_matched, o.num_tokens, s.neuron_id
    FROM (SELECT g.neuron_id, sum(g.best::double precision) / cardinality(wanted) AS score FROM grouped g
          GROUP BY g.neuron_id HAVING count(*) = cardinality(wanted) AND max(g.place) <= cardinality(wanted)) AS s
    CROSS JOIN LATERAL (SELECT count(DISTINCT (f.token_id, f.kind)) FILTER (WHERE f.kind <> 'peak')::integer AS num_matched,
                               max(f.num_postings) AS num_tokens FROM found f WHERE f.neuron_id = s.neuron_id) AS o
    JOIN model m ON m.model_id = neuron_model_id(s.neuron_id)
    ORDER BY s.score DESC, coalesce(o.num_matched / nullif(o.num_tokens, 0)::double precision, 0) DESC, s.neuron_id
    LIMIT num;
END
$$;

ALTER FUNCTION public.search_neurons(wanted text[], without text[], models text[], num integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_neurons(wanted text[], without text[], models text[], num integer) IS 'Neurons by their tokens, e.g. search_neurons(''{"activating: he","any:she"}''), search_neurons(''{"any: he"}'', ''{"any: she"}'')';

CREATE FUNCTION public.search_similar(model text, layer integer, neuron integer, models text[] DEFAULT NULL::text[], min_similarity double precision DEFAULT 0.4, num integer DEFAULT 20, num_entries bigint DEFAULT 2000000) RETURNS TABLE(similar_model text, similar_layer integer, similar_neuron integer, similarity real, num_shared integer, num_tokens integer, similar_id bigint)
    LANGUAGE plpgsql STABLE ROWS 20 PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
#variable_conflict use_column
DECLARE
    asked bigint := neuron_id($1, $2, $3);
    size integer := (SELECT count(*) FROM posting p WHERE p.neuron_id = asked);
    ids smallint[] := (SELECT array_agg(model_id(m)) FROM unnest(models) AS m);
BEGIN
    IF EXISTS (SELECT FROM similar_lists(asked, ids, num_entries) AS l WHERE l.num_wanted > num_entries) THEN
        RAISE EXCEPTION 'the tokens of this neuron are found more than % times', num_entries
            USING ERRCODE = 'DD422', HINT = 'Name models.';
    END IF;
    RETURN QUERY
    SELECT f.model, neuron_layer(f.similar_id), neuron_index(f.similar_id), f.num_shared::real / f.least_size::real, f.num_shared,
           f.num_tokens, f.similar_id
    FROM (SELECT l.model, neuron_id(l.model_id, c.place / l.layer_size, c.place % l.layer_size) AS similar_id, c.num_shared,
                 c.num_tokens, least(c.num_tokens, size) AS least_size
          FROM similar_lists(asked, ids, num_entries) AS l CROSS JOIN LATERAL (
              SELECT u.place, count(*)::integer AS num_shared, max(u.num_postings) AS num_tokens
              FROM unpack_posting_list(l.entries) AS u GROUP BY u.place) AS c) AS f
    WHERE f.similar_id <> asked AND f.num_shared::double precision / f.least_size >= min_similarity
    ORDER BY f.num_shared::real / f.least_size::real DESC, f.num_shared DESC, f.similar_id
    LIMIT num;
END
$_$;

ALTER FUNCTION public.search_similar(model text, layer integer, neuron integer, models text[], min_similarity double precision, num integer, num_entries bigint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_similar(model text, layer integer, neuron integer, models text[], min_similarity double precision, num integer, num_entries bigint) IS 'Neurons of any model that share tokens with a neuron, e.g. search_similar(''gpt2-small'', 5, 12, ''{gpt2-medium}'')';

CREATE FUNCTION public.search_texts(q text, match text DEFAULT 'word'::text, models text[] DEFAULT NULL::text[], num integer DEFAULT 20, num_candidates integer DEFAULT 10000, after_num_texts integer DEFAULT NULL::integer, after_text integer DEFAULT NULL::integer, after_neuron bigint DEFAULT NULL::bigint) RETURNS TABLE(model text, layer integer, neuron integer, num_texts integer, text integer, snippet text, marked text, neuron_id bigint)
    LANGUAGE plpgsql STABLE ROWS 20 PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
#variable_conflict use_column
DECLARE
    cleared text := translate(q, '<&/.@-+~', '        '); -- as in snippet_words()
    words text[] := ARRAY(SELECT w.lexeme FROM unnest(snippet_words(q)) AS w ORDER BY w.positions[cardinality(w.positions)]);
    ids smallint[] := (SELECT array_agg(model_id(m)) FROM unnest(models) AS m);
    parts text[] := ARRAY(SELECT '%' || w || '%' FROM unnest(words) AS w); -- most snippets have not even these
    all_words tsquery;
    wanted tsquery;
    found bigint[];
BEGIN
    IF match NOT IN ('word', 'phrase', 'prefix') THEN
        RAISE EXCEPTION 'match is %, but must be word, phrase or prefix', match USING ERRCODE = '22023';
    END IF;
    IF words = '{}' THEN
        RETURN;
    END IF;
    all_words := (array_to_string(ARRAY(SELECT tsquery_word(w) FROM unnest(words) AS w), '&')
                  || CASE match WHEN 'prefix' THEN ':*' ELSE '' END)::tsquery;
    wanted := CASE match WHEN 'phrase' THEN phraseto_tsquery('simple', cleared) ELSE all_words END;
    IF match <> 'prefix' OR length(words[cardinality(words)]) >= 3 THEN
        found := snippet_candidates(
            CASE WHEN ids IS NULL THEN all_words
                 ELSE all_words && (SELECT string_agg('''#' || i || '''', '|') FROM unnest(ids) AS i)::tsquery END, num_candidates);
    END IF;
    IF found IS NULL OR cardinality(found) > num_candidates THEN
        RAISE EXCEPTION 'these words are in the texts of more than % neurons', num_candidates
            USING ERRCODE = 'DD422', HINT = 'Add a word, write the words out, or name a model.';
    END IF;
    RETURN QUERY
    SELECT m.name, neuron_layer(f.neuron_id), neuron_index(f.neuron_id), f.num_texts, f.text, f.snippet,
           ts_headline('simple', translate(f.snippet, U&'<&/.@-+~\E000\E001', U&'        \FFFD\FFFD'), wanted,
                       U&'HighlightAll=true, StartSel=\E000, StopSel=\E001'), f.neuron_id
    FROM (SELECT s.neuron_id, u.num_texts, u.text, (string_to_array(s.snippets, E'\x1e'))[u.text + 1] AS snippet
          FROM snippet s CROSS JOIN LATERAL (
              SELECT count(*)::integer AS num_texts, min(v.place)::integer - 1 AS text
              FROM unnest(string_to_array(s.snippets, E'\x1e')) WITH ORDINALITY AS v(snippet, place)
              WHERE lower(v.snippet) LIKE ALL (parts) AND snippet_words(v.snippet) @@ wanted) AS u
          WHERE s.neuron_id = ANY (found) AND u.num_texts > 0
            AND (after_num_texts IS NULL OR (-u.num_texts, u.text, s.neuron_id) > (-after_num_texts, after_text, after_neuron))
          ORDER BY u.num_texts DESC, u.text, s.neuron_id
          LIMIT num) AS f
    JOIN model m ON m.model_id = neuron_model_id(f.neuron_id)
    ORDER BY f.num_texts DESC, f.text, f.neuron_id;
END
$$;

ALTER FUNCTION public.search_texts(q text, match text, models text[], num integer, num_candidates integer, after_num_texts integer, after_text integer, after_neuron bigint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_texts(q text, match text, models text[], num integer, num_candidates integer, after_num_texts integer, after_text integer, after_neuron bigint) IS 'Neurons by words round the maxima of their texts, e.g. search_texts(''old man''), search_texts(''united states'', ''phrase'')';

CREATE FUNCTION public.search_token_condition(match text, has_case boolean, q text, shown text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE match WHEN 'exact'::text THEN CASE WHEN has_case THEN 't.token = $1'::text ELSE 't.folded = $2'::text END WHEN 'prefix'::text THEN (CASE WHEN (q ~~ ' %'::text) THEN 'c.bare ^@ substr($2, 2) AND substr(c.bytes, 1, 1) = '' '''::text ELSE 'c.bare ^@ $2'::text END || CASE WHEN has_case THEN format(CASE WHEN (q ~~ ' %'::text) THEN ' AND substr(%1$s, 1, length($3)) = $3'::text ELSE ' AND (substr(%1$s, 1, length($3)) = $3 OR substr(%1$s, 1, length($3) + 1) = '' '' || $3)'::text END, shown) ELSE ''::text END) WHEN 'substring'::text THEN (((CASE WHEN (q = ''::text) THEN 'true'::text WHEN (length(public.search_fold(q)) <= 3) THEN 't.grams @> ARRAY[$2]'::text ELSE 't.grams @> ARRAY(SELECT substr($2, place, 3) FROM generate_series(1, length($2) - 2) AS place)'::text END || ' AND position('::text) || CASE WHEN has_case THEN '$1 IN t.token'::text ELSE '$2 IN t.folded'::text END) || ') > 0'::text) WHEN 'fuzzy'::text THEN '(t.folded OPERATOR(trigram.%) $2 OR t.folded = $2)'::text ELSE NULL::text END;

ALTER FUNCTION public.search_token_condition(match text, has_case boolean, q text, shown text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_token_condition(match text, has_case boolean, q text, shown text) IS 'How search_tokens looks for one kind of match';

CREATE FUNCTION public.search_token_fill(model_id smallint) RETURNS bigint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET work_mem TO '128MB'
    SET plan_cache_mode TO 'force_custom_plan'
    SET client_min_messages TO 'warning'
    AS $_$
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
$_$;

ALTER FUNCTION public.search_token_fill(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_token_fill(model_id smallint) IS 'Counts in how many neurons of a model each token is; gives the number of tokens whose sums changed';

CREATE FUNCTION public.search_tokens(q text, match text DEFAULT 'prefix'::text, has_case boolean DEFAULT false, models text[] DEFAULT NULL::text[], num integer DEFAULT 20, after_exact boolean DEFAULT NULL::boolean, after_likeness real DEFAULT NULL::real, after_neurons bigint DEFAULT NULL::bigint, after_bytes bytea DEFAULT NULL::bytea) RETURNS TABLE(token text, num_activating bigint, num_important bigint, num_models bigint, is_exact boolean, likeness real, bytes bytea)
    LANGUAGE plpgsql STABLE ROWS 20 PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    SET seq_page_cost TO '0.1'
    SET random_page_cost TO '0.1'
    AS $_$
#variable_conflict use_column
DECLARE
    q text COLLATE "C" := $1;
    folded text COLLATE "C" := search_fold($1);
    exactly CONSTANT bytea := convert_to($1, 'UTF8');
    ids CONSTANT smallint[] := (SELECT array_agg(model_id(m)) FROM unnest($4) AS m);
    is_prefix CONSTANT boolean := $2 = 'prefix';
    own CONSTANT text := CASE WHEN is_prefix THEN 'c' ELSE 't' END;
    shown CONSTANT text := CASE WHEN position(U&'\2400' IN $1) > 0 THEN 'replace_nul(c.bytes)' ELSE 'c.bytes' END;
    is_equal CONSTANT text := CASE WHEN is_prefix THEN shown || ' = $3' ELSE 't.token = $1' END;
    tables CONSTANT text := CASE WHEN is_prefix THEN 'search_token_count c'
                                 WHEN ids IS NULL THEN 'search_token t JOIN search_token_count c USING (token_key)'
                                 ELSE 'search_token t' END;
    condition CONSTANT text := search_token_condition($2, $3, $1, shown);
    likeness CONSTANT text := CASE $2 WHEN 'fuzzy' THEN 'trigram.similarity(t.folded, $2)' ELSE '0::real' END;
    are_few boolean := false;
BEGIN
    IF condition IS NULL THEN
        RAISE EXCEPTION 'match is %, but must be exact, prefix, substring or fuzzy', $2 USING ERRCODE = '22023';
    END IF;
    IF ids IS NOT NULL OR $2 = 'fuzzy' THEN
        RETURN QUERY EXECUTE format(
            'SELECT t.token::text, s.a, s.i, s.m, s.is_exact, s.likeness, s.bytes
             FROM (SELECT s.*
                   FROM (SELECT %1$s.token_key, %1$s.bytes, %2$s, %3$s AS is_exact, %4$s AS likeness FROM %5$s WHERE %6$s %7$s) AS s
                   WHERE $6 IS NULL OR (NOT s.is_exact, -s.likeness, -(s.a + s.i), s.bytes) > (NOT $6, -$7, -$8, $9)
                   ORDER BY s.is_exact DESC, s.likeness DESC, s.a + s.i DESC, s.bytes LIMIT $4) AS s
             JOIN search_token t USING (token_key)
             ORDER BY s.is_exact DESC, s.likeness DESC, s.a + s.i DESC, s.bytes',
            own, CASE WHEN ids IS NULL THEN 'c.num_activating::bigint AS a, c.num_important::bigint AS i, c.num_models::bigint AS m'
                      ELSE 'sum(b.num_activating) AS a, sum(b.num_important) AS i, count(*) AS m' END,
            is_equal, likeness, tables || CASE WHEN ids IS NULL THEN '' ELSE ' JOIN search_token_model b USING (token_key)' END, condition,
            CASE WHEN ids IS NULL THEN '' ELSE format('AND b.model_id = ANY ($5) GROUP BY %s.token_key', own) END)
        USING q, folded, exactly, num, ids, after_exact, after_likeness, after_neurons, after_bytes;
        RETURN;
    END IF;
    -- How many tokens begin so is counted, as far as it matters, and not left to statistics: few are read and sorted, many are
    -- come upon soon enough in the order of the answer. Either way some thousand rows are read at most.
    IF is_prefix AND q <> '' THEN
        EXECUTE format('SELECT count(*) <= 1000 FROM (SELECT FROM search_token_count c WHERE %s LIMIT 1001) AS begin_so', condition)
        INTO are_few USING q, folded, exactly;
    END IF;
    -- Those equal to q apart: the rest can then come out of an index in order.
    RETURN QUERY EXECUTE format(
        'SELECT t.token::text, c.num_activating::bigint, c.num_important::bigint, c.num_models::bigint, s.is_exact, 0::real, c.bytes
         FROM (SELECT c.token_key, true AS is_exact FROM search_token t JOIN search_token_count c USING (token_key)
               WHERE t.token = $1 AND %1$s AND ($5 IS NULL OR $5 AND (-c.num_neurons, c.bytes) > (-$6, $7))
               UNION ALL
               (SELECT c.token_key, false
                FROM (SELECT c.token_key, c.num_neurons, c.bytes FROM %2$s WHERE NOT %3$s AND %1$s %4$s %5$s) AS c
                ORDER BY c.num_neurons DESC, c.bytes LIMIT $4)) AS s
         JOIN search_token t USING (token_key) JOIN search_token_count c USING (token_key)
         ORDER BY s.is_exact DESC, c.num_neurons DESC, c.bytes LIMIT $4',
        condition, tables, is_equal,
        CASE WHEN NOT after_exact THEN 'AND c.num_neurons <= $6 AND (c.num_neurons < $6 OR c.bytes > $7)' ELSE '' END,
        CASE WHEN are_few THEN 'OFFSET 0' ELSE '' END)
    USING q, folded, exactly, num, after_exact, after_neurons, after_bytes;
END
$_$;

ALTER FUNCTION public.search_tokens(q text, match text, has_case boolean, models text[], num integer, after_exact boolean, after_likeness real, after_neurons bigint, after_bytes bytea) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.search_tokens(q text, match text, has_case boolean, models text[], num integer, after_exact boolean, after_likeness real, after_neurons bigint, after_bytes bytea) IS 'Tokens that match, and in how many neurons they are, e.g. search_tokens(''the''), search_tokens(''!!'', ''substring'')';

CREATE FUNCTION public.service_coverage(model text) RETURNS TABLE(service text, num_neurons bigint)
    LANGUAGE plpgsql STABLE STRICT
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    SET enable_hashagg TO 'off'
    AS $_$
DECLARE
    id CONSTANT smallint := model_id($1);
    low CONSTANT bigint := neuron_id(id, 0, 0);
    high CONSTANT bigint := neuron_id(id, 0, 0) + (1::bigint << 48);
BEGIN
    RETURN QUERY
    WITH built_in (name, total) AS (VALUES
        ('activation_statistics', (SELECT count(*) FROM statistics t WHERE t.neuron_id >= low AND t.neuron_id < high)),
        ('connections', (SELECT count(*) FROM neuron_source t WHERE t.neuron_id >= low AND t.neuron_id < high AND t.source_id = 4)),
        ('explanations', (SELECT count(*) FROM neuron_summary t WHERE t.model_id = id AND t.num_explanations > 0)),
        ('feature_examples', (SELECT count(*) FROM (SELECT DISTINCT t.neuron_id FROM feature_example t
                                                    WHERE t.neuron_id >= low AND t.neuron_id < high) AS n)),
        ('features', (SELECT count(*) FROM feature t WHERE t.neuron_id >= low AND t.neuron_id < high)),
        ('neuron2graph', (SELECT count(*) FROM neuron_graph t WHERE t.neuron_id >= low AND t.neuron_id < high)),
        ('neuron_explainer', (SELECT count(*) FROM (SELECT DISTINCT t.neuron_id FROM explanation t
                                                    WHERE t.neuron_id >= low AND t.neuron_id < high AND t.source_id = 2) AS n)),
        ('neuroscope', (SELECT count(*) FROM neuron_summary t WHERE t.model_id = id AND t.num_examples > 0)),
        ('records', (SELECT count(*) FROM record t WHERE t.neuron_id >= low AND t.neuron_id < high)),
        ('similar', (SELECT count(*) FROM neuron_summary t WHERE t.model_id = id AND t.num_similar IS NOT NULL)),
        ('tokens', (SELECT count(*) FROM (SELECT DISTINCT t.neuron_id FROM token_weight t
                                          WHERE t.neuron_id >= low AND t.neuron_id < high) AS n))
    ), own AS (
        SELECT t.source_id, count(*) AS total FROM document t
        WHERE t.neuron_id >= low AND t.neuron_id < high AND neuron_index(t.neuron_id) <> 2147483647
        GROUP BY t.source_id
    ), counted AS (
        SELECT b.name, b.total FROM built_in b
        UNION ALL
        SELECT s.name, coalesce(o.total, 0) FROM model_source m JOIN source s USING (source_id) LEFT JOIN own o USING (source_id)
        WHERE m.model_id = id AND s.source_id >= 100 AND s.name NOT IN (SELECT b.name FROM built_in b)
    )
    SELECT c.name, c.total FROM counted c ORDER BY c.name COLLATE "C";
END
$_$;

ALTER FUNCTION public.service_coverage(model text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.service_coverage(model text) IS 'Of how many neurons of a model each service has data';

CREATE FUNCTION public.shared_tokens(neuron_id bigint, "similar" bigint[], num integer) RETURNS TABLE(place integer, kind text, token bytea)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $_$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH own AS MATERIALIZED (
        SELECT p.kind, t.bytes, row_number() OVER (ORDER BY p.kind, p.importance DESC NULLS LAST, p.token_id) AS rank
        FROM posting p JOIN model m USING (model_id) JOIN token t USING (vocabulary_id, token_id) WHERE p.neuron_id = $1
    )
    SELECT s.place, s.kind, s.bytes
    FROM (SELECT f.place::integer AS place, o.kind::text AS kind, o.bytes, o.rank,
                 row_number() OVER (PARTITION BY f.place ORDER BY o.rank) AS number
          FROM unnest($2) WITH ORDINALITY AS f(similar_id, place)
          JOIN posting q ON q.neuron_id = f.similar_id
          JOIN model m ON m.model_id = q.model_id
          JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.token_id = q.token_id
          JOIN own o ON o.kind = q.kind AND o.bytes = t.bytes) AS s
    WHERE s.number <= num
    ORDER BY s.place, s.rank;
END
$_$;

ALTER FUNCTION public.shared_tokens(neuron_id bigint, "similar" bigint[], num integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.shared_tokens(neuron_id bigint, "similar" bigint[], num integer) IS 'Tokens that neurons share with a neuron, whatever their models';

CREATE FUNCTION public.similar_lists(neuron_id bigint, models smallint[], num_entries bigint) RETURNS TABLE(model_id smallint, model text, layer_size integer, num_wanted bigint, entries bytea)
    LANGUAGE plpgsql STABLE ROWS 20 PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
#variable_conflict use_column
DECLARE
    kinds text[];
    tokens bytea[];
BEGIN
    SELECT array_agg(p.kind::text ORDER BY p.kind, p.token_id), array_agg(t.bytes ORDER BY p.kind, p.token_id) INTO kinds, tokens
    FROM posting p JOIN model m USING (model_id) JOIN token t USING (vocabulary_id, token_id) WHERE p.neuron_id = $1;
    RETURN QUERY
    SELECT l.model_id, l.model, l.layer_size, l.num_wanted, string_agg(l.entries, ''::bytea)
    FROM posting_lists(kinds, tokens, models, num_entries) AS l
    GROUP BY l.model_id, l.model, l.layer_size, l.num_wanted
    ORDER BY l.model_id;
END
$_$;

ALTER FUNCTION public.similar_lists(neuron_id bigint, models smallint[], num_entries bigint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.similar_lists(neuron_id bigint, models smallint[], num_entries bigint) IS 'The packed lists of a neuron''s tokens, as the worker counts in them';

CREATE FUNCTION public.similar_neurons_fill(model_id smallint, threshold numeric DEFAULT 0.4) RETURNS bigint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET work_mem TO '128MB'
    SET plan_cache_mode TO 'force_custom_plan'
    SET client_min_messages TO 'warning'
    AS $_$
DECLARE
    first bigint := neuron_id($1, 0, 0);
    last bigint := neuron_id($1, 0, 0) + (1::bigint << 48) - 1;
    part CONSTANT integer := 128;
    num_neurons integer;
    stored bigint;
BEGIN
    DELETE FROM similar_neuron s WHERE s.neuron_id BETWEEN first AND last;

    -- The planner knows nothing of rows that this transaction has just made; of a temporary table it does.
    CREATE TEMPORARY TABLE fill_posting ON COMMIT DROP AS
    SELECT p.neuron_id, p.token_id, p.kind FROM posting p WHERE p.neuron_id BETWEEN first AND last;
    ANALYZE fill_posting;

    -- Tokens are numbered from the rarest on, neurons from the one with the fewest tokens on.
    CREATE TEMPORARY TABLE fill_term ON COMMIT DROP AS
    SELECT p.token_id, p.kind, count(*)::integer AS frequency,
           row_number() OVER (ORDER BY count(*), p.token_id, p.kind)::integer AS term
    FROM fill_posting p
    GROUP BY p.token_id, p.kind;
    ANALYZE fill_term;

    CREATE TEMPORARY TABLE fill_size ON COMMIT DROP AS
    SELECT s.neuron_id, s.size, s.needed, row_number() OVER (ORDER BY s.size, s.neuron_id)::integer AS n,
           least(s.needed, CASE WHEN s.size < 8 THEN 1 WHEN s.size < 16 THEN 2 ELSE 3 END) AS k
    FROM (SELECT p.neuron_id, count(*)::integer AS size, ceil(threshold * count(*))::integer AS needed
          FROM fill_posting p GROUP BY p.neuron_id) AS s;
    GET DIAGNOSTICS num_neurons = ROW_COUNT;
    CREATE UNIQUE INDEX ON fill_size (n);
    ANALYZE fill_size;

    -- A token that only one neuron has is shared by none, but takes its place.
    CREATE TEMPORARY TABLE fill_member ON COMMIT DROP AS
    SELECT m.n, m.term, m.place <= m.size - m.needed + m.k AS is_rare
    FROM (SELECT s.n, s.size, s.needed, s.k, t.term, t.frequency,
                 row_number() OVER (PARTITION BY s.n ORDER BY t.term) AS place
          FROM fill_posting p JOIN fill_term t USING (token_id, kind) JOIN fill_size s USING (neuron_id)) AS m
    WHERE m.frequency > 1
    ORDER BY m.n;
    CREATE INDEX ON fill_member (n);
    ANALYZE fill_member;

    CREATE TEMPORARY TABLE fill_list (term integer, neurons integer[]) ON COMMIT DROP;
    ALTER TABLE fill_list ALTER neurons SET STORAGE EXTERNAL;
    INSERT INTO fill_list SELECT m.term, array_agg(m.n) FROM fill_member m GROUP BY m.term;
    CREATE UNIQUE INDEX ON fill_list (term);
    ANALYZE fill_list;

    -- A part of the neurons at a time, so that counting stays in the processor's cache.
    CREATE TEMPORARY TABLE fill_pair (a integer, b integer, num_shared integer) ON COMMIT DROP;
    FOR start IN 1 .. num_neurons BY part LOOP
        INSERT INTO fill_pair (a, b, num_shared)
        SELECT c.a, c.b, c.num_shared
        FROM (SELECT r.a, r.b, count(*)::integer AS num_shared
              FROM (SELECT m.n AS a, unnest(t.neurons) AS b
                    FROM fill_member m JOIN fill_list t USING (term)
                    WHERE m.n >= start AND m.n < start + part AND m.is_rare) AS r
              WHERE r.b > r.a
              GROUP BY r.a, r.b) AS c
        JOIN fill_size s ON s.n = c.a AND c.num_shared >= s.k;
    END LOOP;
    ANALYZE fill_pair;

    INSERT INTO similar_neuron (neuron_id, similar_id, similarity, num_shared)
    SELECT CASE WHEN is_turned THEN b.neuron_id ELSE a.neuron_id END AS neuron_id,
           CASE WHEN is_turned THEN a.neuron_id ELSE b.neuron_id END AS similar_id,
           p.num_shared::real / a.size::real, p.num_shared
    FROM (SELECT q.a, q.b, q.num_shared + coalesce(f.num_shared, 0) AS num_shared
          FROM fill_pair q
          LEFT JOIN (SELECT c.a, c.b, count(*)::integer AS num_shared
                     FROM fill_pair c
                     JOIN fill_member x ON x.n = c.a AND NOT x.is_rare
                     JOIN fill_member y ON y.n = c.b AND y.term = x.term
                     GROUP BY c.a, c.b) AS f ON f.a = q.a AND f.b = q.b) AS p
    JOIN fill_size a ON a.n = p.a AND p.num_shared >= a.needed
    JOIN fill_size b ON b.n = p.b,
    (VALUES (false), (true)) AS turned(is_turned)
    ORDER BY 1, 2;
    GET DIAGNOSTICS stored = ROW_COUNT;
    DROP TABLE fill_posting, fill_term, fill_size, fill_member, fill_list, fill_pair;
    RETURN stored;
END
$_$;

ALTER FUNCTION public.similar_neurons_fill(model_id smallint, threshold numeric) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.similar_neurons_fill(model_id smallint, threshold numeric) IS 'Finds which neurons of a model share tokens; gives the number of rows of similar_neuron';

CREATE FUNCTION public.snippet(text_id bigint, place integer) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS $_$
DECLARE
    first integer := greatest(place - 14, 0);
    middle integer := place - first + 1;
    words integer;
    packed bytea;
    ends integer[];
    shown text[];
    tokens bytea[];
    low integer;
    high integer;
    low_most integer;
    high_most integer;
BEGIN
    SELECT x.vocabulary_id, x.tokens INTO words, packed FROM text x WHERE x.text_id = $1;
    ends := ARRAY(SELECT at FROM generate_series(-1, length(packed) - 1) AS at
                  WHERE CASE WHEN at < 0 THEN true ELSE get_byte(packed, at) < 128 END
                  OFFSET first LIMIT place + 8 - first);
    packed := substr(packed, ends[1] + 2, ends[cardinality(ends)] - ends[1]);
    -- One by one: as a join it would read the whole vocabulary while there are no statistics of it.
    SELECT array_agg((f.found).token ORDER BY f.i), array_agg((f.found).bytes ORDER BY f.i) INTO shown, tokens
    FROM (SELECT (SELECT t FROM token t WHERE t.vocabulary_id = words AND t.token_id = u.id) AS found, u.i
          FROM unnest(unpack_tokens(packed)) WITH ORDINALITY AS u(id, i) OFFSET 0) AS f;
    low := greatest(middle - 10, 1);
    high := least(middle + 2, cardinality(tokens));
    low_most := greatest(low - 4, 1);
    high_most := least(high + 4, cardinality(tokens));
    WHILE low > low_most AND snippet_goes_on(tokens[low - 1], tokens[low]) LOOP
        low := low - 1;
    END LOOP;
    WHILE high < high_most AND snippet_goes_on(tokens[high], tokens[high + 1]) LOOP
        high := high + 1;
    END LOOP;
    RETURN replace(array_to_string(shown[low:high], ''), E'\x1e', U&'\241E');
END
$_$;

ALTER FUNCTION public.snippet(text_id bigint, place integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.snippet(text_id bigint, place integer) IS 'What stands round a token of a text, e.g. snippet(text_id, max_position) of example';

CREATE FUNCTION public.snippet_candidates(words tsquery, num integer) RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    SET work_mem TO '64MB'
    SET enable_seqscan TO 'off'
    SET enable_indexscan TO 'off'
    SET enable_indexonlyscan TO 'off'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
BEGIN
    RETURN ARRAY(SELECT s.neuron_id FROM snippet s
                 WHERE (snippet_words(s.snippets) || array_to_tsvector(ARRAY['#' || (s.neuron_id >> 48)::text])) @@ words
                 LIMIT num + 1);
END
$$;

ALTER FUNCTION public.snippet_candidates(words tsquery, num integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.snippet_candidates(words tsquery, num integer) IS 'Neurons whose snippets have words, as search_texts looks for them';

CREATE FUNCTION public.snippet_fill(model_id smallint) RETURNS bigint
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET enable_hashjoin TO 'off'
    AS $_$
DECLARE
    first bigint := neuron_id($1, 0, 0);
    last bigint := neuron_id($1, 0, 0) + (1::bigint << 48) - 1;
    stored bigint;
BEGIN
    INSERT INTO snippet (neuron_id, snippets)
    SELECT e.neuron_id, string_agg(CASE WHEN e.num_bytes <= 65536 THEN e.snippet ELSE '' END, E'\x1e' ORDER BY e.rank)
    FROM (SELECT x.neuron_id, x.rank, x.snippet, sum(octet_length(x.snippet)) OVER (PARTITION BY x.neuron_id ORDER BY x.rank) AS num_bytes
          FROM (SELECT i.neuron_id, i.rank, coalesce(snippet(i.text_id, i.max_position), '') AS snippet
                FROM (SELECT n.neuron_id FROM neuron n
                      WHERE n.neuron_id BETWEEN first AND last
                        AND NOT EXISTS (SELECT FROM snippet s WHERE s.neuron_id = n.neuron_id AND s.neuron_id BETWEEN first AND last)
                      FOR UPDATE SKIP LOCKED) AS missing
                JOIN example i ON i.neuron_id = missing.neuron_id AND i.neuron_id BETWEEN first AND last) AS x) AS e
    GROUP BY e.neuron_id
    ORDER BY e.neuron_id;
    GET DIAGNOSTICS stored = ROW_COUNT;
    RETURN stored;
END
$_$;

ALTER FUNCTION public.snippet_fill(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.snippet_fill(model_id smallint) IS 'Makes the snippets of a model''s neurons that have none; gives their number';

CREATE FUNCTION public.snippet_goes_on(before bytea, behind bytea) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ((length(before) > 0) AND (length(behind) > 0)) THEN ((get_byte(before, (length(before) - 1)) <@ '{[48,58),[65,91),[97,123),[128,256)}'::int4multirange) AND (get_byte(behind, 0) <@ '{[48,58),[65,91),[97,123),[128,256)}'::int4multirange)) ELSE false END;

ALTER FUNCTION public.snippet_goes_on(before bytea, behind bytea) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.snippet_goes_on(before bytea, behind bytea) IS 'Whether the first token ends within a word and the second goes on with it';

CREATE FUNCTION public.snippet_words(snippets text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN to_tsvector('simple'::regconfig, translate(snippets, '<&/.@-+~'::text, '        '::text));

ALTER FUNCTION public.snippet_words(snippets text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.snippet_words(snippets text) IS 'Words of snippets: runs of letters and digits, in lower case';

CREATE FUNCTION public.summary_explanation(neurons bigint[]) RETURNS void
    LANGUAGE sql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    INSERT INTO neuron_summary AS s (neuron_id, num_explanations, explanation_score, rsquared_score,
                                     absolute_dev_explained_score)
    SELECT i.neuron_id, e.total, e.score, e.rsquared_score, e.absolute_dev_explained_score
    FROM unnest($1) AS i(neuron_id) LEFT JOIN LATERAL (
        SELECT x.score, x.rsquared_score, x.absolute_dev_explained_score, count(*) OVER ()::integer AS total
        FROM explanation x WHERE x.neuron_id = i.neuron_id
        ORDER BY x.score DESC NULLS LAST, x.source_id, x.place
        LIMIT 1) AS e ON true
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET num_explanations = excluded.num_explanations,
        explanation_score = excluded.explanation_score, rsquared_score = excluded.rsquared_score,
        absolute_dev_explained_score = excluded.absolute_dev_explained_score
    WHERE (s.num_explanations, s.explanation_score, s.rsquared_score, s.absolute_dev_explained_score)
          IS DISTINCT FROM (excluded.num_explanations, excluded.explanation_score, excluded.rsquared_score,
                            excluded.absolute_dev_explained_score)
$_$;

ALTER FUNCTION public.summary_explanation(neurons bigint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.summary_explanation(neurons bigint[]) IS 'Brings neuron_summary up to date with the table explanation';

CREATE FUNCTION public.summary_feature(neurons bigint[]) RETURNS void
    LANGUAGE sql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    INSERT INTO neuron_summary AS s (neuron_id, max_activation, frac_nonzero)
    SELECT i.neuron_id, coalesce(n.max_activation, u.max_activation), u.frac_nonzero
    FROM unnest($1) AS i(neuron_id) LEFT JOIN feature u USING (neuron_id) LEFT JOIN neuron n USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET max_activation = excluded.max_activation, frac_nonzero = excluded.frac_nonzero
    WHERE (s.max_activation, s.frac_nonzero) IS DISTINCT FROM (excluded.max_activation, excluded.frac_nonzero)
$_$;

ALTER FUNCTION public.summary_feature(neurons bigint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.summary_feature(neurons bigint[]) IS 'Brings neuron_summary up to date with the table feature';

CREATE FUNCTION public.summary_fill(model_id smallint, source_id smallint, neurons bigint[]) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $_$
BEGIN
    CASE source_id
    WHEN 1 THEN PERFORM summary_neuroscope(neurons);
    WHEN 2 THEN PERFORM summary_explanation(neurons);
    WHEN 3 THEN PERFORM summary_statistics(neurons);
    WHEN 6 THEN PERFORM summary_graph(neurons);
    WHEN 7 THEN PERFORM summary_tokens(summary_neurons(model_id)); -- gives a whole model at once
    WHEN 10 THEN PERFORM summary_fit(summary_neurons(model_id));   -- likewise
    WHEN 9 THEN -- notes itself which of the neurons it has given
        neurons := ARRAY(SELECT i.id FROM unnest(neurons) AS i(id)
                         JOIN neuron_source n ON n.neuron_id = i.id AND n.source_id = $2);
        PERFORM summary_feature(neurons), summary_explanation(neurons);
    ELSE -- a list has no numbers of it, but the neuron is there
        INSERT INTO neuron_summary (neuron_id)
        SELECT i.neuron_id FROM unnest(neurons) AS i(neuron_id)
        WHERE neuron_index(i.neuron_id) <> 2147483647 -- documents about layers
        ORDER BY i.neuron_id
        ON CONFLICT DO NOTHING;
    END CASE;
END
$_$;

ALTER FUNCTION public.summary_fill(model_id smallint, source_id smallint, neurons bigint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.summary_fill(model_id smallint, source_id smallint, neurons bigint[]) IS 'Brings neuron_summary up to date with the neurons that a source gave';

CREATE FUNCTION public.summary_fit(neurons bigint[]) RETURNS void
    LANGUAGE sql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    INSERT INTO neuron_summary AS s (neuron_id, accuracy, firing_precision, firing_recall, firing_f1_score, non_firing_precision,
                                     non_firing_recall, non_firing_f1_score, firing_count, non_firing_count)
    SELECT i.neuron_id, f.accuracy, f.firing_precision, f.firing_recall, f.firing_f1_score, f.non_firing_precision,
           f.non_firing_recall, f.non_firing_f1_score, f.firing_count, f.non_firing_count
    FROM unnest($1) AS i(neuron_id) LEFT JOIN graph_fit f USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET accuracy = excluded.accuracy, firing_precision = excluded.firing_precision,
        firing_recall = excluded.firing_recall, firing_f1_score = excluded.firing_f1_score,
        non_firing_precision = excluded.non_firing_precision, non_firing_recall = excluded.non_firing_recall,
        non_firing_f1_score = excluded.non_firing_f1_score, firing_count = excluded.firing_count,
        non_firing_count = excluded.non_firing_count
    WHERE (s.accuracy, s.firing_precision, s.firing_recall, s.firing_f1_score, s.non_firing_precision, s.non_firing_recall,
           s.non_firing_f1_score, s.firing_count, s.non_firing_count)
          IS DISTINCT FROM (excluded.accuracy, excluded.firing_precision, excluded.firing_recall, excluded.firing_f1_score,
                            excluded.non_firing_precision, excluded.non_firing_recall, excluded.non_firing_f1_score,
                            excluded.firing_count, excluded.non_firing_count)
$_$;

ALTER FUNCTION public.summary_fit(neurons bigint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.summary_fit(neurons bigint[]) IS 'Brings neuron_summary up to date with the table graph_fit';

CREATE FUNCTION public.summary_graph(neurons bigint[]) RETURNS void
    LANGUAGE sql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    INSERT INTO neuron_summary AS s (neuron_id, num_nodes, num_activating, num_edges)
    SELECT i.neuron_id, g.num_nodes, g.num_activating, g.num_edges
    FROM unnest($1) AS i(neuron_id) LEFT JOIN neuron_graph g USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET num_nodes = excluded.num_nodes, num_activating = excluded.num_activating,
        num_edges = excluded.num_edges
    WHERE (s.num_nodes, s.num_activating, s.num_edges)
          IS DISTINCT FROM (excluded.num_nodes, excluded.num_activating, excluded.num_edges)
$_$;

ALTER FUNCTION public.summary_graph(neurons bigint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.summary_graph(neurons bigint[]) IS 'Brings neuron_summary up to date with the table neuron_graph';

CREATE FUNCTION public.summary_neurons(model_id smallint) RETURNS bigint[]
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'public', 'pg_temp'
    SET enable_hashagg TO 'off'
    AS $_$
    WITH bounds AS (SELECT neuron_id($1, 0, 0) AS low, neuron_id($1, 0, 0) + (1::bigint << 48) AS high)
    SELECT coalesce(array_agg(k.neuron_id ORDER BY k.neuron_id), '{}') FROM (
        SELECT t.neuron_id FROM bounds, neuron_summary t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, neuron t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, statistics t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, explanation t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, neuron_graph t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, graph_fit t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, posting t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, record t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, connection t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, token_weight t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, feature t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, document t
              WHERE t.neuron_id >= low AND t.neuron_id < high AND neuron_index(t.neuron_id) <> 2147483647) AS k
$_$;

ALTER FUNCTION public.summary_neurons(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.summary_neurons(model_id smallint) IS 'Keys of the neurons of a model that anything is stored of';

CREATE FUNCTION public.summary_neuroscope(neurons bigint[]) RETURNS void
    LANGUAGE sql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    INSERT INTO neuron_summary AS s (neuron_id, num_examples, max_activation, min_activation, importance)
    SELECT i.neuron_id, n.num_examples, n.max_activation, n.min_activation, n.importance
    FROM unnest($1) AS i(neuron_id) LEFT JOIN neuron n USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET num_examples = excluded.num_examples, max_activation = excluded.max_activation,
        min_activation = excluded.min_activation, importance = excluded.importance
    WHERE (s.num_examples, s.max_activation, s.min_activation)
          IS DISTINCT FROM (excluded.num_examples, excluded.max_activation, excluded.min_activation)
$_$;

ALTER FUNCTION public.summary_neuroscope(neurons bigint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.summary_neuroscope(neurons bigint[]) IS 'Brings neuron_summary up to date with the table neuron';

CREATE FUNCTION public.summary_refill(model_id smallint) RETURNS void
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    SET enable_nestloop TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_hashagg TO 'off'
    AS $_$
DECLARE
    low CONSTANT bigint := neuron_id($1, 0, 0);
    high CONSTANT bigint := neuron_id($1, 0, 0) + (1::bigint << 48);
    neurons CONSTANT bigint[] := summary_neurons($1);
BEGIN
    DELETE FROM neuron_summary s WHERE s.neuron_id >= low AND s.neuron_id < high;
    INSERT INTO neuron_summary (neuron_id, num_examples, max_activation, min_activation, importance, mean, variance, skewness,
        kurtosis, num_explanations, explanation_score, rsquared_score, absolute_dev_explained_score, num_nodes, num_activating,
        num_edges, accuracy, firing_precision, firing_recall, firing_f1_score, non_firing_precision, non_firing_recall,
        non_firing_f1_score, firing_count, non_firing_count, num_activating_tokens, num_important_tokens, num_similar, frac_nonzero)
    SELECT i.neuron_id, n.num_examples, coalesce(n.max_activation, u.max_activation), n.min_activation, n.importance, t.mean, t.variance, t.skewness,
           t.kurtosis, e.total, e.score, e.rsquared_score, e.absolute_dev_explained_score, g.num_nodes, g.num_activating,
           g.num_edges, f.accuracy, f.firing_precision, f.firing_recall, f.firing_f1_score, f.non_firing_precision,
           f.non_firing_recall, f.non_firing_f1_score, f.firing_count, f.non_firing_count, p.activating, p.important,
           CASE WHEN p.activating IS NOT NULL THEN coalesce(o.total, 0) END, u.frac_nonzero
    FROM unnest(neurons) AS i(neuron_id)
    LEFT JOIN (SELECT * FROM neuron x WHERE x.neuron_id >= low AND x.neuron_id < high) AS n USING (neuron_id)
    LEFT JOIN (SELECT * FROM statistics x WHERE x.neuron_id >= low AND x.neuron_id < high) AS t USING (neuron_id)
    LEFT JOIN (SELECT * FROM neuron_graph x WHERE x.neuron_id >= low AND x.neuron_id < high) AS g USING (neuron_id)
    LEFT JOIN (SELECT * FROM graph_fit x WHERE x.neuron_id >= low AND x.neuron_id < high) AS f USING (neuron_id)
    LEFT JOIN (SELECT * FROM feature x WHERE x.neuron_id >= low AND x.neuron_id < high) AS u USING (neuron_id)
    LEFT JOIN (SELECT DISTINCT ON (x.neuron_id) x.neuron_id, x.score, x.rsquared_score, x.absolute_dev_explained_score,
                      count(*) OVER (PARTITION BY x.neuron_id)::integer AS total
               FROM explanation x WHERE x.neuron_id >= low AND x.neuron_id < high
               ORDER BY x.neuron_id, x.score DESC NULLS LAST, x.source_id, x.place) AS e USING (neuron_id)
    LEFT JOIN (SELECT x.neuron_id, count(*) FILTER (WHERE x.kind = 'activating')::integer AS activating,
                      count(*) FILTER (WHERE x.kind = 'important')::integer AS important
               FROM posting x WHERE x.neuron_id >= low AND x.neuron_id < high GROUP BY x.neuron_id) AS p USING (neuron_id)
    LEFT JOIN (SELECT x.neuron_id, count(*)::integer AS total
               FROM similar_neuron x WHERE x.neuron_id >= low AND x.neuron_id < high GROUP BY x.neuron_id) AS o USING (neuron_id)
    ORDER BY i.neuron_id;
END
$_$;

ALTER FUNCTION public.summary_refill(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.summary_refill(model_id smallint) IS 'Makes the rows of neuron_summary of a model anew';

CREATE FUNCTION public.summary_statistics(neurons bigint[]) RETURNS void
    LANGUAGE sql STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    INSERT INTO neuron_summary AS s (neuron_id, mean, variance, skewness, kurtosis)
    SELECT i.neuron_id, n.mean, n.variance, n.skewness, n.kurtosis
    FROM unnest($1) AS i(neuron_id) LEFT JOIN statistics n USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET mean = excluded.mean, variance = excluded.variance, skewness = excluded.skewness,
        kurtosis = excluded.kurtosis
    WHERE (s.mean, s.variance, s.skewness, s.kurtosis)
          IS DISTINCT FROM (excluded.mean, excluded.variance, excluded.skewness, excluded.kurtosis)
$_$;

ALTER FUNCTION public.summary_statistics(neurons bigint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.summary_statistics(neurons bigint[]) IS 'Brings neuron_summary up to date with the table statistics';

CREATE FUNCTION public.summary_tokens(neurons bigint[]) RETURNS void
    LANGUAGE sql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET enable_nestloop TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_hashagg TO 'off'
    AS $_$
    INSERT INTO neuron_summary AS s (neuron_id, num_activating_tokens, num_important_tokens, num_similar)
    SELECT i.neuron_id, p.activating, p.important, CASE WHEN p.activating IS NOT NULL THEN coalesce(o.total, 0) END
    FROM unnest($1) AS i(neuron_id)
    LEFT JOIN (SELECT t.neuron_id, count(*) FILTER (WHERE t.kind = 'activating')::integer AS activating,
                      count(*) FILTER (WHERE t.kind = 'important')::integer AS important
               FROM posting t WHERE t.neuron_id BETWEEN (SELECT min(u) FROM unnest($1) AS u) AND (SELECT max(u) FROM unnest($1) AS u)
               GROUP BY t.neuron_id) AS p USING (neuron_id)
    LEFT JOIN (SELECT t.neuron_id, count(*)::integer AS total
               FROM similar_neuron t WHERE t.neuron_id BETWEEN (SELECT min(u) FROM unnest($1) AS u) AND (SELECT max(u) FROM unnest($1) AS u)
               GROUP BY t.neuron_id) AS o USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET num_activating_tokens = excluded.num_activating_tokens,
        num_important_tokens = excluded.num_important_tokens, num_similar = excluded.num_similar
    WHERE (s.num_activating_tokens, s.num_important_tokens, s.num_similar)
          IS DISTINCT FROM (excluded.num_activating_tokens, excluded.num_important_tokens, excluded.num_similar)
$_$;

ALTER FUNCTION public.summary_tokens(neurons bigint[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.summary_tokens(neurons bigint[]) IS 'Brings neuron_summary up to date with the tables posting and similar_neuron';

CREATE FUNCTION public.unpack_tokens(packed bytea) RETURNS integer[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
DECLARE
    ids integer[] := '{}';
    id bigint := 0;
    shift integer := 0;
    byte integer;
BEGIN
    FOR place IN 0 .. length(packed) - 1 LOOP
        byte := get_byte(packed, place);
        id := id | ((byte & 127)::bigint << shift);
        shift := shift + 7;
        IF byte < 128 THEN
            ids := ids || id::integer;
            id := 0;
            shift := 0;
        END IF;
    END LOOP;
    RETURN ids;
END
$$;

ALTER FUNCTION public.unpack_tokens(packed bytea) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.unpack_tokens(packed bytea) IS 'Token ids of text.tokens';

CREATE TABLE public.text (
    text_id bigint NOT NULL,
    vocabulary_id integer NOT NULL,
    num_tokens integer NOT NULL,
    tokens bytea NOT NULL,
    CONSTRAINT text_num_tokens_check CHECK ((num_tokens > 0))
)
WITH (toast_tuple_target='8160');
ALTER TABLE ONLY public.text ALTER COLUMN tokens SET STORAGE MAIN;

ALTER TABLE public.text OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.text IS 'Texts as rows of token ids, each stored once however many neurons it excites';

COMMENT ON COLUMN public.text.text_id IS 'Hash of the vocabulary''s name and the tokens: the same text has the same id wherever it is stored';

COMMENT ON COLUMN public.text.vocabulary_id IS 'Vocabulary of the ids';

COMMENT ON COLUMN public.text.num_tokens IS 'Number of tokens';

COMMENT ON COLUMN public.text.tokens IS 'Token ids packed as LEB128 numbers (seven bits a byte, low bits first); unpack_tokens() reads them';

CREATE TABLE public.token (
    vocabulary_id integer NOT NULL,
    token_id integer NOT NULL,
    token text NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT token_bytes_check CHECK ((length(bytes) <= 1024)),
    CONSTRAINT token_token_id_check CHECK ((token_id >= 0))
);

ALTER TABLE public.token OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.token IS 'Token strings. Ids count up from 0 in the order in which tokens were first met, and never change';

COMMENT ON COLUMN public.token.vocabulary_id IS 'Vocabulary the id belongs to';

COMMENT ON COLUMN public.token.token_id IS 'Id within the vocabulary: ours, not the tokenizer''s';

COMMENT ON COLUMN public.token.token IS 'The token as text; NUL, which text cannot hold, is shown as U+2400';

COMMENT ON COLUMN public.token.bytes IS 'The token exactly, in UTF-8';

CREATE FUNCTION public.text_tokens(text_id bigint) RETURNS text[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN (SELECT array_agg(t.token ORDER BY u.place) AS array_agg FROM ((public.text x CROSS JOIN LATERAL unnest(public.unpack_tokens(x.tokens)) WITH ORDINALITY u(id, place)) JOIN public.token t ON (((t.vocabulary_id = x.vocabulary_id) AND (t.token_id = u.id)))) WHERE (x.text_id = text_tokens.text_id));

ALTER FUNCTION public.text_tokens(text_id bigint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.text_tokens(text_id bigint) IS 'The tokens of a text';

CREATE FUNCTION public.token_ids(vocabulary integer, wanted bytea[]) RETURNS TABLE(token_id integer, bytes bytea)
    LANGUAGE plpgsql STRICT
    SET search_path TO 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
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

ALTER FUNCTION public.token_ids(vocabulary integer, wanted bytea[]) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.token_ids(vocabulary integer, wanted bytea[]) IS 'Ids of tokens in a vocabulary; those not yet in it are added';

CREATE FUNCTION public.tsquery_word(word text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((''''::text || replace(replace(word, '\'::text, '\\'::text), ''''::text, ''''''::text)) || ''''::text);

ALTER FUNCTION public.tsquery_word(word text) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.tsquery_word(word text) IS 'A word as tsquery takes it, whatever characters it has';

CREATE FUNCTION public.unpack_activations(packed bytea, at integer) RETURNS double precision[]
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    SET extra_float_digits TO '1'
    AS $$
DECLARE
    width integer := get_byte(packed, at);
    place integer := at + 1;
    count integer := 0;
    shift integer := 0;
    byte integer;
    highs integer;
    lows integer;
    codes integer;
    num_highs integer;
BEGIN
    LOOP
        byte := get_byte(packed, place);
        count := count | ((byte & 127) << shift);
        place := place + 1;
        shift := shift + 7;
        EXIT WHEN byte < 128;
    END LOOP;
    IF width = 32 THEN
        RETURN ARRAY(SELECT ieee_float(packed, place + 4 * i, 4) FROM generate_series(0, count - 1) AS i ORDER BY i);
    ELSIF width = 64 THEN
        RETURN ARRAY(SELECT ieee_float(packed, place + 8 * i, 8) FROM generate_series(0, count - 1) AS i ORDER BY i);
    ELSIF width = 16 THEN
        RETURN ARRAY(SELECT exact_float(get_byte(packed, place + 2 * i) | (get_byte(packed, place + 2 * i + 1) << 8), 10, 5)
                     FROM generate_series(0, count - 1) AS i ORDER BY i);
    ELSIF width = 33 THEN
        RETURN ARRAY(SELECT exact_float(get_byte(packed, place + 4 * i) | (get_byte(packed, place + 4 * i + 1) << 8)
                                        | (get_byte(packed, place + 4 * i + 2) << 16)
                                        | (get_byte(packed, place + 4 * i + 3)::bigint << 24), 23, 8)
                     FROM generate_series(0, count - 1) AS i ORDER BY i);
    ELSIF width = 65 THEN
        num_highs := get_byte(packed, place) + 1;
        highs := place + 1;
        codes := highs + 8 * num_highs;
        width := 0;
        WHILE 1 << width < num_highs LOOP
            width := width + 1;
        END LOOP;
        RETURN ARRAY(SELECT ieee_float(packed, highs + 8 * packed_index(packed, codes, width, i), 8)
                     FROM generate_series(0, count - 1) AS i ORDER BY i);
    ELSIF width NOT BETWEEN 0 AND 8 AND width NOT BETWEEN 128 AND 136 THEN
        RAISE EXCEPTION 'activations are packed in a way that this version does not know: %', width;
    END IF;
    highs := place + 1;
    lows := highs + get_byte(packed, place) + 1;
    codes := lows + count;
    IF width >= 128 THEN
        width := width - 128;
        RETURN ARRAY(SELECT exact_float((get_byte(packed, highs + packed_index(packed, codes, width, i))::bigint << 24)
                                        | (get_byte(packed, lows + i) << 16), 23, 8)
                     FROM generate_series(0, count - 1) AS i ORDER BY i);
    END IF;
    RETURN ARRAY(
        SELECT b.value::text::double precision * CASE WHEN b.code >= 32768 AND b.value = 0 THEN -1 ELSE 1 END
        FROM generate_series(0, count - 1) AS i
        JOIN bfloat16 b ON b.code = (get_byte(packed, highs + packed_index(packed, codes, width, i)) << 8)
                                    | get_byte(packed, lows + i)
        ORDER BY i);
END
$$;

ALTER FUNCTION public.unpack_activations(packed bytea, at integer) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.unpack_activations(packed bytea, at integer) IS 'A text''s activations as the source printed them: unpack_activations(neuron.activations, example.activations_at)';

CREATE FUNCTION public.unpack_posting_list(entries bytea) RETURNS TABLE(place integer, importance real, num_postings integer)
    LANGUAGE sql IMMUTABLE STRICT ROWS 100 PARALLEL SAFE
    AS $$
    SELECT (get_byte(entries, at) << 24) | (get_byte(entries, at + 1) << 16) | (get_byte(entries, at + 2) << 8) | get_byte(entries, at + 3),
           CASE WHEN get_byte(entries, at + 4) <> 127
                THEN exact_float((get_byte(entries, at + 4)::bigint << 24) | (get_byte(entries, at + 5) << 16)
                                 | (get_byte(entries, at + 6) << 8) | get_byte(entries, at + 7), 23, 8)::real END,
           (get_byte(entries, at + 8) << 8) | get_byte(entries, at + 9)
    FROM generate_series(0, length(entries) - 10, 10) AS at
$$;

ALTER FUNCTION public.unpack_posting_list(entries bytea) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.unpack_posting_list(entries bytea) IS 'The neurons of posting_list.entries: place is layer * layer_size + index, importance NULL when there is none';

CREATE FUNCTION public.verify_explainer(model_id smallint) RETURNS TABLE(finding text, mend text, source text, neuron_id bigint)
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
WITH m AS MATERIALIZED (
    SELECT m.*, neuron_id($1, 0, 0) AS first_id, neuron_id($1, 0, 0) + (1::bigint << 48) AS end_id FROM model m WHERE m.model_id = $1
), noted AS MATERIALIZED (
    SELECT n.neuron_id, n.source_id FROM m JOIN neuron_source n ON n.neuron_id >= m.first_id AND n.neuron_id < m.end_id
    WHERE n.source_id IN (2, 3, 4, 5, 11)
), e AS (
    SELECT x.* FROM m JOIN explanation x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), s AS (
    SELECT x.* FROM m JOIN simulation x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), there AS MATERIALIZED (
    SELECT e.neuron_id, e.source_id FROM e
    UNION ALL SELECT x.neuron_id, 3 FROM m JOIN statistics x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
    UNION ALL SELECT x.neuron_id, 3 FROM m JOIN record x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
    UNION ALL SELECT x.neuron_id, 4 FROM m JOIN connection x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
    UNION ALL SELECT x.neuron_id, CASE x.kind WHEN 'activation' THEN 11 ELSE 5 END
    FROM m JOIN token_weight x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
    UNION ALL SELECT noted.neuron_id, noted.source_id FROM noted
), found (finding, mend, source_id, neuron_id) AS (
SELECT 'noted as stored, but not there', 'again', n.source_id, n.neuron_id FROM noted n
WHERE (n.source_id = 3 AND NOT (EXISTS (SELECT FROM statistics x WHERE x.neuron_id = n.neuron_id)
                                AND EXISTS (SELECT FROM record x WHERE x.neuron_id = n.neuron_id)))
   OR (n.source_id = 11 AND NOT EXISTS (SELECT FROM token_weight x WHERE x.neuron_id = n.neuron_id AND x.kind = 'activation'))
UNION ALL
SELECT 'the places of its explanations have gaps', 'again', e.source_id, e.neuron_id FROM e
GROUP BY e.source_id, e.neuron_id HAVING max(e.place) <> count(*) - 1
UNION ALL
SELECT 'a simulation without its explanation', 'again', s.source_id, s.neuron_id FROM s
WHERE NOT EXISTS (SELECT FROM explanation x WHERE x.neuron_id = s.neuron_id AND x.source_id = s.source_id AND x.place = s.place)
UNION ALL
SELECT 'a score is out of range', 'again', e.source_id, e.neuron_id FROM e
WHERE abs(e.score) > 1.000001 OR e.rsquared_score > 1.000001 OR e.absolute_dev_explained_score > 1.000001
UNION ALL
SELECT 'a score is out of range', 'again', s.source_id, s.neuron_id FROM s WHERE 1.000001 < ANY (s.scores)
UNION ALL
SELECT 'a simulation has not three scores for each text', 'again', s.source_id, s.neuron_id FROM s
WHERE cardinality(s.scores) <> 3 * cardinality(s.text_ids) OR cardinality(s.text_ids) = 0
UNION ALL
SELECT 'a moment of its activations is out of range', 'again', 3, x.neuron_id
FROM m JOIN statistics x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
WHERE x.variance < 0 OR x.kurtosis < -2 -- of which some take 3 off
   OR greatest(abs(x.mean), x.variance, abs(x.skewness), x.kurtosis) >= 'Infinity'
UNION ALL
SELECT 'the numbers of its records are not those of its texts', 'again', 3, x.neuron_id
FROM m JOIN record x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
WHERE x.num_top < 0 OR x.num_random < 0 OR 0 > ANY (x.quantile_sizes)
   OR x.num_top + x.num_random + (SELECT coalesce(sum(u), 0) FROM unnest(x.quantile_sizes) AS u) <> cardinality(x.text_ids)
UNION ALL
SELECT 'not read yet', 'read', ms.source_id, neuron_id($1, layer, neuron)
FROM m JOIN model_source ms USING (model_id)
CROSS JOIN generate_series(0, m.num_layers - 1) AS layer CROSS JOIN generate_series(0, m.layer_size - 1) AS neuron
WHERE ms.source_id IN (2, 3, 4, 5, 11)
  AND NOT EXISTS (SELECT FROM there t WHERE t.neuron_id = neuron_id($1, layer, neuron) AND t.source_id = ms.source_id)
  AND NOT EXISTS (SELECT FROM rejected r WHERE r.neuron_id = neuron_id($1, layer, neuron) AND r.source_id = ms.source_id)
)
SELECT f.finding, f.mend, x.name, f.neuron_id FROM found f JOIN source x USING (source_id)
$_$;

ALTER FUNCTION public.verify_explainer(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.verify_explainer(model_id smallint) IS 'What in the rows of OpenAI''s neuron explainer about a model contradicts itself';

CREATE FUNCTION public.verify_findings(model_id smallint) RETURNS TABLE(finding text, mend text, source text, neuron_id bigint)
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
SELECT f.finding, f.mend, f.source, f.neuron_id
FROM model m CROSS JOIN LATERAL (
    SELECT * FROM verify_rows($1)
    UNION ALL SELECT * FROM verify_tables($1)
    UNION ALL SELECT * FROM verify_explainer($1)
    UNION ALL SELECT * FROM verify_neuron2graph($1)
) AS f
WHERE m.model_id = $1
  -- A neuron that the model does not have is only to be deleted.
  AND (f.neuron_id IS NULL OR f.mend NOT IN ('again', 'read', 'retry') OR neuron_index(f.neuron_id) = 2147483647
       OR (neuron_layer(f.neuron_id) < m.num_layers AND neuron_index(f.neuron_id) < m.layer_size))
$_$;

ALTER FUNCTION public.verify_findings(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.verify_findings(model_id smallint) IS 'What in the rows of a model contradicts itself; used by deepdecipher-ingest verify';

CREATE FUNCTION public.verify_neuron2graph(model_id smallint) RETURNS TABLE(finding text, mend text, source text, neuron_id bigint)
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
WITH m AS MATERIALIZED (
    SELECT m.*, neuron_id($1, 0, 0) AS first_id, neuron_id($1, 0, 0) + (1::bigint << 48) AS end_id FROM model m WHERE m.model_id = $1
), g AS (
    SELECT x.neuron_id, x.num_nodes, x.node_tokens, x.node_importances
    FROM m JOIN neuron_graph x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), f AS (
    SELECT x.* FROM m JOIN graph_fit x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), p AS (
    SELECT x.* FROM m JOIN posting x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), size AS MATERIALIZED (
    SELECT p.neuron_id, count(*)::integer AS size FROM p GROUP BY p.neuron_id
), s AS (
    SELECT x.* FROM m JOIN similar_neuron x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), unlike AS (
    SELECT 'two neurons are not similar both ways' AS finding FROM s
    WHERE s.neuron_id = s.similar_id
       OR NOT EXISTS (SELECT FROM similar_neuron x WHERE x.neuron_id = s.similar_id AND x.similar_id = s.neuron_id
                                                     AND x.similarity = s.similarity AND x.num_shared = s.num_shared)
    UNION ALL
    SELECT 'a similarity is not from 0.4 to 1' FROM s WHERE NOT (s.similarity >= 0.4::real AND s.similarity <= 1)
    UNION ALL
    -- Which tokens two neurons share is not counted again; how many tokens each has is.
    SELECT 'similar neurons do not fit the tokens that they have' FROM s
    LEFT JOIN size a ON a.neuron_id = s.neuron_id LEFT JOIN size b ON b.neuron_id = s.similar_id
    WHERE a.size IS NULL OR b.size IS NULL OR s.num_shared > least(a.size, b.size)
       OR s.similarity <> s.num_shared::real / least(a.size, b.size)::real
), found (finding, mend, source_id, neuron_id) AS (
SELECT 'noted as stored, but not there', 'again', 6, n.neuron_id
FROM m JOIN neuron_source n ON n.neuron_id >= m.first_id AND n.neuron_id < m.end_id
WHERE n.source_id = 6 AND NOT EXISTS (SELECT FROM neuron_graph x WHERE x.neuron_id = n.neuron_id)
UNION ALL
SELECT 'there, but not noted as stored', 'again', 10, NULL
FROM m WHERE EXISTS (SELECT FROM f) AND NOT EXISTS (SELECT FROM neuron_source n WHERE n.neuron_id = m.first_id AND n.source_id = 10)
UNION ALL
SELECT 'there, but not noted as stored', 'again', 7, NULL
FROM m WHERE EXISTS (SELECT FROM p) AND NOT EXISTS (SELECT FROM neuron_source n WHERE n.neuron_id = m.first_id AND n.source_id = 7)
UNION ALL
SELECT 'its nodes are not as many as their tokens or importances', 'again', 6, g.neuron_id FROM g
WHERE g.num_nodes <> cardinality(g.node_tokens) OR g.num_nodes <> cardinality(g.node_importances)
UNION ALL
SELECT 'an importance is not from 0 to 1', 'again', 6, g.neuron_id FROM g
WHERE 0 > ANY (g.node_importances) OR 1 < ANY (g.node_importances)
UNION ALL
SELECT 'an importance is not from 0 to 1', 'again', 7, p.neuron_id FROM p WHERE p.importance < 0 OR p.importance > 1 GROUP BY p.neuron_id
UNION ALL
SELECT 'a share is not from 0 to 1, or a count is negative', 'again', 10, f.neuron_id FROM f
WHERE greatest(f.accuracy, f.firing_precision, f.firing_recall, f.firing_f1_score, f.non_firing_precision, f.non_firing_recall,
               f.non_firing_f1_score) > 1.000001
   OR least(f.accuracy, f.firing_precision, f.firing_recall, f.firing_f1_score, f.non_firing_precision, f.non_firing_recall,
            f.non_firing_f1_score, f.firing_count, f.non_firing_count) < 0
UNION ALL
SELECT u.finding, format('SELECT similar_neurons_fill(%1$s::smallint), bump_revision(%1$s::smallint)', $1), NULL, NULL
FROM unlike u GROUP BY u.finding
UNION ALL
SELECT 'has tokens or a fit, but no graph', 'read', 6, x.neuron_id
FROM (SELECT f.neuron_id FROM f UNION SELECT size.neuron_id FROM size) AS x
WHERE EXISTS (SELECT FROM model_source ms WHERE ms.model_id = $1 AND ms.source_id = 6)
  AND NOT EXISTS (SELECT FROM neuron_graph y WHERE y.neuron_id = x.neuron_id)
  AND NOT EXISTS (SELECT FROM neuron_source n WHERE n.neuron_id = x.neuron_id AND n.source_id = 6)
  AND NOT EXISTS (SELECT FROM rejected r WHERE r.neuron_id = x.neuron_id AND r.source_id = 6)
)
SELECT f.finding, f.mend, x.name, f.neuron_id FROM found f LEFT JOIN source x USING (source_id)
$_$;

ALTER FUNCTION public.verify_neuron2graph(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.verify_neuron2graph(model_id smallint) IS 'What in the rows of Neuron2Graph about a model contradicts itself';

CREATE FUNCTION public.verify_rows(model_id smallint) RETURNS TABLE(finding text, mend text, source text, neuron_id bigint)
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
WITH m AS MATERIALIZED (
    SELECT m.*, neuron_id($1, 0, 0) AS first_id, neuron_id(($1 + 1)::smallint, 0, 0) AS end_id FROM model m WHERE m.model_id = $1
), n AS (
    SELECT n.* FROM m JOIN neuron n ON n.neuron_id >= m.first_id AND n.neuron_id < m.end_id
), e AS (
    SELECT e.* FROM m JOIN example e ON e.neuron_id >= m.first_id AND e.neuron_id < m.end_id
), noted AS (
    SELECT s.neuron_id, s.source_id FROM m JOIN neuron_source s ON s.neuron_id >= m.first_id AND s.neuron_id < m.end_id
), d AS (
    SELECT d.neuron_id, d.source_id FROM m JOIN document d ON d.neuron_id >= m.first_id AND d.neuron_id < m.end_id
), refused AS (
    SELECT r.neuron_id, r.source_id FROM m JOIN rejected r ON r.neuron_id >= m.first_id AND r.neuron_id < m.end_id
), found (finding, mend, source, neuron_id) AS (
SELECT 'the model has no row in revision, so the API does not show it', format('INSERT INTO revision (model_id) VALUES (%s)', $1),
       NULL, NULL::bigint
FROM m WHERE NOT EXISTS (SELECT FROM revision r WHERE r.model_id = $1)
UNION ALL
SELECT 'the model can not be found by other spellings of its name',
       format('INSERT INTO model_alias (alias, model_id) VALUES (%L, %s)', model_key(m.name), $1), NULL, NULL
FROM m WHERE NOT EXISTS (SELECT FROM model_alias a WHERE a.alias = model_key(m.name))
UNION ALL
SELECT format('the source %s has given neurons, but is not among the model''s', s.name),
       format('INSERT INTO model_source (model_id, source_id) VALUES (%s, %s)', $1, s.source_id), NULL, NULL
FROM source s
WHERE EXISTS (SELECT FROM noted WHERE noted.source_id = s.source_id)
  AND NOT EXISTS (SELECT FROM model_source ms WHERE ms.model_id = $1 AND ms.source_id = s.source_id)
UNION ALL
SELECT 'ids of the vocabulary''s tokens have gaps: every text that uses a lost one is listed below', NULL, NULL, NULL
FROM m WHERE (SELECT count(*) <> coalesce(max(t.token_id) + 1, 0) FROM token t WHERE t.vocabulary_id = m.vocabulary_id)
UNION ALL
SELECT 'the text of a token is not what its bytes say',
       format('UPDATE token SET token = convert_from(replace_nul(bytes), ''UTF8'') WHERE vocabulary_id = %s', m.vocabulary_id), NULL, NULL
FROM m WHERE EXISTS (SELECT FROM token t WHERE t.vocabulary_id = m.vocabulary_id AND convert_to(t.token, 'UTF8') <> replace_nul(t.bytes))
UNION ALL
SELECT 'noted as stored, but not there', 'again', 'neuroscope', noted.neuron_id FROM noted
WHERE noted.source_id = 1 AND NOT EXISTS (SELECT FROM neuron x WHERE x.neuron_id = noted.neuron_id)
UNION ALL
SELECT 'there, but not noted as stored', 'again', 'neuroscope', n.neuron_id FROM n
WHERE NOT EXISTS (SELECT FROM neuron_source s WHERE s.neuron_id = n.neuron_id AND s.source_id = 1)
UNION ALL
SELECT 'texts without their neuron', 'again', 'neuroscope', e.neuron_id FROM e
WHERE NOT EXISTS (SELECT FROM neuron x WHERE x.neuron_id = e.neuron_id) GROUP BY e.neuron_id
UNION ALL
SELECT 'the number of texts or their ranks are wrong', 'again', 'neuroscope', n.neuron_id
FROM n LEFT JOIN LATERAL (SELECT count(*) AS num, max(x.rank) AS last FROM example x WHERE x.neuron_id = n.neuron_id) AS found ON true
WHERE found.num <> n.num_examples OR found.last IS DISTINCT FROM n.num_examples - 1
UNION ALL
SELECT 'its highest or lowest activation is not that of its first text', 'again', 'neuroscope', n.neuron_id
FROM n JOIN example x ON x.neuron_id = n.neuron_id AND x.rank = 0
WHERE (n.max_activation, n.min_activation) IS DISTINCT FROM (x.max_activation, x.min_activation)
UNION ALL
SELECT 'a range or an activation is out of order', 'again', 'neuroscope', e.neuron_id FROM e
WHERE NOT (e.min_range <= e.max_range AND e.min_activation <= e.max_activation AND e.max_activation <= e.max_range + 0.0002)
GROUP BY e.neuron_id
UNION ALL
SELECT 'noted as stored, but the document is not there', 'again', s.name, noted.neuron_id
FROM noted JOIN source s USING (source_id)
WHERE noted.source_id >= 100 AND NOT EXISTS (SELECT FROM document x WHERE x.neuron_id = noted.neuron_id AND x.source_id = noted.source_id)
UNION ALL
SELECT 'a document that is not noted as stored', 'again', s.name, d.neuron_id
FROM d JOIN source s USING (source_id)
WHERE NOT EXISTS (SELECT FROM neuron_source x WHERE x.neuron_id = d.neuron_id AND x.source_id = d.source_id)
UNION ALL
SELECT 'refused by the source and not stored', 'retry', s.name, refused.neuron_id FROM refused JOIN source s USING (source_id)
WHERE NOT EXISTS (SELECT FROM neuron_source x WHERE x.neuron_id = refused.neuron_id AND x.source_id = refused.source_id)
UNION ALL
SELECT 'not read yet', 'read', 'neuroscope', neuron_id($1, layer, neuron)
FROM m CROSS JOIN generate_series(0, m.num_layers - 1) AS layer CROSS JOIN generate_series(0, m.layer_size - 1) AS neuron
WHERE EXISTS (SELECT FROM model_source ms WHERE ms.model_id = $1 AND ms.source_id = 1)
  AND NOT EXISTS (SELECT FROM neuron x WHERE x.neuron_id = neuron_id($1, layer, neuron))
  AND NOT EXISTS (SELECT FROM neuron_source x WHERE x.neuron_id = neuron_id($1, layer, neuron) AND x.source_id = 1)
  AND NOT EXISTS (SELECT FROM rejected x WHERE x.neuron_id = neuron_id($1, layer, neuron) AND x.source_id = 1)
)
SELECT f.finding, f.mend, f.source, f.neuron_id FROM found f
$_$;

ALTER FUNCTION public.verify_rows(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.verify_rows(model_id smallint) IS 'What in the rows of neuroscope and of users'' documents, and in the notes about a model, contradicts itself';

CREATE FUNCTION public.verify_tables(model_id smallint) RETURNS TABLE(finding text, mend text, source text, neuron_id bigint)
    LANGUAGE plpgsql STABLE STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
DECLARE
    m record;
    t record;
    place text;
    outside text;
BEGIN
    SELECT x.num_layers, x.layer_size, x.vocabulary_id INTO m FROM model x WHERE x.model_id = $1;
    FOR t IN SELECT l.name, l.source, c.kind, archive_range(l.name, $1) AS range
             FROM archive_list() l JOIN archive_columns() c ON c.table_name = l.name AND c.place = 1
             WHERE c.kind IN ('neuron', 'subject') ORDER BY l.place LOOP
        outside := format('%s AND (neuron_layer(neuron_id) >= %s OR neuron_index(neuron_id) >= %s)', t.range, m.num_layers, m.layer_size);
        IF t.kind = 'subject' THEN -- document_key() of a layer and of the model
            outside := outside || format(' AND NOT (neuron_index(neuron_id) = 2147483647 AND (neuron_layer(neuron_id) = 65535 OR neuron_layer(neuron_id) < %s))',
                                         m.num_layers);
        END IF;
        RETURN QUERY EXECUTE format('SELECT %L, %L, NULL::text, NULL::bigint FROM %I WHERE %s LIMIT 1',
                                    format('a row of %s is about a neuron that the model does not have', t.name),
                                    format('DELETE FROM %I WHERE %s', t.name, outside), t.name, outside);
        CONTINUE WHEN t.source IS NULL;
        -- Files about a whole model (7, 10) are noted once; neuroscope (1) and documents have words of their own.
        RETURN QUERY EXECUTE format(
            'SELECT DISTINCT ''there, but not noted as stored'', ''again'', s.name, x.neuron_id
             FROM (SELECT y.neuron_id, (%s)::smallint AS source_id FROM %I y WHERE %s) AS x JOIN source s USING (source_id)
             WHERE x.source_id < 100 AND x.source_id NOT IN (1, 7, 10)
               AND NOT EXISTS (SELECT FROM neuron_source n WHERE n.neuron_id = x.neuron_id AND n.source_id = x.source_id)',
            t.source, t.name, t.range);
        FOR place IN SELECT c.name FROM archive_columns() c WHERE c.table_name = t.name AND c.kind = 'token' LOOP
            RETURN QUERY EXECUTE format(
                'SELECT DISTINCT ''a token is not in the vocabulary'', ''again'', s.name, x.neuron_id
                 FROM (SELECT y.neuron_id, (%s)::smallint AS source_id, y.%I AS token_id FROM %I y WHERE %s) AS x JOIN source s USING (source_id)
                 WHERE x.token_id IS NOT NULL
                   AND NOT EXISTS (SELECT FROM token k WHERE k.vocabulary_id = $1 AND k.token_id = x.token_id)',
                t.source, place, t.name, t.range)
                USING m.vocabulary_id;
        END LOOP;
    END LOOP;
    RETURN QUERY SELECT DISTINCT 'a text is not stored', 'again', u.source, u.neuron_id FROM verify_text_users($1) u
    WHERE NOT EXISTS (SELECT FROM text x WHERE x.text_id = u.text_id AND x.vocabulary_id = m.vocabulary_id);
END
$_$;

ALTER FUNCTION public.verify_tables(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.verify_tables(model_id smallint) IS 'Rows of any table about a model that name a neuron, a token or a text that is not there, or that are not noted';

CREATE FUNCTION public.verify_text_users(model_id smallint) RETURNS TABLE(text_id bigint, source text, neuron_id bigint)
    LANGUAGE plpgsql STABLE STRICT
    SET search_path TO 'public', 'pg_temp'
    AS $_$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT l.name, l.source, c.name AS place, c.kind, archive_range(l.name, $1) AS range
             FROM archive_list() l JOIN archive_columns() c ON c.table_name = l.name
             WHERE c.kind IN ('text', 'text[]') AND l.name <> 'example' LOOP
        RETURN QUERY EXECUTE format(
            'SELECT x.text_id, s.name, x.neuron_id
             FROM (SELECT y.neuron_id, (%s)::smallint AS source_id, %s AS text_id FROM %I y WHERE %s) AS x JOIN source s USING (source_id)
             WHERE x.text_id IS NOT NULL',
            t.source, format(CASE t.kind WHEN 'text' THEN 'y.%I' ELSE 'unnest(y.%I)' END, t.place), t.name, t.range);
    END LOOP;
END
$_$;

ALTER FUNCTION public.verify_text_users(model_id smallint) OWNER TO deepdecipher_owner;

COMMENT ON FUNCTION public.verify_text_users(model_id smallint) IS 'Which neurons of a model have which texts, and by which source';

CREATE TABLE public.statistics (
    neuron_id bigint NOT NULL,
    mean double precision,
    variance double precision,
    skewness double precision,
    kurtosis double precision,
    quantile_boundaries double precision[] NOT NULL
);

ALTER TABLE public.statistics OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.statistics IS 'Moments of a neuron''s activations over the source''s texts; NULL where the source gives none';

COMMENT ON COLUMN public.statistics.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.statistics.mean IS 'Mean activation';

COMMENT ON COLUMN public.statistics.variance IS 'Its variance';

COMMENT ON COLUMN public.statistics.skewness IS 'Third standardised moment';

COMMENT ON COLUMN public.statistics.kurtosis IS 'Fourth standardised moment (a normal distribution has 3)';

COMMENT ON COLUMN public.statistics.quantile_boundaries IS 'Between the groups of records by quantile, as the source gives them';

CREATE VIEW public.activation_statistics AS
 SELECT m.name AS model,
    public.neuron_layer(s.neuron_id) AS layer,
    public.neuron_index(s.neuron_id) AS neuron,
    s.mean,
    s.variance,
    s.skewness,
    s.kurtosis,
    s.quantile_boundaries,
    s.neuron_id
   FROM (public.statistics s
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(s.neuron_id))));

ALTER TABLE public.activation_statistics OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.activation_statistics IS 'Moments of neurons'' activations';

COMMENT ON COLUMN public.activation_statistics.model IS 'Model';

COMMENT ON COLUMN public.activation_statistics.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.activation_statistics.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.activation_statistics.mean IS 'Mean activation';

COMMENT ON COLUMN public.activation_statistics.variance IS 'Its variance';

COMMENT ON COLUMN public.activation_statistics.skewness IS 'Third standardised moment';

COMMENT ON COLUMN public.activation_statistics.kurtosis IS 'Fourth standardised moment (a normal distribution has 3)';

COMMENT ON COLUMN public.activation_statistics.quantile_boundaries IS 'Between the groups of records by quantile';

COMMENT ON COLUMN public.activation_statistics.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE TABLE public.example (
    neuron_id bigint NOT NULL,
    text_id bigint NOT NULL,
    data_index bigint NOT NULL,
    max_range double precision NOT NULL,
    min_range double precision NOT NULL,
    max_activation double precision NOT NULL,
    min_activation double precision NOT NULL,
    dataset_id integer NOT NULL,
    max_position integer NOT NULL,
    max_token_id integer NOT NULL,
    activations_at integer NOT NULL,
    rank smallint NOT NULL
);

ALTER TABLE public.example OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.example IS 'Maximum activating texts of a neuron, best first';

COMMENT ON COLUMN public.example.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.example.text_id IS 'The text';

COMMENT ON COLUMN public.example.data_index IS 'Number of the text in its dataset, as the source says';

COMMENT ON COLUMN public.example.max_range IS 'Upper end of the colour scale that the source gives';

COMMENT ON COLUMN public.example.min_range IS 'Lower end of it';

COMMENT ON COLUMN public.example.max_activation IS 'Highest activation in this text, as printed';

COMMENT ON COLUMN public.example.min_activation IS 'Lowest activation in this text, as printed';

COMMENT ON COLUMN public.example.dataset_id IS 'Dataset of this text';

COMMENT ON COLUMN public.example.max_position IS 'Index of the token with the highest activation, from 0';

COMMENT ON COLUMN public.example.max_token_id IS 'That token';

COMMENT ON COLUMN public.example.activations_at IS 'Where in neuron.activations this text''s numbers begin, in bytes from 0';

COMMENT ON COLUMN public.example.rank IS 'Place among the neuron''s texts, from 0';

CREATE TABLE public.neuron (
    neuron_id bigint NOT NULL,
    num_examples smallint NOT NULL,
    max_activation double precision NOT NULL,
    min_activation double precision NOT NULL,
    importance real GENERATED ALWAYS AS (((max_activation)::real - (min_activation)::real)) STORED NOT NULL,
    activations bytea NOT NULL
);
ALTER TABLE ONLY public.neuron ALTER COLUMN activations SET STORAGE EXTERNAL;

ALTER TABLE public.neuron OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.neuron IS 'Numbers of one neuron that lists sort by';

COMMENT ON COLUMN public.neuron.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.neuron.num_examples IS 'Number of its maximum activating texts';

COMMENT ON COLUMN public.neuron.max_activation IS 'Highest activation in the first of them';

COMMENT ON COLUMN public.neuron.min_activation IS 'Lowest activation in the first of them';

COMMENT ON COLUMN public.neuron.importance IS 'max_activation - min_activation: what important_neurons of the API sorts by';

COMMENT ON COLUMN public.neuron.activations IS 'Activations on every token of its texts, packed one text after the other; unpack_activations() reads them';

CREATE VIEW public.activations AS
 SELECT public.neuron_model_id(e.neuron_id) AS model_id,
    public.neuron_layer(e.neuron_id) AS layer,
    public.neuron_index(e.neuron_id) AS neuron,
    e.rank,
    public.unpack_activations(n.activations, e.activations_at) AS activations,
    ARRAY( SELECT t.token
           FROM (unnest(public.unpack_tokens(x.tokens)) WITH ORDINALITY u(id, place)
             JOIN public.token t ON (((t.vocabulary_id = x.vocabulary_id) AND (t.token_id = u.id))))
          ORDER BY u.place) AS tokens,
    e.neuron_id
   FROM ((public.example e
     JOIN public.neuron n USING (neuron_id))
     JOIN public.text x USING (text_id));

ALTER TABLE public.activations OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.activations IS 'The texts of neurons token by token; ask for few neurons at a time, unpacking takes milliseconds a text';

COMMENT ON COLUMN public.activations.model_id IS 'Key of the model';

COMMENT ON COLUMN public.activations.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.activations.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.activations.rank IS 'Place among the neuron''s texts, from 0';

COMMENT ON COLUMN public.activations.activations IS 'The neuron''s activation on each token';

COMMENT ON COLUMN public.activations.tokens IS 'The tokens';

COMMENT ON COLUMN public.activations.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE TABLE public.bfloat16 (
    code integer NOT NULL,
    value real
);

ALTER TABLE public.bfloat16 OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.bfloat16 IS 'The 65,536 bfloat16 numbers, rounded to six decimals as the sources print them';

COMMENT ON COLUMN public.bfloat16.code IS 'The sixteen bits';

COMMENT ON COLUMN public.bfloat16.value IS 'The number; NULL for infinities and NaN';

CREATE TABLE public.connection (
    neuron_id bigint NOT NULL,
    direction text NOT NULL,
    num_positive smallint NOT NULL,
    neurons bytea NOT NULL,
    weights bytea NOT NULL,
    CONSTRAINT connection_direction_check CHECK ((direction = ANY (ARRAY['upstream'::text, 'downstream'::text])))
);

ALTER TABLE public.connection OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.connection IS 'Neurons of other layers that a neuron is connected to most strongly, by the product of weights';

COMMENT ON COLUMN public.connection.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.connection.direction IS 'upstream: neurons that write what this one reads (c_fc); downstream: that read what it writes (c_proj)';

COMMENT ON COLUMN public.connection.num_positive IS 'Number of the connections with a positive weight: they come first, the negative ones next';

COMMENT ON COLUMN public.connection.neurons IS 'The other neurons as layer * layer_size + index, packed like token ids, strongest first';

COMMENT ON COLUMN public.connection.weights IS 'The weights, packed';

CREATE VIEW public.connections AS
 SELECT m.name AS model,
    public.neuron_layer(c.neuron_id) AS layer,
    public.neuron_index(c.neuron_id) AS neuron,
    c.direction,
        CASE
            WHEN (u.n <= c.num_positive) THEN 'positive'::text
            ELSE 'negative'::text
        END AS sign,
    (((u.n -
        CASE
            WHEN (u.n <= c.num_positive) THEN 0
            ELSE (c.num_positive)::integer
        END))::integer - 1) AS rank,
    (u.other / m.layer_size) AS other_layer,
    (u.other % m.layer_size) AS other_neuron,
    u.weight,
    c.neuron_id,
    public.neuron_id(m.model_id, (u.other / m.layer_size), (u.other % m.layer_size)) AS other_id
   FROM ((public.connection c
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(c.neuron_id))))
     CROSS JOIN LATERAL UNNEST(public.unpack_tokens(c.neurons), public.unpack_activations(c.weights, 0)) WITH ORDINALITY u(other, weight, n));

ALTER TABLE public.connections OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.connections IS 'Neurons that neurons are connected to most strongly';

COMMENT ON COLUMN public.connections.model IS 'Model';

COMMENT ON COLUMN public.connections.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.connections.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.connections.direction IS 'upstream: the other neuron writes what this one reads; downstream: it reads what this one writes';

COMMENT ON COLUMN public.connections.sign IS 'Which of the two lists it is in';

COMMENT ON COLUMN public.connections.rank IS 'Place in that list, from 0';

COMMENT ON COLUMN public.connections.other_layer IS 'Layer of the other neuron';

COMMENT ON COLUMN public.connections.other_neuron IS 'Its index';

COMMENT ON COLUMN public.connections.weight IS 'Weight of the connection';

COMMENT ON COLUMN public.connections.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

COMMENT ON COLUMN public.connections.other_id IS 'Key of the other neuron';

CREATE TABLE public.job (
    job_id bigint NOT NULL,
    model_id smallint NOT NULL,
    source_id smallint NOT NULL,
    layer integer NOT NULL,
    neurons integer[] NOT NULL,
    url text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    done_at timestamp with time zone,
    num_stored integer,
    num_rejected integer,
    is_live boolean DEFAULT false NOT NULL,
    CONSTRAINT job_neurons_check CHECK (((cardinality(neurons) >= 1) AND (cardinality(neurons) <= 16777216)))
);

ALTER TABLE public.job OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.job IS 'The queue of ingest. A job is taken with FOR UPDATE SKIP LOCKED and done in the transaction that stores its rows';

COMMENT ON COLUMN public.job.job_id IS 'Key; jobs are taken in this order';

COMMENT ON COLUMN public.job.model_id IS 'Model';

COMMENT ON COLUMN public.job.source_id IS 'Source';

COMMENT ON COLUMN public.job.layer IS 'Layer of all the neurons';

COMMENT ON COLUMN public.job.neurons IS 'Their indexes in the layer';

COMMENT ON COLUMN public.job.url IS 'Base address of the site';

COMMENT ON COLUMN public.job.created_at IS 'When it was planned';

COMMENT ON COLUMN public.job.done_at IS 'When it was done; NULL while it waits or is being worked';

COMMENT ON COLUMN public.job.num_stored IS 'Neurons stored';

COMMENT ON COLUMN public.job.num_rejected IS 'Neurons refused, each with a row in rejected';

COMMENT ON COLUMN public.job.is_live IS 'Somebody waits for it: taken before all others';

CREATE TABLE public.model_source (
    model_id smallint NOT NULL,
    source_id smallint NOT NULL
);

ALTER TABLE public.model_source OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.model_source IS 'Which sources have given anything of which model';

COMMENT ON COLUMN public.model_source.model_id IS 'Model';

COMMENT ON COLUMN public.model_source.source_id IS 'Source';

CREATE TABLE public.neuron_source (
    neuron_id bigint NOT NULL,
    source_id smallint NOT NULL,
    stored_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.neuron_source OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.neuron_source IS 'What is stored: one row for each neuron and source';

COMMENT ON COLUMN public.neuron_source.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.neuron_source.source_id IS 'The source';

COMMENT ON COLUMN public.neuron_source.stored_at IS 'When it was stored';

CREATE TABLE public.rejected (
    neuron_id bigint NOT NULL,
    source_id smallint NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    url text NOT NULL,
    num_tries integer NOT NULL,
    rejected_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rejected_kind_check CHECK ((kind = ANY (ARRAY['missing'::text, 'unreachable'::text, 'unreadable'::text])))
);

ALTER TABLE public.rejected OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.rejected IS 'Neurons that a source did not give, and why';

COMMENT ON COLUMN public.rejected.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.rejected.source_id IS 'The source';

COMMENT ON COLUMN public.rejected.kind IS 'missing: the site has no such page; unreachable: no whole answer; unreadable: an answer that is no page of this neuron';

COMMENT ON COLUMN public.rejected.reason IS 'What was wrong';

COMMENT ON COLUMN public.rejected.url IS 'Base address of the site';

COMMENT ON COLUMN public.rejected.num_tries IS 'How often it was asked for';

COMMENT ON COLUMN public.rejected.rejected_at IS 'When it was given up';

CREATE TABLE public.source (
    source_id smallint NOT NULL,
    name text NOT NULL
);

ALTER TABLE public.source OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.source IS 'Where data comes from: one row for each kind of site or file that ingest reads';

COMMENT ON COLUMN public.source.source_id IS 'Key';

COMMENT ON COLUMN public.source.name IS 'Name on ingest''s command line';

CREATE VIEW public.coverage AS
 SELECT m.name AS model,
    s.name AS source,
    m.num_total_neurons,
    ( SELECT count(*) AS count
           FROM public.neuron_source n
          WHERE ((n.source_id = s.source_id) AND (n.neuron_id >= public.neuron_id(m.model_id, 0, 0)) AND (n.neuron_id < public.neuron_id(((m.model_id + 1))::smallint, 0, 0)))) AS num_stored,
    ( SELECT count(*) AS count
           FROM public.rejected r
          WHERE ((r.source_id = s.source_id) AND (r.neuron_id >= public.neuron_id(m.model_id, 0, 0)) AND (r.neuron_id < public.neuron_id(((m.model_id + 1))::smallint, 0, 0)))) AS num_rejected,
    ( SELECT COALESCE(sum(cardinality(j.neurons)), (0)::bigint) AS "coalesce"
           FROM public.job j
          WHERE ((j.model_id = m.model_id) AND (j.source_id = s.source_id) AND (j.done_at IS NULL))) AS num_waiting
   FROM (public.model m
     JOIN public.source s ON (((s.source_id < 100) OR (EXISTS ( SELECT
           FROM public.model_source o
          WHERE ((o.model_id = m.model_id) AND (o.source_id = s.source_id)))) OR (EXISTS ( SELECT
           FROM public.job j
          WHERE ((j.model_id = m.model_id) AND (j.source_id = s.source_id)))))));

ALTER TABLE public.coverage OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.coverage IS 'How much of each model each source has given';

COMMENT ON COLUMN public.coverage.model IS 'Model';

COMMENT ON COLUMN public.coverage.source IS 'Source';

COMMENT ON COLUMN public.coverage.num_total_neurons IS 'Neurons of the model';

COMMENT ON COLUMN public.coverage.num_stored IS 'Those stored from this source';

COMMENT ON COLUMN public.coverage.num_rejected IS 'Those that the source did not give; see rejections';

COMMENT ON COLUMN public.coverage.num_waiting IS 'Those in the queue';

CREATE TABLE public.dataset (
    dataset_id integer NOT NULL,
    name text NOT NULL,
    CONSTRAINT dataset_name_check CHECK ((name <> ''::text))
);

ALTER TABLE public.dataset OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.dataset IS 'A collection of texts that activations were measured on';

COMMENT ON COLUMN public.dataset.dataset_id IS 'Key';

COMMENT ON COLUMN public.dataset.name IS 'Name as the source prints it, e.g. Open Web Text';

ALTER TABLE public.dataset ALTER COLUMN dataset_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dataset_dataset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.document (
    neuron_id bigint NOT NULL,
    source_id smallint NOT NULL,
    document text NOT NULL,
    CONSTRAINT document_source_id_check CHECK ((source_id >= 100))
);

ALTER TABLE public.document OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.document IS 'JSON documents of services that users named, each as the text it was';

COMMENT ON COLUMN public.document.neuron_id IS 'document_key(model, layer, neuron): what the document is about';

COMMENT ON COLUMN public.document.source_id IS 'The service';

COMMENT ON COLUMN public.document.document IS 'The document: valid JSON, but text because jsonb would change numbers and refuse \u0000';

CREATE VIEW public.documents AS
 SELECT m.name AS model,
    s.name AS service,
    NULLIF(public.neuron_layer(d.neuron_id), 65535) AS layer,
    NULLIF(public.neuron_index(d.neuron_id), 2147483647) AS neuron,
    (d.document)::json AS document,
    d.neuron_id
   FROM ((public.document d
     JOIN public.source s USING (source_id))
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(d.neuron_id))));

ALTER TABLE public.documents OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.documents IS 'JSON documents of services that users named';

COMMENT ON COLUMN public.documents.model IS 'Model';

COMMENT ON COLUMN public.documents.service IS 'Name of the service';

COMMENT ON COLUMN public.documents.layer IS 'Layer, from 0; NULL: the document is about the model';

COMMENT ON COLUMN public.documents.neuron IS 'Index in the layer, from 0; NULL: the document is about the layer or the model';

COMMENT ON COLUMN public.documents.document IS 'The document';

COMMENT ON COLUMN public.documents.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE VIEW public.examples AS
 SELECT m.name AS model,
    public.neuron_layer(e.neuron_id) AS layer,
    public.neuron_index(e.neuron_id) AS neuron,
    e.rank,
    t.token AS max_token,
    e.max_activation,
    e.min_activation,
    e.max_position,
    d.name AS dataset,
    e.data_index,
    e.text_id,
    e.neuron_id
   FROM (((public.example e
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(e.neuron_id))))
     JOIN public.dataset d ON ((d.dataset_id = e.dataset_id)))
     JOIN public.token t ON (((t.vocabulary_id = m.vocabulary_id) AND (t.token_id = e.max_token_id))));

ALTER TABLE public.examples OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.examples IS 'Maximum activating texts of neurons, without their tokens: see activations';

COMMENT ON COLUMN public.examples.model IS 'Model';

COMMENT ON COLUMN public.examples.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.examples.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.examples.rank IS 'Place among the neuron''s texts, from 0';

COMMENT ON COLUMN public.examples.max_token IS 'Token with the highest activation';

COMMENT ON COLUMN public.examples.max_activation IS 'Its activation';

COMMENT ON COLUMN public.examples.min_activation IS 'Lowest activation in the text';

COMMENT ON COLUMN public.examples.max_position IS 'Index of that token in the text, from 0';

COMMENT ON COLUMN public.examples.dataset IS 'Dataset of the text';

COMMENT ON COLUMN public.examples.data_index IS 'Number of the text in its dataset';

COMMENT ON COLUMN public.examples.text_id IS 'Key of the text';

COMMENT ON COLUMN public.examples.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE TABLE public.explanation (
    neuron_id bigint NOT NULL,
    source_id smallint NOT NULL,
    place smallint NOT NULL,
    author text NOT NULL,
    explanation text NOT NULL,
    score double precision,
    rsquared_score double precision,
    absolute_dev_explained_score double precision,
    type text,
    explanation_model text,
    english tsvector GENERATED ALWAYS AS ((to_tsvector('english'::regconfig, explanation) || array_to_tsvector(ARRAY[('#'::text || ((neuron_id >> 48))::text)]))) STORED NOT NULL,
    simple tsvector GENERATED ALWAYS AS ((to_tsvector('simple'::regconfig, explanation) || array_to_tsvector(ARRAY[('#'::text || ((neuron_id >> 48))::text)]))) STORED NOT NULL,
    CONSTRAINT explanation_place_check CHECK ((place >= 0))
);

ALTER TABLE public.explanation OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.explanation IS 'What neurons are said to respond to, in words, and how well the words predict activations';

COMMENT ON COLUMN public.explanation.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.explanation.source_id IS 'Where it comes from';

COMMENT ON COLUMN public.explanation.place IS 'Place among the neuron''s explanations of this source, from 0';

COMMENT ON COLUMN public.explanation.author IS 'Who or what wrote it, e.g. gpt-4';

COMMENT ON COLUMN public.explanation.explanation IS 'The words; NUL, which text cannot hold, is shown as U+2400';

COMMENT ON COLUMN public.explanation.score IS 'Correlation of simulated and true activations (ev_correlation_score); NULL where the source gives none';

COMMENT ON COLUMN public.explanation.rsquared_score IS 'Share of the variance that the simulation explains';

COMMENT ON COLUMN public.explanation.absolute_dev_explained_score IS 'Share of the absolute deviation that it explains';

COMMENT ON COLUMN public.explanation.type IS 'Method it was made with, e.g. oai_token-act-pair; NULL where the source gives none';

COMMENT ON COLUMN public.explanation.explanation_model IS 'Language model that wrote it, e.g. gpt-4o-mini; NULL where the source gives none';

COMMENT ON COLUMN public.explanation.english IS 'Its words as stems without stop words, and # with model_id';

COMMENT ON COLUMN public.explanation.simple IS 'Its words in lower case, and # with model_id';

CREATE TABLE public.explanation_word (
    model_id smallint NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C",
    stem text COLLATE pg_catalog."C",
    num_explanations integer NOT NULL
);

ALTER TABLE public.explanation_word OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.explanation_word IS 'Words of explanations: says before a search how much it will find, and which words are alike';

COMMENT ON COLUMN public.explanation_word.model_id IS 'Model';

COMMENT ON COLUMN public.explanation_word.word IS 'Word, as in explanation.simple';

COMMENT ON COLUMN public.explanation_word.stem IS 'Its stem, as in explanation.english; NULL of a stop word';

COMMENT ON COLUMN public.explanation_word.num_explanations IS 'Explanations of the model that have the word';

CREATE VIEW public.explanations AS
 SELECT m.name AS model,
    public.neuron_layer(e.neuron_id) AS layer,
    public.neuron_index(e.neuron_id) AS neuron,
    s.name AS source,
    e.place,
    e.author,
    e.explanation,
    e.score,
    e.rsquared_score,
    e.absolute_dev_explained_score,
    e.neuron_id,
    e.type,
    e.explanation_model
   FROM ((public.explanation e
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(e.neuron_id))))
     JOIN public.source s USING (source_id));

ALTER TABLE public.explanations OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.explanations IS 'What neurons are said to respond to, in words';

COMMENT ON COLUMN public.explanations.model IS 'Model';

COMMENT ON COLUMN public.explanations.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.explanations.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.explanations.source IS 'Where it comes from';

COMMENT ON COLUMN public.explanations.place IS 'Place among the neuron''s explanations of this source, from 0';

COMMENT ON COLUMN public.explanations.author IS 'Who or what wrote it';

COMMENT ON COLUMN public.explanations.explanation IS 'The words';

COMMENT ON COLUMN public.explanations.score IS 'Correlation of simulated and true activations';

COMMENT ON COLUMN public.explanations.rsquared_score IS 'Share of the variance that the simulation explains';

COMMENT ON COLUMN public.explanations.absolute_dev_explained_score IS 'Share of the absolute deviation that it explains';

COMMENT ON COLUMN public.explanations.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

COMMENT ON COLUMN public.explanations.type IS 'Method it was made with';

COMMENT ON COLUMN public.explanations.explanation_model IS 'Language model that wrote it';

CREATE TABLE public.feature (
    neuron_id bigint NOT NULL,
    max_activation double precision,
    frac_nonzero double precision,
    density_heights bytea NOT NULL,
    density_values bytea NOT NULL,
    logits_heights bytea NOT NULL,
    logits_values bytea NOT NULL,
    num_positive smallint NOT NULL,
    logit_tokens bytea NOT NULL,
    logits bytea NOT NULL,
    similar_features bytea NOT NULL,
    similarities bytea NOT NULL,
    correlated_neurons bytea NOT NULL,
    correlated_l1 bytea NOT NULL,
    correlated_pearson bytea NOT NULL,
    alignment_neurons bytea NOT NULL,
    alignment_l1 bytea NOT NULL,
    alignment_values bytea NOT NULL
);

ALTER TABLE public.feature OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.feature IS 'Statistics of a feature, as Neuronpedia exports them; a list that the export lacks is empty';

COMMENT ON COLUMN public.feature.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.feature.max_activation IS 'Highest activation, approximately (maxActApprox); NULL where the export has none';

COMMENT ON COLUMN public.feature.frac_nonzero IS 'Share of tokens that it is active on; NULL where the export has none';

COMMENT ON COLUMN public.feature.density_heights IS 'Histogram of its activations: heights of the bars, packed';

COMMENT ON COLUMN public.feature.density_values IS 'Where those bars stand, packed';

COMMENT ON COLUMN public.feature.logits_heights IS 'Histogram of its effects on all logits: heights of the bars, packed';

COMMENT ON COLUMN public.feature.logits_values IS 'Where those bars stand, packed';

COMMENT ON COLUMN public.feature.num_positive IS 'Number of the tokens whose logits it raises most: they come first, those that it lowers most next';

COMMENT ON COLUMN public.feature.logit_tokens IS 'Token ids, packed, in the order of the export';

COMMENT ON COLUMN public.feature.logits IS 'Effect on the logit of each, packed';

COMMENT ON COLUMN public.feature.similar_features IS 'Indexes of the features of the same layer that point in the most similar direction, packed like token ids';

COMMENT ON COLUMN public.feature.similarities IS 'Cosine similarity to each, packed';

COMMENT ON COLUMN public.feature.correlated_neurons IS 'Indexes of the neurons of the underlying model that it goes with, packed like token ids';

COMMENT ON COLUMN public.feature.correlated_l1 IS 'L1 share of each, packed';

COMMENT ON COLUMN public.feature.correlated_pearson IS 'Pearson correlation with each, packed';

COMMENT ON COLUMN public.feature.alignment_neurons IS 'Indexes of the neurons that its direction has most of, packed like token ids';

COMMENT ON COLUMN public.feature.alignment_l1 IS 'L1 share of each, packed';

COMMENT ON COLUMN public.feature.alignment_values IS 'How much of each, packed';

CREATE TABLE public.feature_example (
    neuron_id bigint NOT NULL,
    bin smallint NOT NULL,
    bin_min double precision,
    bin_max double precision,
    bin_contains double precision,
    text_ids bigint[] NOT NULL,
    max_activations double precision[] NOT NULL,
    max_activating_token_indexes integer[] NOT NULL,
    activations_at integer[] NOT NULL,
    activations bytea NOT NULL,
    CONSTRAINT feature_example_bin_check CHECK ((bin >= 0))
);
ALTER TABLE ONLY public.feature_example ALTER COLUMN activations SET STORAGE EXTERNAL;

ALTER TABLE public.feature_example OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.feature_example IS 'Texts with the activations of a feature, by bins of its activation: a row for each bin';

COMMENT ON COLUMN public.feature_example.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.feature_example.bin IS 'Place among the feature''s bins, from 0, the highest activations first';

COMMENT ON COLUMN public.feature_example.bin_min IS 'Lower end of the bin; NULL where the export has none';

COMMENT ON COLUMN public.feature_example.bin_max IS 'Upper end of the bin; NULL where the export has none';

COMMENT ON COLUMN public.feature_example.bin_contains IS 'Share of the activations that the bin holds; NULL where the export has none';

COMMENT ON COLUMN public.feature_example.text_ids IS 'The texts, the highest activation first';

COMMENT ON COLUMN public.feature_example.max_activations IS 'Highest activation in each text';

COMMENT ON COLUMN public.feature_example.max_activating_token_indexes IS 'Index of the token that has it, from 0';

COMMENT ON COLUMN public.feature_example.activations_at IS 'Where in `activations` each text''s numbers begin, in bytes from 0';

COMMENT ON COLUMN public.feature_example.activations IS 'Activations on every token of the texts, packed one text after the other';

CREATE VIEW public.feature_examples AS
 SELECT m.name AS model,
    public.neuron_layer(e.neuron_id) AS layer,
    public.neuron_index(e.neuron_id) AS neuron,
    e.bin,
    e.bin_min,
    e.bin_max,
    e.bin_contains,
    ((u.n)::integer - 1) AS rank,
    u.max_activation,
    u.max_activating_token_index,
    public.text_tokens(u.text_id) AS tokens,
    public.unpack_activations(e.activations, u.activations_at) AS activations,
    e.neuron_id
   FROM ((public.feature_example e
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(e.neuron_id))))
     CROSS JOIN LATERAL UNNEST(e.text_ids, e.max_activations, e.max_activating_token_indexes, e.activations_at) WITH ORDINALITY u(text_id, max_activation, max_activating_token_index, activations_at, n));

ALTER TABLE public.feature_examples OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.feature_examples IS 'Texts with features'' activations; ask for few features at a time, unpacking takes milliseconds a text';

COMMENT ON COLUMN public.feature_examples.model IS 'Model';

COMMENT ON COLUMN public.feature_examples.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.feature_examples.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.feature_examples.bin IS 'Place among the feature''s bins, from 0, the highest activations first';

COMMENT ON COLUMN public.feature_examples.bin_min IS 'Lower end of the bin';

COMMENT ON COLUMN public.feature_examples.bin_max IS 'Upper end of the bin';

COMMENT ON COLUMN public.feature_examples.bin_contains IS 'Share of the activations that the bin holds';

COMMENT ON COLUMN public.feature_examples.rank IS 'Place of the text in its bin, from 0';

COMMENT ON COLUMN public.feature_examples.max_activation IS 'Highest activation in the text';

COMMENT ON COLUMN public.feature_examples.max_activating_token_index IS 'Index of the token that has it, from 0';

COMMENT ON COLUMN public.feature_examples.tokens IS 'The tokens';

COMMENT ON COLUMN public.feature_examples.activations IS 'The activation on each';

COMMENT ON COLUMN public.feature_examples.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE VIEW public.feature_logits AS
 SELECT m.name AS model,
    public.neuron_layer(f.neuron_id) AS layer,
    public.neuron_index(f.neuron_id) AS neuron,
        CASE
            WHEN (u.n <= f.num_positive) THEN 'positive'::text
            ELSE 'negative'::text
        END AS sign,
    (((u.n -
        CASE
            WHEN (u.n <= f.num_positive) THEN 0
            ELSE (f.num_positive)::integer
        END))::integer - 1) AS rank,
    t.token,
    u.logit,
    f.neuron_id
   FROM (((public.feature f
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(f.neuron_id))))
     CROSS JOIN LATERAL UNNEST(public.unpack_tokens(f.logit_tokens), public.unpack_activations(f.logits, 0)) WITH ORDINALITY u(token_id, logit, n))
     JOIN public.token t ON (((t.vocabulary_id = m.vocabulary_id) AND (t.token_id = u.token_id))));

ALTER TABLE public.feature_logits OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.feature_logits IS 'Tokens whose logits features raise and lower most';

COMMENT ON COLUMN public.feature_logits.model IS 'Model';

COMMENT ON COLUMN public.feature_logits.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.feature_logits.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.feature_logits.sign IS 'Which of the two lists it is in';

COMMENT ON COLUMN public.feature_logits.rank IS 'Place in that list, from 0';

COMMENT ON COLUMN public.feature_logits.token IS 'The token';

COMMENT ON COLUMN public.feature_logits.logit IS 'Effect on its logit';

COMMENT ON COLUMN public.feature_logits.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE VIEW public.features AS
 SELECT m.name AS model,
    public.neuron_layer(f.neuron_id) AS layer,
    public.neuron_index(f.neuron_id) AS neuron,
    f.max_activation,
    f.frac_nonzero,
    public.unpack_activations(f.density_heights, 0) AS density_heights,
    public.unpack_activations(f.density_values, 0) AS density_values,
    public.unpack_activations(f.logits_heights, 0) AS logits_heights,
    public.unpack_activations(f.logits_values, 0) AS logits_values,
    public.unpack_tokens(f.correlated_neurons) AS correlated_neurons,
    public.unpack_activations(f.correlated_l1, 0) AS correlated_l1,
    public.unpack_activations(f.correlated_pearson, 0) AS correlated_pearson,
    public.unpack_tokens(f.alignment_neurons) AS alignment_neurons,
    public.unpack_activations(f.alignment_l1, 0) AS alignment_l1,
    public.unpack_activations(f.alignment_values, 0) AS alignment_values,
    f.neuron_id
   FROM (public.feature f
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(f.neuron_id))));

ALTER TABLE public.features OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.features IS 'Statistics of features';

COMMENT ON COLUMN public.features.model IS 'Model';

COMMENT ON COLUMN public.features.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.features.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.features.max_activation IS 'Highest activation, approximately';

COMMENT ON COLUMN public.features.frac_nonzero IS 'Share of tokens that it is active on';

COMMENT ON COLUMN public.features.density_heights IS 'Histogram of its activations: heights of the bars';

COMMENT ON COLUMN public.features.density_values IS 'Where those bars stand';

COMMENT ON COLUMN public.features.logits_heights IS 'Histogram of its effects on all logits: heights of the bars';

COMMENT ON COLUMN public.features.logits_values IS 'Where those bars stand';

COMMENT ON COLUMN public.features.correlated_neurons IS 'Indexes of the neurons of the underlying model that it goes with';

COMMENT ON COLUMN public.features.correlated_l1 IS 'L1 share of each';

COMMENT ON COLUMN public.features.correlated_pearson IS 'Pearson correlation with each';

COMMENT ON COLUMN public.features.alignment_neurons IS 'Indexes of the neurons that its direction has most of';

COMMENT ON COLUMN public.features.alignment_l1 IS 'L1 share of each';

COMMENT ON COLUMN public.features.alignment_values IS 'How much of each';

COMMENT ON COLUMN public.features.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE TABLE public.graph_fit (
    neuron_id bigint NOT NULL,
    accuracy double precision,
    firing_precision double precision,
    firing_recall double precision,
    firing_f1_score double precision,
    non_firing_precision double precision,
    non_firing_recall double precision,
    non_firing_f1_score double precision,
    firing_count integer NOT NULL,
    non_firing_count integer NOT NULL
);

ALTER TABLE public.graph_fit OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.graph_fit IS 'How well a neuron''s graph foretells where it fires, on texts it was not made from; NULL stands for NaN';

COMMENT ON COLUMN public.graph_fit.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.graph_fit.accuracy IS 'Share of the tokens that were foretold rightly';

COMMENT ON COLUMN public.graph_fit.firing_precision IS 'Of the tokens foretold to fire, the share that does; NULL when none was';

COMMENT ON COLUMN public.graph_fit.firing_recall IS 'Of the tokens that fire, the share that was foretold';

COMMENT ON COLUMN public.graph_fit.firing_f1_score IS 'Harmonic mean of both: the API''s explanation-score';

COMMENT ON COLUMN public.graph_fit.non_firing_precision IS 'The same for tokens that do not fire';

COMMENT ON COLUMN public.graph_fit.non_firing_recall IS 'The same for tokens that do not fire';

COMMENT ON COLUMN public.graph_fit.non_firing_f1_score IS 'The same for tokens that do not fire';

COMMENT ON COLUMN public.graph_fit.firing_count IS 'Tokens that fire';

COMMENT ON COLUMN public.graph_fit.non_firing_count IS 'Tokens that do not';

CREATE TABLE public.neuron_graph (
    neuron_id bigint NOT NULL,
    num_nodes integer NOT NULL,
    num_activating integer NOT NULL,
    num_edges integer NOT NULL,
    dot text NOT NULL,
    graph json NOT NULL,
    node_tokens text[] NOT NULL,
    node_importances real[] NOT NULL,
    CONSTRAINT neuron_graph_check CHECK (((num_activating >= 0) AND (num_activating <= num_nodes))),
    CONSTRAINT neuron_graph_num_edges_check CHECK ((num_edges >= 0)),
    CONSTRAINT neuron_graph_num_nodes_check CHECK ((num_nodes >= 0))
);

ALTER TABLE public.neuron_graph OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.neuron_graph IS 'What a neuron reacts to as a graph: tokens that activate it, and tokens these need in front of them';

COMMENT ON COLUMN public.neuron_graph.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.neuron_graph.num_nodes IS 'Number of nodes';

COMMENT ON COLUMN public.neuron_graph.num_activating IS 'Those that activate the neuron; they come first';

COMMENT ON COLUMN public.neuron_graph.num_edges IS 'Number of edges';

COMMENT ON COLUMN public.neuron_graph.dot IS 'The graph in DOT, as the source has it';

COMMENT ON COLUMN public.neuron_graph.graph IS 'The same as the API serves it: nodes with token (a DOT label), importance and the nodes they require';

COMMENT ON COLUMN public.neuron_graph.node_tokens IS 'Token of each node, without the escapes of DOT and JSON; brackets at its ends are lost';

COMMENT ON COLUMN public.neuron_graph.node_importances IS 'Importance of each node, from 0 to 1';

CREATE VIEW public.graph_nodes AS
 SELECT m.name AS model,
    public.neuron_layer(g.neuron_id) AS layer,
    public.neuron_index(g.neuron_id) AS neuron,
    ((n.place)::integer - 1) AS node,
    n.token,
    n.importance,
    (n.place <= g.num_activating) AS is_activating,
    ARRAY( SELECT (r.value)::integer AS value
           FROM json_array_elements_text((((g.graph -> 'graph'::text) -> ((n.place)::integer - 1)) -> 'required'::text)) r(value)) AS required,
    g.neuron_id
   FROM (public.neuron_graph g
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(g.neuron_id)))),
    LATERAL UNNEST(g.node_tokens, g.node_importances) WITH ORDINALITY n(token, importance, place);

ALTER TABLE public.graph_nodes OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.graph_nodes IS 'Graphs of neurons node by node';

COMMENT ON COLUMN public.graph_nodes.model IS 'Model';

COMMENT ON COLUMN public.graph_nodes.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.graph_nodes.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.graph_nodes.node IS 'Number of the node, from 0';

COMMENT ON COLUMN public.graph_nodes.token IS 'Its token; brackets at its ends are lost';

COMMENT ON COLUMN public.graph_nodes.importance IS 'Its importance, from 0 to 1';

COMMENT ON COLUMN public.graph_nodes.is_activating IS 'The neuron fires on it; otherwise it is context';

COMMENT ON COLUMN public.graph_nodes.required IS 'Nodes that must come before it';

COMMENT ON COLUMN public.graph_nodes.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

ALTER TABLE public.job ALTER COLUMN job_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.live_source (
    model_id smallint NOT NULL,
    source_id smallint NOT NULL,
    url text NOT NULL
);

ALTER TABLE public.live_source OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.live_source IS 'Models whose missing neurons are fetched when somebody asks for one';

COMMENT ON COLUMN public.live_source.model_id IS 'Model';

COMMENT ON COLUMN public.live_source.source_id IS 'Source that is asked';

COMMENT ON COLUMN public.live_source.url IS 'Base address of the site';

CREATE TABLE public.logit_effect (
    neuron_id bigint NOT NULL,
    place smallint NOT NULL,
    effect double precision NOT NULL,
    token text NOT NULL,
    CONSTRAINT logit_effect_place_check CHECK ((place > 0))
);

ALTER TABLE public.logit_effect OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.logit_effect IS 'Direct effect of a neuron on the logits of tokens, as neuroscope prints it';

COMMENT ON COLUMN public.logit_effect.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.logit_effect.place IS 'Place on the page, from 1: the highest effects first, then the lowest';

COMMENT ON COLUMN public.logit_effect.effect IS 'Effect on the logit';

COMMENT ON COLUMN public.logit_effect.token IS 'Token as the page shows it';

CREATE TABLE public.model_alias (
    alias text NOT NULL,
    model_id smallint NOT NULL,
    CONSTRAINT model_alias_alias_check CHECK ((alias ~ '^[a-z0-9]+$'::text))
);

ALTER TABLE public.model_alias OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.model_alias IS 'Other spellings of a model''s name, folded by model_key(): GPT-2 XL and gpt2-xl are both gpt2xl';

COMMENT ON COLUMN public.model_alias.alias IS 'Lower-case letters and digits only';

COMMENT ON COLUMN public.model_alias.model_id IS 'The model meant';

ALTER TABLE public.model ALTER COLUMN model_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.model_model_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.revision (
    model_id smallint NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE public.revision OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.revision IS 'Counts the writes to a model; ETags and caches hang on it';

COMMENT ON COLUMN public.revision.model_id IS 'The model';

COMMENT ON COLUMN public.revision.revision IS 'One higher in every transaction that changes anything of the model';

COMMENT ON COLUMN public.revision.changed_at IS 'When that was';

CREATE VIEW public.models AS
 SELECT m.name AS model,
    m.activation_function,
    d.name AS dataset,
    m.num_layers,
    m.layer_size,
    m.num_total_neurons,
    m.num_total_parameters,
    r.revision,
    r.changed_at
   FROM ((public.model m
     JOIN public.dataset d USING (dataset_id))
     JOIN public.revision r USING (model_id));

ALTER TABLE public.models OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.models IS 'Language models';

COMMENT ON COLUMN public.models.model IS 'Name in URLs and commands';

COMMENT ON COLUMN public.models.activation_function IS 'Of the MLP layers';

COMMENT ON COLUMN public.models.dataset IS 'Data that the activations were measured on';

COMMENT ON COLUMN public.models.num_layers IS 'Number of MLP layers';

COMMENT ON COLUMN public.models.layer_size IS 'Neurons in each layer';

COMMENT ON COLUMN public.models.num_total_neurons IS 'num_layers * layer_size';

COMMENT ON COLUMN public.models.num_total_parameters IS 'As the source says (without embeddings)';

COMMENT ON COLUMN public.models.revision IS 'Counts the writes to the model';

COMMENT ON COLUMN public.models.changed_at IS 'Time of the last of them';

CREATE VIEW public.neuron_graphs AS
 SELECT m.name AS model,
    public.neuron_layer(g.neuron_id) AS layer,
    public.neuron_index(g.neuron_id) AS neuron,
    g.num_nodes,
    g.num_activating,
    g.num_edges,
    f.firing_f1_score,
    f.firing_precision,
    f.firing_recall,
    f.accuracy,
    g.neuron_id
   FROM ((public.neuron_graph g
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(g.neuron_id))))
     LEFT JOIN public.graph_fit f USING (neuron_id));

ALTER TABLE public.neuron_graphs OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.neuron_graphs IS 'Graphs of neurons, and how well they foretell where the neuron fires';

COMMENT ON COLUMN public.neuron_graphs.model IS 'Model';

COMMENT ON COLUMN public.neuron_graphs.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.neuron_graphs.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.neuron_graphs.num_nodes IS 'Number of nodes';

COMMENT ON COLUMN public.neuron_graphs.num_activating IS 'Those that activate the neuron';

COMMENT ON COLUMN public.neuron_graphs.num_edges IS 'Number of edges';

COMMENT ON COLUMN public.neuron_graphs.firing_f1_score IS 'Harmonic mean of precision and recall';

COMMENT ON COLUMN public.neuron_graphs.firing_precision IS 'Of the tokens foretold to fire, the share that does';

COMMENT ON COLUMN public.neuron_graphs.firing_recall IS 'Of the tokens that fire, the share that was foretold';

COMMENT ON COLUMN public.neuron_graphs.accuracy IS 'Share of all tokens that were foretold rightly';

COMMENT ON COLUMN public.neuron_graphs.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE TABLE public.neuron_summary (
    neuron_id bigint NOT NULL,
    mean double precision,
    variance double precision,
    skewness double precision,
    kurtosis double precision,
    max_activation double precision,
    min_activation double precision,
    explanation_score double precision,
    rsquared_score double precision,
    absolute_dev_explained_score double precision,
    accuracy double precision,
    firing_precision double precision,
    firing_recall double precision,
    firing_f1_score double precision,
    non_firing_precision double precision,
    non_firing_recall double precision,
    non_firing_f1_score double precision,
    frac_nonzero double precision,
    importance real,
    num_examples integer,
    num_explanations integer,
    num_nodes integer,
    num_activating integer,
    num_edges integer,
    firing_count integer,
    non_firing_count integer,
    num_activating_tokens integer,
    num_important_tokens integer,
    num_similar integer,
    model_id smallint GENERATED ALWAYS AS (((neuron_id >> 48))::smallint) STORED NOT NULL
);

ALTER TABLE public.neuron_summary OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.neuron_summary IS 'Neurons that anything is stored of, each with all the numbers that lists sort by; NULL where there is none';

COMMENT ON COLUMN public.neuron_summary.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.neuron_summary.mean IS 'Mean activation, as in statistics';

COMMENT ON COLUMN public.neuron_summary.variance IS 'Its variance';

COMMENT ON COLUMN public.neuron_summary.skewness IS 'Third standardised moment';

COMMENT ON COLUMN public.neuron_summary.kurtosis IS 'Fourth standardised moment';

COMMENT ON COLUMN public.neuron_summary.max_activation IS 'Highest activation in the first of its texts, as in neuron; of a feature, the one in feature';

COMMENT ON COLUMN public.neuron_summary.min_activation IS 'Lowest activation in the first of its texts';

COMMENT ON COLUMN public.neuron_summary.explanation_score IS 'Score of its best explanation, as in explanation';

COMMENT ON COLUMN public.neuron_summary.rsquared_score IS 'Share of the variance that that explanation explains';

COMMENT ON COLUMN public.neuron_summary.absolute_dev_explained_score IS 'Share of the absolute deviation that it explains';

COMMENT ON COLUMN public.neuron_summary.accuracy IS 'How well its graph foretells where it fires, as in graph_fit';

COMMENT ON COLUMN public.neuron_summary.firing_precision IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_summary.firing_recall IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_summary.firing_f1_score IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_summary.non_firing_precision IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_summary.non_firing_recall IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_summary.non_firing_f1_score IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_summary.frac_nonzero IS 'Share of tokens that it is active on, as in feature';

COMMENT ON COLUMN public.neuron_summary.importance IS 'max_activation - min_activation, as in neuron';

COMMENT ON COLUMN public.neuron_summary.num_examples IS 'Number of its maximum activating texts';

COMMENT ON COLUMN public.neuron_summary.num_explanations IS 'Number of its explanations';

COMMENT ON COLUMN public.neuron_summary.num_nodes IS 'Number of nodes of its graph';

COMMENT ON COLUMN public.neuron_summary.num_activating IS 'Number of those that activate it';

COMMENT ON COLUMN public.neuron_summary.num_edges IS 'Number of edges of its graph';

COMMENT ON COLUMN public.neuron_summary.firing_count IS 'Number of tokens that it fires on, as in graph_fit';

COMMENT ON COLUMN public.neuron_summary.non_firing_count IS 'Number of tokens that it does not fire on';

COMMENT ON COLUMN public.neuron_summary.num_activating_tokens IS 'Number of tokens that activate it, as in posting';

COMMENT ON COLUMN public.neuron_summary.num_important_tokens IS 'Number of tokens that are important to it';

COMMENT ON COLUMN public.neuron_summary.num_similar IS 'Number of similar neurons, as in similar_neuron';

COMMENT ON COLUMN public.neuron_summary.model_id IS 'Model part of the key, for the indexes';

CREATE VIEW public.neuron_numbers AS
 SELECT m.name AS model,
    public.neuron_layer(s.neuron_id) AS layer,
    public.neuron_index(s.neuron_id) AS neuron,
    s.mean,
    s.variance,
    s.skewness,
    s.kurtosis,
    s.max_activation,
    s.min_activation,
    s.explanation_score,
    s.rsquared_score,
    s.absolute_dev_explained_score,
    s.accuracy,
    s.firing_precision,
    s.firing_recall,
    s.firing_f1_score,
    s.non_firing_precision,
    s.non_firing_recall,
    s.non_firing_f1_score,
    s.frac_nonzero,
    s.importance,
    s.num_examples,
    s.num_explanations,
    s.num_nodes,
    s.num_activating,
    s.num_edges,
    s.firing_count,
    s.non_firing_count,
    s.num_activating_tokens,
    s.num_important_tokens,
    s.num_similar,
    s.neuron_id
   FROM (public.neuron_summary s
     JOIN public.model m ON ((m.model_id = s.model_id)));

ALTER TABLE public.neuron_numbers OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.neuron_numbers IS 'Every neuron that anything is stored of, with all its numbers';

COMMENT ON COLUMN public.neuron_numbers.model IS 'Model';

COMMENT ON COLUMN public.neuron_numbers.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.neuron_numbers.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.neuron_numbers.mean IS 'Mean activation, as in statistics';

COMMENT ON COLUMN public.neuron_numbers.variance IS 'Its variance';

COMMENT ON COLUMN public.neuron_numbers.skewness IS 'Third standardised moment';

COMMENT ON COLUMN public.neuron_numbers.kurtosis IS 'Fourth standardised moment';

COMMENT ON COLUMN public.neuron_numbers.max_activation IS 'Highest activation in the first of its texts, as in neuron; of a feature, the one in feature';

COMMENT ON COLUMN public.neuron_numbers.min_activation IS 'Lowest activation in the first of its texts';

COMMENT ON COLUMN public.neuron_numbers.explanation_score IS 'Score of its best explanation, as in explanation';

COMMENT ON COLUMN public.neuron_numbers.rsquared_score IS 'Share of the variance that that explanation explains';

COMMENT ON COLUMN public.neuron_numbers.absolute_dev_explained_score IS 'Share of the absolute deviation that it explains';

COMMENT ON COLUMN public.neuron_numbers.accuracy IS 'How well its graph foretells where it fires, as in graph_fit';

COMMENT ON COLUMN public.neuron_numbers.firing_precision IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_numbers.firing_recall IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_numbers.firing_f1_score IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_numbers.non_firing_precision IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_numbers.non_firing_recall IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_numbers.non_firing_f1_score IS 'As in graph_fit';

COMMENT ON COLUMN public.neuron_numbers.frac_nonzero IS 'Share of tokens that it is active on, as in feature';

COMMENT ON COLUMN public.neuron_numbers.importance IS 'max_activation - min_activation, as in neuron';

COMMENT ON COLUMN public.neuron_numbers.num_examples IS 'Number of its maximum activating texts';

COMMENT ON COLUMN public.neuron_numbers.num_explanations IS 'Number of its explanations';

COMMENT ON COLUMN public.neuron_numbers.num_nodes IS 'Number of nodes of its graph';

COMMENT ON COLUMN public.neuron_numbers.num_activating IS 'Number of those that activate it';

COMMENT ON COLUMN public.neuron_numbers.num_edges IS 'Number of edges of its graph';

COMMENT ON COLUMN public.neuron_numbers.firing_count IS 'Number of tokens that it fires on, as in graph_fit';

COMMENT ON COLUMN public.neuron_numbers.non_firing_count IS 'Number of tokens that it does not fire on';

COMMENT ON COLUMN public.neuron_numbers.num_activating_tokens IS 'Number of tokens that activate it, as in posting';

COMMENT ON COLUMN public.neuron_numbers.num_important_tokens IS 'Number of tokens that are important to it';

COMMENT ON COLUMN public.neuron_numbers.num_similar IS 'Number of similar neurons, as in similar_neuron';

COMMENT ON COLUMN public.neuron_numbers.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE VIEW public.neurons AS
 SELECT m.name AS model,
    public.neuron_layer(n.neuron_id) AS layer,
    public.neuron_index(n.neuron_id) AS neuron,
    n.num_examples,
    n.max_activation,
    n.min_activation,
    n.importance,
    n.neuron_id
   FROM (public.neuron n
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(n.neuron_id))));

ALTER TABLE public.neurons OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.neurons IS 'Neurons that texts are stored for';

COMMENT ON COLUMN public.neurons.model IS 'Model';

COMMENT ON COLUMN public.neurons.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.neurons.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.neurons.num_examples IS 'Number of its maximum activating texts';

COMMENT ON COLUMN public.neurons.max_activation IS 'Highest activation in the first of them';

COMMENT ON COLUMN public.neurons.min_activation IS 'Lowest activation in the first of them';

COMMENT ON COLUMN public.neurons.importance IS 'max_activation - min_activation: what important_neurons of the API sorts by';

COMMENT ON COLUMN public.neurons.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE VIEW public.node_importance AS
 SELECT g.neuron_id,
    n.token,
    max(n.importance) FILTER (WHERE (n.place <= g.num_activating)) AS activating,
    max(n.importance) FILTER (WHERE (n.place > g.num_activating)) AS important
   FROM public.neuron_graph g,
    LATERAL UNNEST(g.node_tokens, g.node_importances) WITH ORDINALITY n(token, importance, place)
  GROUP BY g.neuron_id, n.token;

ALTER TABLE public.node_importance OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.node_importance IS 'Tokens of graphs with their highest importance';

COMMENT ON COLUMN public.node_importance.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.node_importance.token IS 'As node_token() gives it';

COMMENT ON COLUMN public.node_importance.activating IS 'Among the nodes that activate the neuron';

COMMENT ON COLUMN public.node_importance.important IS 'Among the others';

CREATE TABLE public.posting (
    neuron_id bigint NOT NULL,
    token_id integer NOT NULL,
    importance real,
    kind public.posting_kind NOT NULL,
    model_id smallint GENERATED ALWAYS AS (((neuron_id >> 48))::smallint) STORED NOT NULL
);

ALTER TABLE public.posting OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.posting IS 'Tokens that matter to neurons: read by neuron, and searched by token';

COMMENT ON COLUMN public.posting.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.posting.token_id IS 'The token, in the vocabulary of the model';

COMMENT ON COLUMN public.posting.importance IS 'Importance of the token''s node in the neuron''s graph, from 0 to 1; NULL when there is no such node';

COMMENT ON COLUMN public.posting.kind IS 'activating: the neuron fires on the token; important: the token matters before one on which it fires';

COMMENT ON COLUMN public.posting.model_id IS 'The model: the highest bits of neuron_id';

CREATE TABLE public.posting_list (
    neuron_id bigint NOT NULL,
    token_id integer NOT NULL,
    kind public.list_kind NOT NULL,
    num_neurons integer NOT NULL,
    entries bytea NOT NULL,
    CONSTRAINT posting_list_num_neurons_check CHECK ((num_neurons > 0))
);
ALTER TABLE ONLY public.posting_list ALTER COLUMN entries SET STORAGE EXTERNAL;

ALTER TABLE public.posting_list OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.posting_list IS 'The neurons of a model that a token matters to, packed; unpack_posting_list() reads them';

COMMENT ON COLUMN public.posting_list.neuron_id IS 'neuron_id(model, 0, 0): stands for the model, and lies where its neurons do';

COMMENT ON COLUMN public.posting_list.token_id IS 'The token, in the vocabulary of the model';

COMMENT ON COLUMN public.posting_list.kind IS 'In which way the token matters';

COMMENT ON COLUMN public.posting_list.num_neurons IS 'Number of neurons';

COMMENT ON COLUMN public.posting_list.entries IS 'Ten bytes a neuron, high bytes first, in order of neurons: layer * layer_size + index (4), importance or share of texts as float32, NaN when there is none (4), number of the neuron''s postings, at most 32767 (2)';

CREATE VIEW public.postings AS
 SELECT m.name AS model,
    public.neuron_layer(p.neuron_id) AS layer,
    public.neuron_index(p.neuron_id) AS neuron,
    p.kind,
    t.token,
    p.importance,
    p.token_id,
    p.neuron_id
   FROM ((public.posting p
     JOIN public.model m USING (model_id))
     JOIN public.token t USING (vocabulary_id, token_id));

ALTER TABLE public.postings OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.postings IS 'Tokens that matter to neurons';

COMMENT ON COLUMN public.postings.model IS 'Model';

COMMENT ON COLUMN public.postings.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.postings.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.postings.kind IS 'activating: the neuron fires on the token; important: the token matters before one on which it fires';

COMMENT ON COLUMN public.postings.token IS 'The token';

COMMENT ON COLUMN public.postings.importance IS 'Importance of the token''s node in the neuron''s graph; NULL when there is no such node';

COMMENT ON COLUMN public.postings.token_id IS 'Key of the token';

COMMENT ON COLUMN public.postings.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE TABLE public.record (
    neuron_id bigint NOT NULL,
    num_top smallint NOT NULL,
    num_random smallint NOT NULL,
    quantile_sizes smallint[] NOT NULL,
    text_ids bigint[] NOT NULL,
    activations bytea NOT NULL
);
ALTER TABLE ONLY public.record ALTER COLUMN activations SET STORAGE EXTERNAL;

ALTER TABLE public.record OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.record IS 'Activation records of a neuron: short texts with the activation on each token';

COMMENT ON COLUMN public.record.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.record.num_top IS 'Number of those with the highest activation: they come first';

COMMENT ON COLUMN public.record.num_random IS 'Number of those drawn at random: they come next';

COMMENT ON COLUMN public.record.quantile_sizes IS 'Numbers of those drawn from each group between quantile_boundaries: they come last';

COMMENT ON COLUMN public.record.text_ids IS 'The texts, in that order';

COMMENT ON COLUMN public.record.activations IS 'Activations on all their tokens, one text after the other, packed as one list';

CREATE VIEW public.records AS
 SELECT public.neuron_model_id(r.neuron_id) AS model_id,
    public.neuron_layer(r.neuron_id) AS layer,
    public.neuron_index(r.neuron_id) AS neuron,
        CASE
            WHEN (u.n <= r.num_top) THEN 'top'::text
            WHEN (u.n <= (r.num_top + r.num_random)) THEN 'random'::text
            ELSE 'quantile'::text
        END AS kind,
    q.quantile,
    (((u.n -
        CASE
            WHEN (u.n <= r.num_top) THEN (0)::bigint
            WHEN (u.n <= (r.num_top + r.num_random)) THEN (r.num_top)::bigint
            ELSE ((r.num_top + r.num_random) + q.before)
        END))::integer - 1) AS rank,
    ( SELECT max(a.a) AS max
           FROM unnest(u.activations[u.first:u.last]) a(a)) AS max_activation,
    public.text_tokens(u.text_id) AS tokens,
    u.activations[u.first:u.last] AS activations,
    r.neuron_id
   FROM ((public.record r
     CROSS JOIN LATERAL ( SELECT i.text_id,
            i.n,
            ((sum(t.num_tokens) OVER (ORDER BY i.n) - t.num_tokens) + 1) AS first,
            sum(t.num_tokens) OVER (ORDER BY i.n) AS last,
            p.activations
           FROM ( SELECT public.unpack_activations(r.activations, 0) AS activations
                 OFFSET 0) p,
            (unnest(r.text_ids) WITH ORDINALITY i(text_id, n)
             JOIN public.text t USING (text_id))) u)
     LEFT JOIN LATERAL ( SELECT ((z.quantile)::integer - 1) AS quantile,
            z.before
           FROM ( SELECT s.quantile,
                    s.size,
                    (sum(s.size) OVER (ORDER BY s.quantile) - s.size) AS before
                   FROM unnest(r.quantile_sizes) WITH ORDINALITY s(size, quantile)) z
          WHERE ((((u.n - r.num_top) - r.num_random) >= (z.before + 1)) AND (((u.n - r.num_top) - r.num_random) <= (z.before + z.size)))) q ON (true));

ALTER TABLE public.records OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.records IS 'Short texts with neurons'' activations; ask for few neurons at a time, unpacking takes milliseconds a text';

COMMENT ON COLUMN public.records.model_id IS 'Key of the model';

COMMENT ON COLUMN public.records.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.records.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.records.kind IS 'top: with the highest activation; random: drawn from all; quantile: drawn from a group by activation';

COMMENT ON COLUMN public.records.quantile IS 'That group, from 0; NULL for the other kinds';

COMMENT ON COLUMN public.records.rank IS 'Place in its list, from 0';

COMMENT ON COLUMN public.records.max_activation IS 'Highest activation in the text';

COMMENT ON COLUMN public.records.tokens IS 'The tokens';

COMMENT ON COLUMN public.records.activations IS 'The neuron''s activation on each';

COMMENT ON COLUMN public.records.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE VIEW public.rejections AS
 SELECT m.name AS model,
    s.name AS source,
    public.neuron_layer(r.neuron_id) AS layer,
    public.neuron_index(r.neuron_id) AS neuron,
    r.kind,
    r.reason,
    r.num_tries,
    r.rejected_at,
    r.url
   FROM ((public.rejected r
     JOIN public.source s USING (source_id))
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(r.neuron_id))));

ALTER TABLE public.rejections OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.rejections IS 'Neurons that a source did not give, and why';

COMMENT ON COLUMN public.rejections.model IS 'Model';

COMMENT ON COLUMN public.rejections.source IS 'Source';

COMMENT ON COLUMN public.rejections.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.rejections.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.rejections.kind IS 'missing, unreachable or unreadable';

COMMENT ON COLUMN public.rejections.reason IS 'What was wrong';

COMMENT ON COLUMN public.rejections.num_tries IS 'How often it was asked for';

COMMENT ON COLUMN public.rejections.rejected_at IS 'When it was given up';

COMMENT ON COLUMN public.rejections.url IS 'Base address of the site';

CREATE TABLE public.schema_version (
    file text NOT NULL,
    digest text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.schema_version OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.schema_version IS 'Migrations and function files that this database has, with the digest of each file';

COMMENT ON COLUMN public.schema_version.file IS 'Name of the file';

COMMENT ON COLUMN public.schema_version.digest IS 'SHA-256 of its text';

COMMENT ON COLUMN public.schema_version.applied_at IS 'When it was applied';

CREATE TABLE public.search_stale (
    model_id smallint NOT NULL,
    source_id smallint NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');

ALTER TABLE public.search_stale OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.search_stale IS 'Sources that have given something of a model since search_fill() last looked at it';

COMMENT ON COLUMN public.search_stale.model_id IS 'Model';

COMMENT ON COLUMN public.search_stale.source_id IS 'Source';

COMMENT ON COLUMN public.search_stale.changed_at IS 'When it last did';

CREATE TABLE public.search_token (
    token_key integer NOT NULL,
    bytes bytea NOT NULL,
    token text NOT NULL COLLATE pg_catalog."C",
    folded text NOT NULL COLLATE pg_catalog."C",
    grams text[] NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT search_token_bytes_check CHECK ((length(bytes) <= 1024))
);

ALTER TABLE public.search_token OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.search_token IS 'Every token that a posting_list ever had once, whatever number of models and vocabularies have it';

COMMENT ON COLUMN public.search_token.token_key IS 'Key';

COMMENT ON COLUMN public.search_token.bytes IS 'The token exactly, in UTF-8';

COMMENT ON COLUMN public.search_token.token IS 'The token as text; NUL is shown as U+2400';

COMMENT ON COLUMN public.search_token.folded IS 'The same in lower case';

COMMENT ON COLUMN public.search_token.grams IS 'All runs of one to three characters in folded: search_grams(folded)';

CREATE TABLE public.search_token_count (
    token_key integer NOT NULL,
    bytes bytea NOT NULL,
    num_activating integer NOT NULL,
    num_important integer NOT NULL,
    num_models integer NOT NULL,
    num_neurons integer GENERATED ALWAYS AS ((num_activating + num_important)) STORED NOT NULL,
    bare text NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE public.search_token_count OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.search_token_count IS 'In how many neurons tokens are; without those that no model has any more';

COMMENT ON COLUMN public.search_token_count.token_key IS 'Token';

COMMENT ON COLUMN public.search_token_count.bytes IS 'The token itself: equal counts are ordered by it';

COMMENT ON COLUMN public.search_token_count.num_activating IS 'Neurons of all models that fire on it';

COMMENT ON COLUMN public.search_token_count.num_important IS 'Neurons of all models that it is important for';

COMMENT ON COLUMN public.search_token_count.num_models IS 'Models that have it';

COMMENT ON COLUMN public.search_token_count.num_neurons IS 'num_activating + num_important: what answers are ranked by';

COMMENT ON COLUMN public.search_token_count.bare IS 'The token in lower case, without the blank that most tokens begin with';

CREATE TABLE public.search_token_model (
    model_id smallint NOT NULL,
    token_key integer NOT NULL,
    num_activating integer NOT NULL,
    num_important integer NOT NULL
);

ALTER TABLE public.search_token_model OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.search_token_model IS 'The numbers of search_token_count, model by model';

COMMENT ON COLUMN public.search_token_model.model_id IS 'Model';

COMMENT ON COLUMN public.search_token_model.token_key IS 'Token';

COMMENT ON COLUMN public.search_token_model.num_activating IS 'Its neurons that fire on it';

COMMENT ON COLUMN public.search_token_model.num_important IS 'Its neurons that it is important for';

ALTER TABLE public.search_token ALTER COLUMN token_key ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.search_token_token_key_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.similar_features AS
 SELECT m.name AS model,
    public.neuron_layer(f.neuron_id) AS layer,
    public.neuron_index(f.neuron_id) AS neuron,
    ((u.n)::integer - 1) AS rank,
    u.other AS similar_neuron,
    u.similarity,
    f.neuron_id
   FROM ((public.feature f
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(f.neuron_id))))
     CROSS JOIN LATERAL UNNEST(public.unpack_tokens(f.similar_features), public.unpack_activations(f.similarities, 0)) WITH ORDINALITY u(other, similarity, n));

ALTER TABLE public.similar_features OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.similar_features IS 'Features of the same layer that point in similar directions';

COMMENT ON COLUMN public.similar_features.model IS 'Model';

COMMENT ON COLUMN public.similar_features.layer IS 'Layer of both, from 0';

COMMENT ON COLUMN public.similar_features.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.similar_features.rank IS 'Place in the list, from 0';

COMMENT ON COLUMN public.similar_features.similar_neuron IS 'Index of the similar one';

COMMENT ON COLUMN public.similar_features.similarity IS 'Cosine similarity';

COMMENT ON COLUMN public.similar_features.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE TABLE public.similar_neuron (
    neuron_id bigint NOT NULL,
    similar_id bigint NOT NULL,
    similarity real NOT NULL,
    num_shared integer NOT NULL,
    CONSTRAINT similar_neuron_num_shared_check CHECK ((num_shared > 0)),
    CONSTRAINT similar_neuron_similarity_check CHECK (((similarity > (0)::double precision) AND (similarity <= (1)::double precision)))
);

ALTER TABLE public.similar_neuron OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.similar_neuron IS 'Pairs of neurons of one model that share tokens, each pair both ways';

COMMENT ON COLUMN public.similar_neuron.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.similar_neuron.similar_id IS 'The other neuron';

COMMENT ON COLUMN public.similar_neuron.similarity IS 'Tokens in common / tokens of the neuron that has fewer; 0.4 at least';

COMMENT ON COLUMN public.similar_neuron.num_shared IS 'Tokens in common; one that both activates and is important counts twice';

CREATE VIEW public.similar_neurons AS
 SELECT m.name AS model,
    public.neuron_layer(s.neuron_id) AS layer,
    public.neuron_index(s.neuron_id) AS neuron,
    public.neuron_layer(s.similar_id) AS similar_layer,
    public.neuron_index(s.similar_id) AS similar_neuron,
    s.similarity,
    s.num_shared,
    s.neuron_id,
    s.similar_id
   FROM (public.similar_neuron s
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(s.neuron_id))));

ALTER TABLE public.similar_neurons OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.similar_neurons IS 'Pairs of neurons of one model that share tokens, each pair both ways';

COMMENT ON COLUMN public.similar_neurons.model IS 'Model';

COMMENT ON COLUMN public.similar_neurons.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.similar_neurons.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.similar_neurons.similar_layer IS 'Layer of the other neuron';

COMMENT ON COLUMN public.similar_neurons.similar_neuron IS 'Its index in that layer';

COMMENT ON COLUMN public.similar_neurons.similarity IS 'Tokens in common / tokens of the neuron that has fewer';

COMMENT ON COLUMN public.similar_neurons.num_shared IS 'Tokens in common';

COMMENT ON COLUMN public.similar_neurons.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

COMMENT ON COLUMN public.similar_neurons.similar_id IS 'Key of the other neuron';

CREATE TABLE public.simulation (
    neuron_id bigint NOT NULL,
    source_id smallint NOT NULL,
    place smallint NOT NULL,
    activation_scale text NOT NULL,
    text_ids bigint[] NOT NULL,
    scores double precision[] NOT NULL,
    true_activations bytea NOT NULL,
    simulated_activations bytea NOT NULL
);
ALTER TABLE ONLY public.simulation ALTER COLUMN true_activations SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.simulation ALTER COLUMN simulated_activations SET STORAGE EXTERNAL;

ALTER TABLE public.simulation OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.simulation IS 'The texts that an explanation was scored on: activations as they are, and as they were guessed from the words alone';

COMMENT ON COLUMN public.simulation.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.simulation.source_id IS 'As in explanation';

COMMENT ON COLUMN public.simulation.place IS 'As in explanation';

COMMENT ON COLUMN public.simulation.activation_scale IS 'Unit of the simulated activations: neuron_activations is that of the true ones, simulated_normalized_activations runs from 0 to 10';

COMMENT ON COLUMN public.simulation.text_ids IS 'The texts, in the source''s order';

COMMENT ON COLUMN public.simulation.scores IS 'Three numbers for each text: score, rsquared_score, absolute_dev_explained_score';

COMMENT ON COLUMN public.simulation.true_activations IS 'The neuron''s activations on all tokens of the texts, one text after the other, packed as one list';

COMMENT ON COLUMN public.simulation.simulated_activations IS 'The guessed ones, likewise';

CREATE VIEW public.simulations AS
 SELECT public.neuron_model_id(s.neuron_id) AS model_id,
    public.neuron_layer(s.neuron_id) AS layer,
    public.neuron_index(s.neuron_id) AS neuron,
    s.source_id,
    s.place,
    ((u.n)::integer - 1) AS text,
    s.activation_scale,
    s.scores[((3 * u.n) - 2)] AS score,
    s.scores[((3 * u.n) - 1)] AS rsquared_score,
    s.scores[(3 * u.n)] AS absolute_dev_explained_score,
    public.text_tokens(u.text_id) AS tokens,
    u.actual[u.first:u.last] AS true_activations,
    u.guessed[u.first:u.last] AS simulated_activations,
    s.neuron_id
   FROM (public.simulation s
     CROSS JOIN LATERAL ( SELECT i.text_id,
            i.n,
            ((sum(t.num_tokens) OVER (ORDER BY i.n) - t.num_tokens) + 1) AS first,
            sum(t.num_tokens) OVER (ORDER BY i.n) AS last,
            p.actual,
            p.guessed
           FROM ( SELECT public.unpack_activations(s.true_activations, 0) AS actual,
                    public.unpack_activations(s.simulated_activations, 0) AS guessed
                 OFFSET 0) p,
            (unnest(s.text_ids) WITH ORDINALITY i(text_id, n)
             JOIN public.text t USING (text_id))) u);

ALTER TABLE public.simulations OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.simulations IS 'The texts that explanations were scored on; ask for few neurons at a time, unpacking takes milliseconds a text';

COMMENT ON COLUMN public.simulations.model_id IS 'Key of the model';

COMMENT ON COLUMN public.simulations.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.simulations.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.simulations.source_id IS 'As in explanation';

COMMENT ON COLUMN public.simulations.place IS 'As in explanation';

COMMENT ON COLUMN public.simulations.text IS 'Place of the text among those of the explanation, from 0';

COMMENT ON COLUMN public.simulations.activation_scale IS 'Unit of the simulated activations';

COMMENT ON COLUMN public.simulations.score IS 'Correlation of simulated and true activations on this text';

COMMENT ON COLUMN public.simulations.rsquared_score IS 'Share of the variance that the simulation explains';

COMMENT ON COLUMN public.simulations.absolute_dev_explained_score IS 'Share of the absolute deviation that it explains';

COMMENT ON COLUMN public.simulations.tokens IS 'The tokens';

COMMENT ON COLUMN public.simulations.true_activations IS 'The neuron''s activation on each';

COMMENT ON COLUMN public.simulations.simulated_activations IS 'What was guessed from the words alone';

COMMENT ON COLUMN public.simulations.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE TABLE public.snippet (
    neuron_id bigint NOT NULL,
    snippets text NOT NULL
);

ALTER TABLE public.snippet OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.snippet IS 'What stands round the maxima of a neuron''s texts, to be searched';

COMMENT ON COLUMN public.snippet.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.snippet.snippets IS 'For each of its texts, in order, ten tokens before the maximum and two behind it, words at the ends whole; U+001E between them';

CREATE TABLE public.token_weight (
    neuron_id bigint NOT NULL,
    kind text NOT NULL,
    num_positive smallint NOT NULL,
    tokens bytea NOT NULL,
    weights bytea NOT NULL,
    CONSTRAINT token_weight_kind_check CHECK ((kind = ANY (ARRAY['activation'::text, 'input'::text, 'output'::text])))
);

ALTER TABLE public.token_weight OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.token_weight IS 'Tokens that a neuron is tied to most strongly';

COMMENT ON COLUMN public.token_weight.neuron_id IS 'neuron_id(model, layer, neuron)';

COMMENT ON COLUMN public.token_weight.kind IS 'activation: mean activation on the token; input: weight of the token''s embedding into the neuron; output: weight of the neuron into the token''s logit';

COMMENT ON COLUMN public.token_weight.num_positive IS 'Number of the first list, which is that of the positive weights; the negative ones follow';

COMMENT ON COLUMN public.token_weight.tokens IS 'Token ids, packed, strongest first';

COMMENT ON COLUMN public.token_weight.weights IS 'Weights or mean activations, packed';

CREATE VIEW public.token_weights AS
 SELECT m.name AS model,
    public.neuron_layer(w.neuron_id) AS layer,
    public.neuron_index(w.neuron_id) AS neuron,
    w.kind,
        CASE
            WHEN (u.n <= w.num_positive) THEN 'positive'::text
            ELSE 'negative'::text
        END AS sign,
    (((u.n -
        CASE
            WHEN (u.n <= w.num_positive) THEN 0
            ELSE (w.num_positive)::integer
        END))::integer - 1) AS rank,
    t.token,
    u.weight,
    w.neuron_id
   FROM (((public.token_weight w
     JOIN public.model m ON ((m.model_id = public.neuron_model_id(w.neuron_id))))
     CROSS JOIN LATERAL UNNEST(public.unpack_tokens(w.tokens), public.unpack_activations(w.weights, 0)) WITH ORDINALITY u(token_id, weight, n))
     JOIN public.token t ON (((t.vocabulary_id = m.vocabulary_id) AND (t.token_id = u.token_id))));

ALTER TABLE public.token_weights OWNER TO deepdecipher_owner;

COMMENT ON VIEW public.token_weights IS 'Tokens that neurons are tied to most strongly';

COMMENT ON COLUMN public.token_weights.model IS 'Model';

COMMENT ON COLUMN public.token_weights.layer IS 'Layer, from 0';

COMMENT ON COLUMN public.token_weights.neuron IS 'Index in the layer, from 0';

COMMENT ON COLUMN public.token_weights.kind IS 'activation: mean activation on the token; input: weight of its embedding into the neuron; output: of the neuron into its logit';

COMMENT ON COLUMN public.token_weights.sign IS 'Which of the two lists it is in; mean activations have one, called positive';

COMMENT ON COLUMN public.token_weights.rank IS 'Place in that list, from 0';

COMMENT ON COLUMN public.token_weights.token IS 'The token';

COMMENT ON COLUMN public.token_weights.weight IS 'The weight, or the mean activation';

COMMENT ON COLUMN public.token_weights.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE TABLE public.vocabulary (
    vocabulary_id integer NOT NULL,
    name text NOT NULL,
    CONSTRAINT vocabulary_name_check CHECK ((name <> ''::text))
);

ALTER TABLE public.vocabulary OWNER TO deepdecipher_owner;

COMMENT ON TABLE public.vocabulary IS 'A set of token strings with dense ids. Models that were read over the same data share one';

COMMENT ON COLUMN public.vocabulary.vocabulary_id IS 'Key';

COMMENT ON COLUMN public.vocabulary.name IS 'By default the name of the data that its first model was read over';

ALTER TABLE public.vocabulary ALTER COLUMN vocabulary_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.vocabulary_vocabulary_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.bfloat16
    ADD CONSTRAINT bfloat16_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.connection
    ADD CONSTRAINT connection_pkey PRIMARY KEY (neuron_id, direction);

ALTER TABLE ONLY public.dataset
    ADD CONSTRAINT dataset_name_key UNIQUE (name);

ALTER TABLE ONLY public.dataset
    ADD CONSTRAINT dataset_pkey PRIMARY KEY (dataset_id);

ALTER TABLE ONLY public.document
    ADD CONSTRAINT document_pkey PRIMARY KEY (neuron_id, source_id);

ALTER TABLE ONLY public.example
    ADD CONSTRAINT example_pkey PRIMARY KEY (neuron_id, rank);

ALTER TABLE ONLY public.explanation
    ADD CONSTRAINT explanation_pkey PRIMARY KEY (neuron_id, source_id, place);

ALTER TABLE ONLY public.explanation_word
    ADD CONSTRAINT explanation_word_pkey PRIMARY KEY (model_id, word);

ALTER TABLE ONLY public.feature_example
    ADD CONSTRAINT feature_example_pkey PRIMARY KEY (neuron_id, bin);

ALTER TABLE ONLY public.feature
    ADD CONSTRAINT feature_pkey PRIMARY KEY (neuron_id);

ALTER TABLE ONLY public.graph_fit
    ADD CONSTRAINT graph_fit_pkey PRIMARY KEY (neuron_id);

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.live_source
    ADD CONSTRAINT live_source_pkey PRIMARY KEY (model_id, source_id);

ALTER TABLE ONLY public.logit_effect
    ADD CONSTRAINT logit_effect_pkey PRIMARY KEY (neuron_id, place);

ALTER TABLE ONLY public.model_alias
    ADD CONSTRAINT model_alias_pkey PRIMARY KEY (alias);

ALTER TABLE ONLY public.model
    ADD CONSTRAINT model_name_key UNIQUE (name);

ALTER TABLE ONLY public.model
    ADD CONSTRAINT model_pkey PRIMARY KEY (model_id);

ALTER TABLE ONLY public.model_source
    ADD CONSTRAINT model_source_pkey PRIMARY KEY (model_id, source_id);

ALTER TABLE ONLY public.neuron_graph
    ADD CONSTRAINT neuron_graph_pkey PRIMARY KEY (neuron_id);

ALTER TABLE ONLY public.neuron
    ADD CONSTRAINT neuron_pkey PRIMARY KEY (neuron_id);

ALTER TABLE ONLY public.neuron_source
    ADD CONSTRAINT neuron_source_pkey PRIMARY KEY (neuron_id, source_id);

ALTER TABLE ONLY public.neuron_summary
    ADD CONSTRAINT neuron_summary_pkey PRIMARY KEY (neuron_id);

ALTER TABLE ONLY public.posting_list
    ADD CONSTRAINT posting_list_pkey PRIMARY KEY (neuron_id, token_id, kind);

ALTER TABLE ONLY public.posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (neuron_id, kind, token_id);

ALTER TABLE ONLY public.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (neuron_id);

ALTER TABLE ONLY public.rejected
    ADD CONSTRAINT rejected_pkey PRIMARY KEY (neuron_id, source_id);

ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_pkey PRIMARY KEY (model_id);

ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (file);

ALTER TABLE ONLY public.search_stale
    ADD CONSTRAINT search_stale_pkey PRIMARY KEY (model_id, source_id);

ALTER TABLE ONLY public.search_token
    ADD CONSTRAINT search_token_bytes_key UNIQUE (bytes);

ALTER TABLE ONLY public.search_token_count
    ADD CONSTRAINT search_token_count_pkey PRIMARY KEY (token_key);

ALTER TABLE ONLY public.search_token_model
    ADD CONSTRAINT search_token_model_pkey PRIMARY KEY (model_id, token_key) INCLUDE (num_activating, num_important);

ALTER TABLE ONLY public.search_token
    ADD CONSTRAINT search_token_pkey PRIMARY KEY (token_key);

ALTER TABLE ONLY public.similar_neuron
    ADD CONSTRAINT similar_neuron_pkey PRIMARY KEY (neuron_id, similar_id);

ALTER TABLE ONLY public.simulation
    ADD CONSTRAINT simulation_pkey PRIMARY KEY (neuron_id, source_id, place);

ALTER TABLE ONLY public.snippet
    ADD CONSTRAINT snippet_pkey PRIMARY KEY (neuron_id);

ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_name_key UNIQUE (name);

ALTER TABLE ONLY public.source
    ADD CONSTRAINT source_pkey PRIMARY KEY (source_id);

ALTER TABLE ONLY public.statistics
    ADD CONSTRAINT statistics_pkey PRIMARY KEY (neuron_id);

ALTER TABLE ONLY public.text
    ADD CONSTRAINT text_pkey PRIMARY KEY (text_id);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (vocabulary_id, token_id);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_vocabulary_id_bytes_key UNIQUE (vocabulary_id, bytes);

ALTER TABLE ONLY public.token_weight
    ADD CONSTRAINT token_weight_pkey PRIMARY KEY (neuron_id, kind);

ALTER TABLE ONLY public.vocabulary
    ADD CONSTRAINT vocabulary_name_key UNIQUE (name);

ALTER TABLE ONLY public.vocabulary
    ADD CONSTRAINT vocabulary_pkey PRIMARY KEY (vocabulary_id);

CREATE INDEX explanation_english ON public.explanation USING gin (english) WITH (fastupdate=off);

CREATE INDEX explanation_simple ON public.explanation USING gin (simple) WITH (fastupdate=off);

CREATE INDEX explanation_word_alike ON public.explanation_word USING gin (word trigram.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX explanation_word_stem ON public.explanation_word USING btree (stem);

CREATE INDEX explanation_word_word ON public.explanation_word USING btree (word);

CREATE INDEX job_waiting ON public.job USING btree (is_live DESC, job_id) WHERE (done_at IS NULL);

CREATE INDEX model_alias_model_id_idx ON public.model_alias USING btree (model_id);

CREATE INDEX neuron_summary_absolute_dev_explained_score ON public.neuron_summary USING btree (model_id, absolute_dev_explained_score, neuron_id) WHERE (absolute_dev_explained_score IS NOT NULL);

CREATE INDEX neuron_summary_accuracy ON public.neuron_summary USING btree (model_id, accuracy, neuron_id) WHERE (accuracy IS NOT NULL);

CREATE INDEX neuron_summary_explanation_score ON public.neuron_summary USING btree (model_id, explanation_score, neuron_id) WHERE (explanation_score IS NOT NULL);

CREATE INDEX neuron_summary_firing_count ON public.neuron_summary USING btree (model_id, firing_count, neuron_id) WHERE (firing_count IS NOT NULL);

CREATE INDEX neuron_summary_firing_f1_score ON public.neuron_summary USING btree (model_id, firing_f1_score, neuron_id) WHERE (firing_f1_score IS NOT NULL);

CREATE INDEX neuron_summary_firing_precision ON public.neuron_summary USING btree (model_id, firing_precision, neuron_id) WHERE (firing_precision IS NOT NULL);

CREATE INDEX neuron_summary_firing_recall ON public.neuron_summary USING btree (model_id, firing_recall, neuron_id) WHERE (firing_recall IS NOT NULL);

CREATE INDEX neuron_summary_frac_nonzero ON public.neuron_summary USING btree (model_id, frac_nonzero, neuron_id) WHERE (frac_nonzero IS NOT NULL);

CREATE INDEX neuron_summary_importance ON public.neuron_summary USING btree (model_id, importance, neuron_id) WHERE (importance IS NOT NULL);

CREATE INDEX neuron_summary_kurtosis ON public.neuron_summary USING btree (model_id, kurtosis, neuron_id) WHERE (kurtosis IS NOT NULL);

CREATE INDEX neuron_summary_max_activation ON public.neuron_summary USING btree (model_id, max_activation, neuron_id) WHERE (max_activation IS NOT NULL);

CREATE INDEX neuron_summary_mean ON public.neuron_summary USING btree (model_id, mean, neuron_id) WHERE (mean IS NOT NULL);

CREATE INDEX neuron_summary_min_activation ON public.neuron_summary USING btree (model_id, min_activation, neuron_id) WHERE (min_activation IS NOT NULL);

CREATE INDEX neuron_summary_non_firing_count ON public.neuron_summary USING btree (model_id, non_firing_count, neuron_id) WHERE (non_firing_count IS NOT NULL);

CREATE INDEX neuron_summary_non_firing_f1_score ON public.neuron_summary USING btree (model_id, non_firing_f1_score, neuron_id) WHERE (non_firing_f1_score IS NOT NULL);

CREATE INDEX neuron_summary_non_firing_precision ON public.neuron_summary USING btree (model_id, non_firing_precision, neuron_id) WHERE (non_firing_precision IS NOT NULL);

CREATE INDEX neuron_summary_non_firing_recall ON public.neuron_summary USING btree (model_id, non_firing_recall, neuron_id) WHERE (non_firing_recall IS NOT NULL);

CREATE INDEX neuron_summary_num_activating ON public.neuron_summary USING btree (model_id, num_activating, neuron_id) WHERE (num_activating IS NOT NULL);

CREATE INDEX neuron_summary_num_activating_tokens ON public.neuron_summary USING btree (model_id, num_activating_tokens, neuron_id) WHERE (num_activating_tokens IS NOT NULL);

CREATE INDEX neuron_summary_num_edges ON public.neuron_summary USING btree (model_id, num_edges, neuron_id) WHERE (num_edges IS NOT NULL);

CREATE INDEX neuron_summary_num_examples ON public.neuron_summary USING btree (model_id, num_examples, neuron_id) WHERE (num_examples IS NOT NULL);

CREATE INDEX neuron_summary_num_explanations ON public.neuron_summary USING btree (model_id, num_explanations, neuron_id) WHERE (num_explanations IS NOT NULL);

CREATE INDEX neuron_summary_num_important_tokens ON public.neuron_summary USING btree (model_id, num_important_tokens, neuron_id) WHERE (num_important_tokens IS NOT NULL);

CREATE INDEX neuron_summary_num_nodes ON public.neuron_summary USING btree (model_id, num_nodes, neuron_id) WHERE (num_nodes IS NOT NULL);

CREATE INDEX neuron_summary_num_similar ON public.neuron_summary USING btree (model_id, num_similar, neuron_id) WHERE (num_similar IS NOT NULL);

CREATE INDEX neuron_summary_rsquared_score ON public.neuron_summary USING btree (model_id, rsquared_score, neuron_id) WHERE (rsquared_score IS NOT NULL);

CREATE INDEX neuron_summary_skewness ON public.neuron_summary USING btree (model_id, skewness, neuron_id) WHERE (skewness IS NOT NULL);

CREATE INDEX neuron_summary_variance ON public.neuron_summary USING btree (model_id, variance, neuron_id) WHERE (variance IS NOT NULL);

CREATE INDEX posting_search ON public.posting USING btree (model_id, token_id, kind, importance DESC NULLS LAST) INCLUDE (neuron_id);

CREATE INDEX search_token_alike ON public.search_token USING gin (folded trigram.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX search_token_count_bare ON public.search_token_count USING btree (bare) INCLUDE (token_key, num_neurons, bytes);

CREATE INDEX search_token_count_order ON public.search_token_count USING btree (num_neurons DESC, bytes);

CREATE INDEX search_token_folded ON public.search_token USING btree (folded);

CREATE INDEX search_token_grams ON public.search_token USING gin (grams) WITH (fastupdate=off);

CREATE INDEX search_token_model_token ON public.search_token_model USING btree (token_key);

CREATE INDEX search_token_token ON public.search_token USING btree (token);

CREATE INDEX snippet_word ON public.snippet USING gin (((public.snippet_words(snippets) || array_to_tsvector(ARRAY[('#'::text || ((neuron_id >> 48))::text)])))) WITH (fastupdate=off);

ALTER TABLE ONLY public.document
    ADD CONSTRAINT document_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(source_id);

ALTER TABLE ONLY public.example
    ADD CONSTRAINT example_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES public.dataset(dataset_id);

ALTER TABLE ONLY public.explanation
    ADD CONSTRAINT explanation_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(source_id);

ALTER TABLE ONLY public.explanation_word
    ADD CONSTRAINT explanation_word_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.model(model_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.model(model_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(source_id);

ALTER TABLE ONLY public.live_source
    ADD CONSTRAINT live_source_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.model(model_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.live_source
    ADD CONSTRAINT live_source_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(source_id);

ALTER TABLE ONLY public.model_alias
    ADD CONSTRAINT model_alias_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.model(model_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.model
    ADD CONSTRAINT model_dataset_id_fkey FOREIGN KEY (dataset_id) REFERENCES public.dataset(dataset_id);

ALTER TABLE ONLY public.model_source
    ADD CONSTRAINT model_source_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.model(model_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.model_source
    ADD CONSTRAINT model_source_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(source_id);

ALTER TABLE ONLY public.model
    ADD CONSTRAINT model_vocabulary_id_fkey FOREIGN KEY (vocabulary_id) REFERENCES public.vocabulary(vocabulary_id);

ALTER TABLE ONLY public.neuron_source
    ADD CONSTRAINT neuron_source_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(source_id);

ALTER TABLE ONLY public.rejected
    ADD CONSTRAINT rejected_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(source_id);

ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.model(model_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.search_stale
    ADD CONSTRAINT search_stale_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.model(model_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.search_stale
    ADD CONSTRAINT search_stale_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(source_id);

ALTER TABLE ONLY public.search_token_model
    ADD CONSTRAINT search_token_model_model_id_fkey FOREIGN KEY (model_id) REFERENCES public.model(model_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.simulation
    ADD CONSTRAINT simulation_source_id_fkey FOREIGN KEY (source_id) REFERENCES public.source(source_id);

ALTER TABLE ONLY public.text
    ADD CONSTRAINT text_vocabulary_id_fkey FOREIGN KEY (vocabulary_id) REFERENCES public.vocabulary(vocabulary_id);

ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_vocabulary_id_fkey FOREIGN KEY (vocabulary_id) REFERENCES public.vocabulary(vocabulary_id);

GRANT ALL ON SCHEMA public TO deepdecipher_owner;
GRANT USAGE ON SCHEMA public TO deepdecipher_loader;
GRANT USAGE ON SCHEMA public TO deepdecipher_reader;

GRANT USAGE ON SCHEMA trigram TO deepdecipher_loader;
GRANT USAGE ON SCHEMA trigram TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.archive_columns() FROM PUBLIC;
GRANT ALL ON FUNCTION public.archive_columns() TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.archive_list() FROM PUBLIC;
GRANT ALL ON FUNCTION public.archive_list() TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.archive_make(name text, activation_function text, dataset text, vocabulary text, num_layers integer, layer_size integer, num_total_parameters bigint, again boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.archive_make(name text, activation_function text, dataset text, vocabulary text, num_layers integer, layer_size integer, num_total_parameters bigint, again boolean) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.archive_range(name text, model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.archive_range(name text, model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.archive_referred(kind text, model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.archive_referred(kind text, model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.archive_tables(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.archive_tables(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.bump_revision(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.bump_revision(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.dataset_id(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.dataset_id(name text) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.neuron_id(model_id smallint, layer integer, neuron integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_id(model_id smallint, layer integer, neuron integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_id(model_id smallint, layer integer, neuron integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.document_key(model_id smallint, layer integer, neuron integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.document_key(model_id smallint, layer integer, neuron integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.document_key(model_id smallint, layer integer, neuron integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.document_source(service text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.document_source(service text) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.exact_float(bits bigint, mantissa_bits integer, exponent_bits integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.exact_float(bits bigint, mantissa_bits integer, exponent_bits integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.exact_float(bits bigint, mantissa_bits integer, exponent_bits integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.explanation_terms(q text, match text, models smallint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.explanation_terms(q text, match text, models smallint[]) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.explanation_terms(q text, match text, models smallint[]) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.explanation_word_fill(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.explanation_word_fill(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.feature_fill(model_id smallint, source_id smallint, refused bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.feature_fill(model_id smallint, source_id smallint, refused bigint[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.feature_stage() FROM PUBLIC;
GRANT ALL ON FUNCTION public.feature_stage() TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.ieee_float(packed bytea, place integer, size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ieee_float(packed bytea, place integer, size integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.ieee_float(packed bytea, place integer, size integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.model_id(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.model_id(name text) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.model_id(name text) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.model_key(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.model_key(name text) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.model_key(name text) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.model_register(name text, activation_function text, dataset text, num_layers integer, layer_size integer, num_total_parameters bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.model_register(name text, activation_function text, dataset text, num_layers integer, layer_size integer, num_total_parameters bigint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.neuron_id(model text, layer integer, neuron integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_id(model text, layer integer, neuron integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_id(model text, layer integer, neuron integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.neuron_index(neuron_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_index(neuron_id bigint) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_index(neuron_id bigint) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.neuron_layer(neuron_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_layer(neuron_id bigint) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_layer(neuron_id bigint) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.neuron_list(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_list(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_list(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.neuron_list_bound(bound double precision, type text, is_low boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_list_bound(bound double precision, type text, is_low boolean) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_list_bound(bound double precision, type text, is_low boolean) TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.model TO deepdecipher_loader;
GRANT SELECT ON TABLE public.model TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.neuron_list_merge(models smallint[], part text, condition text, keys text, ordering text, within text, farthest text, num_rows integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_list_merge(models smallint[], part text, condition text, keys text, ordering text, within text, farthest text, num_rows integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_list_merge(models smallint[], part text, condition text, keys text, ordering text, within text, farthest text, num_rows integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.neuron_list_open(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_list_open(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_list_open(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.neuron_list_part(model text, layers int4multirange, by_neuron boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_list_part(model text, layers int4multirange, by_neuron boolean) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_list_part(model text, layers int4multirange, by_neuron boolean) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.neuron_list_query(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer, merged boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_list_query(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer, merged boolean) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_list_query(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer, merged boolean) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.neuron_model_id(neuron_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_model_id(neuron_id bigint) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.neuron_model_id(neuron_id bigint) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.neuron_store_fill(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.neuron_store_fill(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.node_token(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.node_token(token text) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.node_token(token text) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.packed_index(packed bytea, codes integer, width integer, i integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.packed_index(packed bytea, codes integer, width integer, i integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.packed_index(packed bytea, codes integer, width integer, i integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.plan_jobs(model_id smallint, source_id smallint, url text, layers int4multirange, neurons int4multirange, which text, batch integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.plan_jobs(model_id smallint, source_id smallint, url text, layers int4multirange, neurons int4multirange, which text, batch integer) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.posting_importance_fill(neuron_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.posting_importance_fill(neuron_ids bigint[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.posting_list_fill(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.posting_list_fill(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.posting_lists(kinds text[], tokens bytea[], models smallint[], num_entries bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.posting_lists(kinds text[], tokens bytea[], models smallint[], num_entries bigint) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.posting_lists(kinds text[], tokens bytea[], models smallint[], num_entries bigint) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.posting_lock(model_id smallint, is_shared boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.posting_lock(model_id smallint, is_shared boolean) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.replace_nul(bytes bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.replace_nul(bytes bytea) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.replace_nul(bytes bytea) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.request_neuron(model text, source text, layer integer, neuron integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.request_neuron(model text, source text, layer integer, neuron integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.request_neuron(model text, source text, layer integer, neuron integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.search_box_explanations(q text, num integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_box_explanations(q text, num integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.search_box_explanations(q text, num integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.search_explanations(q text, match text, models text[], min_score double precision, max_score double precision, num integer, num_candidates integer, after_rank real, after_score double precision, after_neuron bigint, after_source smallint, after_place smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_explanations(q text, match text, models text[], min_score double precision, max_score double precision, num integer, num_candidates integer, after_rank real, after_score double precision, after_neuron bigint, after_source smallint, after_place smallint) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.search_explanations(q text, match text, models text[], min_score double precision, max_score double precision, num integer, num_candidates integer, after_rank real, after_score double precision, after_neuron bigint, after_source smallint, after_place smallint) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.search_fill(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_fill(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.search_fill_due() FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_fill_due() TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.search_fold(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_fold(token text) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.search_fold(token text) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.search_grams(folded text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_grams(folded text) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.search_neurons(wanted text[], without text[], models text[], num integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_neurons(wanted text[], without text[], models text[], num integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.search_neurons(wanted text[], without text[], models text[], num integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.search_similar(model text, layer integer, neuron integer, models text[], min_similarity double precision, num integer, num_entries bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_similar(model text, layer integer, neuron integer, models text[], min_similarity double precision, num integer, num_entries bigint) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.search_similar(model text, layer integer, neuron integer, models text[], min_similarity double precision, num integer, num_entries bigint) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.search_texts(q text, match text, models text[], num integer, num_candidates integer, after_num_texts integer, after_text integer, after_neuron bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_texts(q text, match text, models text[], num integer, num_candidates integer, after_num_texts integer, after_text integer, after_neuron bigint) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.search_texts(q text, match text, models text[], num integer, num_candidates integer, after_num_texts integer, after_text integer, after_neuron bigint) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.search_token_condition(match text, has_case boolean, q text, shown text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_token_condition(match text, has_case boolean, q text, shown text) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.search_token_condition(match text, has_case boolean, q text, shown text) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.search_token_fill(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_token_fill(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.search_tokens(q text, match text, has_case boolean, models text[], num integer, after_exact boolean, after_likeness real, after_neurons bigint, after_bytes bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.search_tokens(q text, match text, has_case boolean, models text[], num integer, after_exact boolean, after_likeness real, after_neurons bigint, after_bytes bytea) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.search_tokens(q text, match text, has_case boolean, models text[], num integer, after_exact boolean, after_likeness real, after_neurons bigint, after_bytes bytea) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.service_coverage(model text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.service_coverage(model text) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.service_coverage(model text) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.shared_tokens(neuron_id bigint, "similar" bigint[], num integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.shared_tokens(neuron_id bigint, "similar" bigint[], num integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.shared_tokens(neuron_id bigint, "similar" bigint[], num integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.similar_lists(neuron_id bigint, models smallint[], num_entries bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.similar_lists(neuron_id bigint, models smallint[], num_entries bigint) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.similar_lists(neuron_id bigint, models smallint[], num_entries bigint) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.similar_neurons_fill(model_id smallint, threshold numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION public.similar_neurons_fill(model_id smallint, threshold numeric) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.snippet(text_id bigint, place integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.snippet(text_id bigint, place integer) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.snippet_candidates(words tsquery, num integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.snippet_candidates(words tsquery, num integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.snippet_candidates(words tsquery, num integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.snippet_fill(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.snippet_fill(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.snippet_goes_on(before bytea, behind bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.snippet_goes_on(before bytea, behind bytea) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.snippet_words(snippets text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.snippet_words(snippets text) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.snippet_words(snippets text) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.summary_explanation(neurons bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.summary_explanation(neurons bigint[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.summary_feature(neurons bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.summary_feature(neurons bigint[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.summary_fill(model_id smallint, source_id smallint, neurons bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.summary_fill(model_id smallint, source_id smallint, neurons bigint[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.summary_fit(neurons bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.summary_fit(neurons bigint[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.summary_graph(neurons bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.summary_graph(neurons bigint[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.summary_neurons(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.summary_neurons(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.summary_neuroscope(neurons bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.summary_neuroscope(neurons bigint[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.summary_refill(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.summary_refill(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.summary_statistics(neurons bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.summary_statistics(neurons bigint[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.summary_tokens(neurons bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.summary_tokens(neurons bigint[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.unpack_tokens(packed bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.unpack_tokens(packed bytea) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.unpack_tokens(packed bytea) TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.text TO deepdecipher_loader;
GRANT SELECT ON TABLE public.text TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.token TO deepdecipher_loader;
GRANT SELECT ON TABLE public.token TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.text_tokens(text_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.text_tokens(text_id bigint) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.text_tokens(text_id bigint) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.token_ids(vocabulary integer, wanted bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.token_ids(vocabulary integer, wanted bytea[]) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.tsquery_word(word text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tsquery_word(word text) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.tsquery_word(word text) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.unpack_activations(packed bytea, at integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.unpack_activations(packed bytea, at integer) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.unpack_activations(packed bytea, at integer) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.unpack_posting_list(entries bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.unpack_posting_list(entries bytea) TO deepdecipher_loader;
GRANT ALL ON FUNCTION public.unpack_posting_list(entries bytea) TO deepdecipher_reader;

REVOKE ALL ON FUNCTION public.verify_explainer(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.verify_explainer(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.verify_findings(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.verify_findings(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.verify_neuron2graph(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.verify_neuron2graph(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.verify_rows(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.verify_rows(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.verify_tables(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.verify_tables(model_id smallint) TO deepdecipher_loader;

REVOKE ALL ON FUNCTION public.verify_text_users(model_id smallint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.verify_text_users(model_id smallint) TO deepdecipher_loader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.statistics TO deepdecipher_loader;
GRANT SELECT ON TABLE public.statistics TO deepdecipher_reader;

GRANT SELECT ON TABLE public.activation_statistics TO deepdecipher_loader;
GRANT SELECT ON TABLE public.activation_statistics TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.example TO deepdecipher_loader;
GRANT SELECT ON TABLE public.example TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.neuron TO deepdecipher_loader;
GRANT SELECT ON TABLE public.neuron TO deepdecipher_reader;

GRANT SELECT ON TABLE public.activations TO deepdecipher_loader;
GRANT SELECT ON TABLE public.activations TO deepdecipher_reader;

GRANT SELECT ON TABLE public.bfloat16 TO deepdecipher_loader;
GRANT SELECT ON TABLE public.bfloat16 TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.connection TO deepdecipher_loader;
GRANT SELECT ON TABLE public.connection TO deepdecipher_reader;

GRANT SELECT ON TABLE public.connections TO deepdecipher_loader;
GRANT SELECT ON TABLE public.connections TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.job TO deepdecipher_loader;
GRANT SELECT ON TABLE public.job TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.model_source TO deepdecipher_loader;
GRANT SELECT ON TABLE public.model_source TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.neuron_source TO deepdecipher_loader;
GRANT SELECT ON TABLE public.neuron_source TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rejected TO deepdecipher_loader;
GRANT SELECT ON TABLE public.rejected TO deepdecipher_reader;

GRANT SELECT,INSERT ON TABLE public.source TO deepdecipher_loader;
GRANT SELECT ON TABLE public.source TO deepdecipher_reader;

GRANT SELECT ON TABLE public.coverage TO deepdecipher_loader;
GRANT SELECT ON TABLE public.coverage TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.dataset TO deepdecipher_loader;
GRANT SELECT ON TABLE public.dataset TO deepdecipher_reader;

GRANT USAGE ON SEQUENCE public.dataset_dataset_id_seq TO deepdecipher_loader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.document TO deepdecipher_loader;
GRANT SELECT ON TABLE public.document TO deepdecipher_reader;

GRANT SELECT ON TABLE public.documents TO deepdecipher_loader;
GRANT SELECT ON TABLE public.documents TO deepdecipher_reader;

GRANT SELECT ON TABLE public.examples TO deepdecipher_loader;
GRANT SELECT ON TABLE public.examples TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.explanation TO deepdecipher_loader;
GRANT SELECT ON TABLE public.explanation TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.explanation_word TO deepdecipher_loader;
GRANT SELECT ON TABLE public.explanation_word TO deepdecipher_reader;

GRANT SELECT ON TABLE public.explanations TO deepdecipher_loader;
GRANT SELECT ON TABLE public.explanations TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.feature TO deepdecipher_loader;
GRANT SELECT ON TABLE public.feature TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.feature_example TO deepdecipher_loader;
GRANT SELECT ON TABLE public.feature_example TO deepdecipher_reader;

GRANT SELECT ON TABLE public.feature_examples TO deepdecipher_loader;
GRANT SELECT ON TABLE public.feature_examples TO deepdecipher_reader;

GRANT SELECT ON TABLE public.feature_logits TO deepdecipher_loader;
GRANT SELECT ON TABLE public.feature_logits TO deepdecipher_reader;

GRANT SELECT ON TABLE public.features TO deepdecipher_loader;
GRANT SELECT ON TABLE public.features TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.graph_fit TO deepdecipher_loader;
GRANT SELECT ON TABLE public.graph_fit TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.neuron_graph TO deepdecipher_loader;
GRANT SELECT ON TABLE public.neuron_graph TO deepdecipher_reader;

GRANT SELECT ON TABLE public.graph_nodes TO deepdecipher_loader;
GRANT SELECT ON TABLE public.graph_nodes TO deepdecipher_reader;

GRANT USAGE ON SEQUENCE public.job_job_id_seq TO deepdecipher_loader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.live_source TO deepdecipher_loader;
GRANT SELECT ON TABLE public.live_source TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.logit_effect TO deepdecipher_loader;
GRANT SELECT ON TABLE public.logit_effect TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.model_alias TO deepdecipher_loader;
GRANT SELECT ON TABLE public.model_alias TO deepdecipher_reader;

GRANT USAGE ON SEQUENCE public.model_model_id_seq TO deepdecipher_loader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.revision TO deepdecipher_loader;
GRANT SELECT ON TABLE public.revision TO deepdecipher_reader;

GRANT SELECT ON TABLE public.models TO deepdecipher_loader;
GRANT SELECT ON TABLE public.models TO deepdecipher_reader;

GRANT SELECT ON TABLE public.neuron_graphs TO deepdecipher_loader;
GRANT SELECT ON TABLE public.neuron_graphs TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.neuron_summary TO deepdecipher_loader;
GRANT SELECT ON TABLE public.neuron_summary TO deepdecipher_reader;

GRANT SELECT ON TABLE public.neuron_numbers TO deepdecipher_loader;
GRANT SELECT ON TABLE public.neuron_numbers TO deepdecipher_reader;

GRANT SELECT ON TABLE public.neurons TO deepdecipher_loader;
GRANT SELECT ON TABLE public.neurons TO deepdecipher_reader;

GRANT SELECT ON TABLE public.node_importance TO deepdecipher_loader;
GRANT SELECT ON TABLE public.node_importance TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.posting TO deepdecipher_loader;
GRANT SELECT ON TABLE public.posting TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.posting_list TO deepdecipher_loader;
GRANT SELECT ON TABLE public.posting_list TO deepdecipher_reader;

GRANT SELECT ON TABLE public.postings TO deepdecipher_loader;
GRANT SELECT ON TABLE public.postings TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.record TO deepdecipher_loader;
GRANT SELECT ON TABLE public.record TO deepdecipher_reader;

GRANT SELECT ON TABLE public.records TO deepdecipher_loader;
GRANT SELECT ON TABLE public.records TO deepdecipher_reader;

GRANT SELECT ON TABLE public.rejections TO deepdecipher_loader;
GRANT SELECT ON TABLE public.rejections TO deepdecipher_reader;

GRANT SELECT ON TABLE public.schema_version TO deepdecipher_loader;
GRANT SELECT ON TABLE public.schema_version TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.search_stale TO deepdecipher_loader;
GRANT SELECT ON TABLE public.search_stale TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.search_token TO deepdecipher_loader;
GRANT SELECT ON TABLE public.search_token TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.search_token_count TO deepdecipher_loader;
GRANT SELECT ON TABLE public.search_token_count TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.search_token_model TO deepdecipher_loader;
GRANT SELECT ON TABLE public.search_token_model TO deepdecipher_reader;

GRANT USAGE ON SEQUENCE public.search_token_token_key_seq TO deepdecipher_loader;

GRANT SELECT ON TABLE public.similar_features TO deepdecipher_loader;
GRANT SELECT ON TABLE public.similar_features TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.similar_neuron TO deepdecipher_loader;
GRANT SELECT ON TABLE public.similar_neuron TO deepdecipher_reader;

GRANT SELECT ON TABLE public.similar_neurons TO deepdecipher_loader;
GRANT SELECT ON TABLE public.similar_neurons TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.simulation TO deepdecipher_loader;
GRANT SELECT ON TABLE public.simulation TO deepdecipher_reader;

GRANT SELECT ON TABLE public.simulations TO deepdecipher_loader;
GRANT SELECT ON TABLE public.simulations TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.snippet TO deepdecipher_loader;
GRANT SELECT ON TABLE public.snippet TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.token_weight TO deepdecipher_loader;
GRANT SELECT ON TABLE public.token_weight TO deepdecipher_reader;

GRANT SELECT ON TABLE public.token_weights TO deepdecipher_loader;
GRANT SELECT ON TABLE public.token_weights TO deepdecipher_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.vocabulary TO deepdecipher_loader;
GRANT SELECT ON TABLE public.vocabulary TO deepdecipher_reader;

GRANT USAGE ON SEQUENCE public.vocabulary_vocabulary_id_seq TO deepdecipher_loader;

