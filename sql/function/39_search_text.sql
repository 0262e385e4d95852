-- Search over the words round the maxima of texts.

-- Neurons whose snippets have all words of `words`, at most one more than `num`. Only the index may serve it: read row by row,
-- the table would take minutes.
CREATE OR REPLACE FUNCTION snippet_candidates(words tsquery, num integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = public, pg_temp
SET work_mem = '64MB' -- a bitmap that does not fit would make it read the words of whole pages again
SET enable_seqscan = off
SET enable_indexscan = off
SET enable_indexonlyscan = off
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN ARRAY(SELECT s.neuron_id FROM snippet s
                 WHERE (snippet_words(s.snippets) || array_to_tsvector(ARRAY['#' || (s.neuron_id >> 48)::text])) @@ words
                 LIMIT num + 1);
END
$$;
COMMENT ON FUNCTION snippet_candidates(tsquery, integer) IS 'Neurons whose snippets have words, as search_texts looks for them';

-- Neurons with texts that have all words of `q` round their maximum. Matches: word, phrase (in this order), prefix (the last
-- word may go on). num_texts is the number of such texts of the neuron: those with most come first, then those where the
-- first of them, `text`, stands further up. marked is its snippet with U+E000 before and U+E001 behind every word that matched.
-- DD422: more than `num_candidates` neurons have the words, if not in one text, or the word that may go on is too short.
CREATE OR REPLACE FUNCTION search_texts(q text, match text DEFAULT 'word', models text[] DEFAULT NULL, num integer DEFAULT 20,
                                        num_candidates integer DEFAULT 10000, after_num_texts integer DEFAULT NULL,
                                        after_text integer DEFAULT NULL, after_neuron bigint DEFAULT NULL)
RETURNS TABLE (model text, layer integer, neuron integer, num_texts integer, text integer, snippet text, marked text,
               neuron_id bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
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
COMMENT ON FUNCTION search_texts(text, text, text[], integer, integer, integer, integer, bigint)
    IS 'Neurons by words round the maxima of their texts, e.g. search_texts(''old man''), search_texts(''united states'', ''phrase'')';
