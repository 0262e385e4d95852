-- Search over explanations.

CREATE OR REPLACE FUNCTION tsquery_word(word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN '''' || replace(replace(word, '\', '\\'), '''', '''''') || '''';
COMMENT ON FUNCTION tsquery_word(text) IS 'A word as tsquery takes it, whatever characters it has';

-- The words of `q` one by one: the words of explanations that each stands for, and in how many explanations these are.
CREATE OR REPLACE FUNCTION explanation_terms(q text, match text, models smallint[] DEFAULT NULL)
RETURNS TABLE (term text, is_stem boolean, num_explanations bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 5
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
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
COMMENT ON FUNCTION explanation_terms(text, text, smallint[]) IS 'What search_explanations looks for, word by word, and how much there is of it';

-- Explanations that have all words of `q`. Matches: word (in any form: cats finds cat), phrase (in this order), prefix (the
-- last word may go on), fuzzy (words that are spelt alike). rank is the number of words searched / words that the
-- explanation has, without stop words for word and phrase: one that says little else comes first; then the score counts.
-- marked has U+E000 before and U+E001 behind every word that matched.
-- DD422: more than `num_candidates` explanations would have to be looked at.
CREATE OR REPLACE FUNCTION search_explanations(q text, match text DEFAULT 'word', models text[] DEFAULT NULL,
                                               min_score double precision DEFAULT NULL, max_score double precision DEFAULT NULL,
                                               num integer DEFAULT 20, num_candidates integer DEFAULT 20000,
                                               after_rank real DEFAULT NULL, after_score double precision DEFAULT NULL,
                                               after_neuron bigint DEFAULT NULL, after_source smallint DEFAULT NULL,
                                               after_place smallint DEFAULT NULL)
RETURNS TABLE (model text, layer integer, neuron integer, explanation text, score double precision, rank real, source text,
               marked text, neuron_id bigint, source_id smallint, place smallint)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20
SET search_path = public, pg_temp
AS $$
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
$$;
COMMENT ON FUNCTION search_explanations(text, text, text[], double precision, double precision, integer, integer, real,
                                        double precision, bigint, smallint, smallint)
    IS 'Explanations that have words, e.g. search_explanations(''past tense''), search_explanations(''punctu'', ''prefix'')';

-- What somebody has typed so far is no fault, even when it is too short.
CREATE OR REPLACE FUNCTION search_box_explanations(q text, num integer)
RETURNS TABLE (model text, layer integer, neuron integer, explanation text, score double precision, rank real, source text,
               marked text, neuron_id bigint, source_id smallint, place smallint)
LANGUAGE plpgsql STABLE ROWS 5
SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM search_explanations(q, 'prefix', num => num, num_candidates => 10000);
EXCEPTION WHEN SQLSTATE 'DD422' THEN
    NULL;
END
$$;
COMMENT ON FUNCTION search_box_explanations(text, integer) IS 'As search_explanations(q, ''prefix''), but finds nothing where that would refuse';
