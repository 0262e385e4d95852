-- Search for neurons that share tokens with a neuron, in any model. Tokens are compared by their bytes, as every vocabulary has
-- ids of its own. Within a model it finds what similar_neuron has (35_neuron2graph.sql says what similarity is).

-- For each of these models (NULL: all) the lists of the neuron's tokens, one behind the other. entries is NULL when they have
-- more than `num_entries` together, which num_wanted then is.
CREATE OR REPLACE FUNCTION similar_lists(neuron_id bigint, models smallint[], num_entries bigint)
RETURNS TABLE (model_id smallint, model text, layer_size integer, num_wanted bigint, entries bytea)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20
SET search_path = public, pg_temp
AS $$
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
$$;
COMMENT ON FUNCTION similar_lists(bigint, smallint[], bigint) IS 'The packed lists of a neuron''s tokens, as the worker counts in them';

-- The most similar first; of those with one similarity, those that share most tokens.
-- DD422: more than `num_entries` neurons would have to be counted.
CREATE OR REPLACE FUNCTION search_similar(model text, layer integer, neuron integer, models text[] DEFAULT NULL,
                                          min_similarity double precision DEFAULT 0.4, num integer DEFAULT 20,
                                          num_entries bigint DEFAULT 2000000)
RETURNS TABLE (similar_model text, similar_layer integer, similar_neuron integer, similarity real, num_shared integer,
               num_tokens integer, similar_id bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20
SET search_path = public, pg_temp
AS $$
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
$$;
COMMENT ON FUNCTION search_similar(text, integer, integer, text[], double precision, integer, bigint)
    IS 'Neurons of any model that share tokens with a neuron, e.g. search_similar(''gpt2-small'', 5, 12, ''{gpt2-medium}'')';

-- At most `num` of the tokens that each of `similar` shares with the neuron, those most important to it first; in order of `similar`.
CREATE OR REPLACE FUNCTION shared_tokens(neuron_id bigint, similar bigint[], num integer)
RETURNS TABLE (place integer, kind text, token bytea)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
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
$$;
COMMENT ON FUNCTION shared_tokens(bigint, bigint[], integer) IS 'Tokens that neurons share with a neuron, whatever their models';
