-- Snippets of neurons that were stored before there were snippets. Ingest makes them itself (ingest/snippet.c).

-- Whether a word goes on from one token to the next.
CREATE OR REPLACE FUNCTION snippet_goes_on(before bytea, behind bytea) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN length(before) > 0 AND length(behind) > 0 -- 0 to 9, A to Z, a to z, and all that is not ASCII
            THEN get_byte(before, length(before) - 1) <@ '{[48,58), [65,91), [97,123), [128,256)}'::int4multirange
                 AND get_byte(behind, 0) <@ '{[48,58), [65,91), [97,123), [128,256)}'::int4multirange ELSE false END;
COMMENT ON FUNCTION snippet_goes_on(bytea, bytea) IS 'Whether the first token ends within a word and the second goes on with it';

-- The tokens from ten before `place` to two behind it, and up to four more at either end where a word is cut there. Only these
-- are unpacked: a text's tokens end where a byte is below 128.
CREATE OR REPLACE FUNCTION snippet(text_id bigint, place integer) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = public, pg_temp
AS $$
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
$$;
COMMENT ON FUNCTION snippet(bigint, integer) IS 'What stands round a token of a text, e.g. snippet(text_id, max_position) of example';

-- Locks the neurons: a job that stores one anew waits, then replaces the row that is made here; one that has begun is left
-- to make its own.
CREATE OR REPLACE FUNCTION snippet_fill(model_id smallint) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
SET enable_hashjoin = off
AS $$
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
$$;
COMMENT ON FUNCTION snippet_fill(smallint) IS 'Makes the snippets of a model''s neurons that have none; gives their number';
