-- Search for neurons by their tokens, in SQL. The worker reads the lists themselves (posting_lists()) and finds the same.

CREATE OR REPLACE FUNCTION unpack_posting_list(entries bytea)
RETURNS TABLE (place integer, importance real, num_postings integer)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 100
AS $$
    SELECT (get_byte(entries, at) << 24) | (get_byte(entries, at + 1) << 16) | (get_byte(entries, at + 2) << 8) | get_byte(entries, at + 3),
           CASE WHEN get_byte(entries, at + 4) <> 127
                THEN exact_float((get_byte(entries, at + 4)::bigint << 24) | (get_byte(entries, at + 5) << 16)
                                 | (get_byte(entries, at + 6) << 8) | get_byte(entries, at + 7), 23, 8)::real END,
           (get_byte(entries, at + 8) << 8) | get_byte(entries, at + 9)
    FROM generate_series(0, length(entries) - 10, 10) AS at
$$;
COMMENT ON FUNCTION unpack_posting_list(bytea)
    IS 'The neurons of posting_list.entries: place is layer * layer_size + index, importance NULL when there is none';

-- The lists of tokens: place is that of the token in `tokens`; kinds are activating, important, any (of these two), peak.
-- entries is NULL when the lists have more than `num_entries` together, which num_wanted then is.
CREATE OR REPLACE FUNCTION posting_lists(kinds text[], tokens bytea[], models smallint[], num_entries bigint)
RETURNS TABLE (place integer, model_id smallint, model text, layer_size integer, token_id integer, kind text,
               num_neurons integer, num_wanted bigint, entries bytea)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100
SET search_path = public, pg_temp
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
COMMENT ON FUNCTION posting_lists(text[], bytea[], smallint[], bigint) IS 'The packed lists of tokens, as the worker intersects them';

-- Neurons that have all of the tokens `wanted` and none of `without`, each KIND:TOKEN: activating, important, any or peak.
-- score is the mean of the tokens' importances; of those with one score the neurons come first that have few other tokens.
CREATE OR REPLACE FUNCTION search_neurons(wanted text[], without text[] DEFAULT '{}', models text[] DEFAULT NULL,
                                          num integer DEFAULT 20)
RETURNS TABLE (model text, layer integer, neuron integer, score double precision, num_matched integer, num_tokens integer,
               neuron_id bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
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
COMMENT ON FUNCTION search_neurons(text[], text[], text[], integer)
    IS 'Neurons by their tokens, e.g. search_neurons(''{"activating: he","any:she"}''), search_neurons(''{"any: he"}'', ''{"any: she"}'')';
