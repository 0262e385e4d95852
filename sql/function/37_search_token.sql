-- Search over tokens. Dynamic SQL: which index is right hangs on the words themselves, so each call is planned anew.

-- The condition of a kind of match; in it $1 is what is searched, $2 the same in lower case.
CREATE OR REPLACE FUNCTION search_token_condition(match text, has_case boolean, q text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE match
    WHEN 'exact' THEN CASE WHEN has_case THEN 't.token = $1' ELSE 't.folded = $2' END
    WHEN 'prefix' THEN
        CASE WHEN q LIKE ' %' THEN 't.folded ^@ $2' ELSE 't.bare ^@ $2' END
        || CASE WHEN NOT has_case THEN '' WHEN q LIKE ' %' THEN ' AND t.token ^@ $1'
                ELSE ' AND (t.token ^@ $1 OR t.token ^@ ('' '' || $1))' END
    WHEN 'substring' THEN
        CASE WHEN q = '' THEN 'true'
             WHEN length(search_fold(q)) <= 3 THEN 't.grams @> ARRAY[$2]'
             ELSE 't.grams @> ARRAY(SELECT substr($2, place, 3) FROM generate_series(1, length($2) - 2) AS place)' END
        || ' AND position(' || CASE WHEN has_case THEN '$1 IN t.token' ELSE '$2 IN t.folded' END || ') > 0'
    WHEN 'fuzzy' THEN '(t.folded OPERATOR(trigram.%) $2 OR t.folded = $2)'
END;
COMMENT ON FUNCTION search_token_condition(text, boolean, text) IS 'How search_tokens looks for one kind of match';

-- Tokens of the given models (NULL: of all) that match, those equal to `q` first, then (fuzzy only) by likeness, then by the
-- number of neurons. Matches: exact; prefix, where a blank at a token's start counts only when q begins with one;
-- substring; fuzzy (trigrams). A row begins behind the one that the last four arguments name, NULL: at the first.
CREATE OR REPLACE FUNCTION search_tokens(q text, match text DEFAULT 'prefix', has_case boolean DEFAULT false,
                                         models text[] DEFAULT NULL, num integer DEFAULT 20,
                                         after_exact boolean DEFAULT NULL, after_likeness real DEFAULT NULL,
                                         after_neurons bigint DEFAULT NULL, after_bytes bytea DEFAULT NULL)
RETURNS TABLE (token text, num_activating bigint, num_important bigint, num_models bigint, is_exact boolean, likeness real,
               bytes bytea)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20
SET search_path = public, pg_temp
SET random_page_cost = 1.1 -- these tables are small enough to stay in memory
AS $$
DECLARE
    q text COLLATE "C" := $1;
    folded text COLLATE "C" := search_fold($1);
    condition text := search_token_condition($2, $3, $1);
    likeness text := CASE $2 WHEN 'fuzzy' THEN 'trigram.similarity(t.folded, $2)' ELSE '0::real' END;
    ids smallint[] := (SELECT array_agg(model_id(m)) FROM unnest($4) AS m);
    counted text;
    are_few boolean := false;
BEGIN
    IF condition IS NULL THEN
        RAISE EXCEPTION 'match is %, but must be exact, prefix, substring or fuzzy', $2 USING ERRCODE = '22023';
    END IF;
    IF ids IS NOT NULL OR $2 = 'fuzzy' THEN
        counted := CASE WHEN ids IS NULL THEN
            'SELECT t.token, c.num_activating::bigint AS a, c.num_important::bigint AS i, c.num_models::bigint AS m, t.folded, t.bytes
             FROM search_token t JOIN search_token_count c USING (token_key) WHERE ' || condition
        ELSE
            'SELECT t.token, sum(b.num_activating) AS a, sum(b.num_important) AS i, count(*) AS m, t.folded, t.bytes
             FROM search_token t JOIN search_token_model b USING (token_key)
             WHERE b.model_id = ANY ($4) AND ' || condition || ' GROUP BY t.token_key'
        END;
        RETURN QUERY EXECUTE format(
            'SELECT s.token::text, s.a, s.i, s.m, s.is_exact, s.likeness, s.bytes
             FROM (SELECT t.*, t.token = $1 AS is_exact, %s AS likeness FROM (%s) AS t) AS s
             WHERE $5 IS NULL OR (NOT s.is_exact, -s.likeness, -(s.a + s.i), s.bytes) > (NOT $5, -$6, -$7, $8)
             ORDER BY s.is_exact DESC, s.likeness DESC, s.a + s.i DESC, s.bytes LIMIT $3', likeness, counted)
        USING q, folded, num, ids, after_exact, after_likeness, after_neurons, after_bytes;
        RETURN;
    END IF;
    -- How many tokens begin so is counted, as far as it matters, and not left to statistics: few are read and sorted, many are
    -- come upon soon enough in the order of the answer. Either way some thousand rows are read at most.
    IF match = 'prefix' AND q <> '' THEN
        EXECUTE format('SELECT count(*) <= 1000 FROM (SELECT FROM search_token t WHERE %s LIMIT 1001) AS begin_so', condition)
        INTO are_few USING q, folded;
    END IF;
    -- Those equal to q apart: the rest can then come out of an index in order.
    RETURN QUERY EXECUTE format(
        'SELECT s.token::text, s.num_activating::bigint, s.num_important::bigint, s.num_models::bigint, s.is_exact, 0::real, s.bytes
         FROM (SELECT t.token, c.*, true AS is_exact FROM search_token t JOIN search_token_count c USING (token_key)
               WHERE t.token = $1 AND %s AND ($4 IS NULL OR $4 AND (-c.num_neurons, c.bytes) > (-$5, $6))
               UNION ALL
               (SELECT t.token, c.*, false
                FROM (SELECT t.token, t.token_key FROM search_token t WHERE t.token <> $1 AND %1$s %3$s) AS t
                JOIN search_token_count c USING (token_key)
                WHERE true %2$s
                ORDER BY c.num_neurons DESC, c.bytes LIMIT $3)) AS s
         ORDER BY s.is_exact DESC, s.num_neurons DESC, s.bytes LIMIT $3', condition,
        CASE WHEN NOT after_exact THEN
            'AND c.num_neurons <= $5 AND (c.num_neurons < $5 OR c.bytes > $6)' ELSE '' END,
        CASE WHEN are_few THEN 'OFFSET 0' ELSE '' END)
    USING q, folded, num, after_exact, after_neurons, after_bytes;
END
$$;
COMMENT ON FUNCTION search_tokens(text, text, boolean, text[], integer, boolean, real, bigint, bytea)
    IS 'Tokens that match, and in how many neurons they are, e.g. search_tokens(''the''), search_tokens(''!!'', ''substring'')';
