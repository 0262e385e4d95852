-- Storing what Neuronpedia exports. The lines of an export come in any order, so they are gathered in temporary tables
-- first; features of which a line is bad are left out of them as a whole.

CREATE OR REPLACE FUNCTION feature_stage() RETURNS void
LANGUAGE sql VOLATILE
SET search_path = public, pg_temp
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
COMMENT ON FUNCTION feature_stage() IS 'Makes the temporary tables for the lines of an export; they last until COMMIT';

-- Replaces what is stored of every feature that has a line, except for `refused`. Gives the number of features stored.
CREATE OR REPLACE FUNCTION feature_fill(model_id smallint, source_id smallint, refused bigint[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
SET work_mem = '64MB'
SET plan_cache_mode = force_custom_plan
AS $$
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
$$;
COMMENT ON FUNCTION feature_fill(smallint, smallint, bigint[]) IS 'Stores the features of the temporary tables of feature_stage(); gives their number';
