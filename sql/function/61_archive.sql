-- Archives of models: which tables they hold, and the statements that read and write them.

-- The tables of an archive, in the order in which they are written and read. A new table with neuron_id is a new row here,
-- and nothing else (a test compares these rows with the schema; tests/contents.sql wants a line as well). The first four are
-- what others refer to.
--
-- `source` is an SQL expression for the source that has given a row; verify names it (see verify_tables).
--
-- `columns` names all that are carried: not those that are generated, nor times of this machine. One that a table gains
-- comes last, and is NULL when it comes from an archive written before. The first is neuron_id or model_id. What differs
-- between machines is marked, and import puts the keys of here in:
--   :neuron   bigint, a neuron of this model         :subject  bigint, the same or document_key()
--   :model    smallint, the model                    :source   smallint, a row of source
--   :dataset  integer, a row of dataset              :token    integer, a token of the model's vocabulary
--   :tokens   bytea, such ids as pack_tokens() packs them
--   :text     bigint, a text: the same key everywhere, marked so that the text comes along       :text[]  bigint[], likewise
-- A mark of another kind is a row of `kinds` in ingest/archive_table.c and a case in ingest/archive_key.c.
CREATE OR REPLACE FUNCTION archive_list() RETURNS TABLE (place integer, name text, source text, columns text)
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
COMMENT ON FUNCTION archive_list() IS 'The tables of an archive, their columns, and which of these hold keys that differ between machines';

CREATE OR REPLACE FUNCTION archive_columns() RETURNS TABLE (table_name text, place bigint, name text, kind text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
SELECT l.name, c.place, split_part(c.word, ':', 1), coalesce(nullif(split_part(c.word, ':', 2), ''), 'plain')
FROM archive_list() AS l, unnest(string_to_array(l.columns, ' ')) WITH ORDINALITY AS c(word, place)
$$;
COMMENT ON FUNCTION archive_columns() IS 'The same, a row for each column';

-- Which rows of a table are the model's.
CREATE OR REPLACE FUNCTION archive_range(name text, model_id smallint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
SELECT CASE WHEN EXISTS (SELECT FROM archive_columns() c WHERE c.table_name = $1 AND c.kind = 'model') THEN format('model_id = %s', $2)
            ELSE format('neuron_id >= %s AND neuron_id < %s', $2::bigint << 48, ($2::bigint + 1) << 48) END
$$;
COMMENT ON FUNCTION archive_range(text, smallint) IS 'The condition for rows of a table of the archive that are about a model';

CREATE OR REPLACE FUNCTION archive_referred(kind text, model_id smallint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
SELECT string_agg(format(CASE WHEN c.kind = $1 THEN 'SELECT %I FROM %I WHERE %s' ELSE 'SELECT unnest(%I) FROM %I WHERE %s' END,
                         c.name, c.table_name, archive_range(c.table_name, $2)), ' UNION ALL ')
FROM archive_columns() AS c WHERE c.kind IN ($1, $1 || '[]')
$$;
COMMENT ON FUNCTION archive_referred(text, smallint) IS 'A query for all keys of a kind that a model''s rows hold';

-- By the primary key, so that an archive of the same rows has the same bytes. Neurons go without the model's part.
CREATE OR REPLACE FUNCTION archive_tables(model_id smallint) RETURNS TABLE (name text, kinds text, copy_out text, copy_in text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
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
$$;
COMMENT ON FUNCTION archive_tables(smallint) IS 'For each table of an archive: the kinds of its columns, and what copies a model''s rows out and rows in (NULL: keys are looked up)';

-- Of an earlier form.
DROP FUNCTION IF EXISTS archive_first();
DROP FUNCTION IF EXISTS archive_end();
DROP FUNCTION IF EXISTS archive_model_id();

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
