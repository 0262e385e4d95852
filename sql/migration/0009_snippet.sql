-- The words round the maxima of neurons' texts, for the search over them (function/39_search_text.sql).
--
-- A row holds the snippets of all of a neuron's texts, and the index reads their words out of it: kept beside them, the words
-- would take more room than the snippets.

-- What the index is made of: another body would need another index. Without these characters PostgreSQL finds nothing but
-- words: no tags, addresses or names of files, whose parts could not be searched for. Taking out all punctuation would find
-- the same, but costs more than the words themselves.
CREATE FUNCTION snippet_words(snippets text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN to_tsvector('simple'::regconfig, translate(snippets, '<&/.@-+~', '        '));
COMMENT ON FUNCTION snippet_words(text) IS 'Words of snippets: runs of letters and digits, in lower case';

CREATE TABLE snippet (
    neuron_id bigint PRIMARY KEY,
    snippets text NOT NULL
);
-- The lexeme of the model makes the index find the words of some models only.
CREATE INDEX snippet_word ON snippet USING gin (
    (snippet_words(snippets) || array_to_tsvector(ARRAY['#' || (neuron_id >> 48)::text]))) WITH (fastupdate = off);
COMMENT ON TABLE snippet IS 'What stands round the maxima of a neuron''s texts, to be searched';
COMMENT ON COLUMN snippet.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN snippet.snippets IS 'For each of its texts, in order, ten tokens before the maximum and two behind it, words at the ends whole; U+001E between them';

-- The next search_fill() makes the rows of neurons that are stored already.
INSERT INTO search_stale (model_id, source_id) SELECT model_id, source_id FROM model_source WHERE source_id = 1
ON CONFLICT DO NOTHING;
