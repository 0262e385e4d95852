-- Search over tokens. Dynamic SQL: which index is right hangs on the words themselves, so each call is planned anew.

-- The condition of a kind of match on search_token AS t, of prefix on search_token_count AS c; in it $1 is what is searched, $2
-- the same in lower case, $3 its bytes. `shown` is what c.bytes looks like as text.
CREATE OR REPLACE FUNCTION search_token_condition(match text, has_case boolean, q text, shown text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE match
    WHEN 'exact' THEN CASE WHEN has_case THEN 't.token = $1' ELSE 't.folded = $2' END
    WHEN 'prefix' THEN
        CASE WHEN q LIKE ' %' THEN $$c.bare ^@ substr($2, 2) AND substr(c.bytes, 1, 1) = ' '$$ ELSE 'c.bare ^@ $2' END
        || CASE WHEN has_case THEN
            format(CASE WHEN q LIKE ' %' THEN ' AND substr(%1$s, 1, length($3)) = $3'
                        ELSE $$ AND (substr(%1$s, 1, length($3)) = $3 OR substr(%1$s, 1, length($3) + 1) = ' ' || $3)$$ END, shown)
            ELSE '' END
    WHEN 'substring' THEN
        CASE WHEN q = '' THEN 'true'
             WHEN length(search_fold(q)) <= 3 THEN 't.grams @> ARRAY[$2]'
             ELSE 't.grams @> ARRAY(SELECT substr($2, place, 3) FROM generate_series(1, length($2) - 2) AS place)' END
        || ' AND position(' || CASE WHEN has_case THEN '$1 IN t.token' ELSE '$2 IN t.folded' END || ') > 0'
    WHEN 'fuzzy' THEN '(t.folded OPERATOR(trigram.%) $2 OR t.folded = $2)'
END;
COMMENT ON FUNCTION search_token_condition(text, boolean, text, text) IS 'How search_tokens looks for one kind of match';

-- Tokens of the given models (NULL: of all) that match, those equal to `q` first, then (fuzzy only) by likeness, then by the
-- number of neurons. Matches: exact; prefix, where a blank at a token's start counts only when q begins with one;
-- substring; fuzzy (trigrams). A row begins behind the one that the last four arguments name, NULL: at the first.
--
-- Only what orders them is read of all that match; the rest of a row once the page is known.
CREATE OR REPLACE FUNCTION search_tokens(q text, match text DEFAULT 'prefix', has_case boolean DEFAULT false,
                                         models text[] DEFAULT NULL, num integer DEFAULT 20,
                                         after_exact boolean DEFAULT NULL, after_likeness real DEFAULT NULL,
                                         after_neurons bigint DEFAULT NULL, after_bytes bytea DEFAULT NULL)
RETURNS TABLE (token text, num_activating bigint, num_important bigint, num_models bigint, is_exact boolean, likeness real,
               bytes bytea)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20
SET search_path = public, pg_temp
SET seq_page_cost = 0.1 -- these tables are small enough to stay in memory
SET random_page_cost = 0.1
AS $$
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
$$;
COMMENT ON FUNCTION search_tokens(text, text, boolean, text[], integer, boolean, real, bigint, bytea)
    IS 'Tokens that match, and in how many neurons they are, e.g. search_tokens(''the''), search_tokens(''!!'', ''substring'')';
