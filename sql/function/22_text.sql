-- Texts, read in SQL.

CREATE OR REPLACE FUNCTION text_tokens(text_id bigint) RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (SELECT array_agg(t.token ORDER BY u.place)
        FROM text x CROSS JOIN LATERAL unnest(unpack_tokens(x.tokens)) WITH ORDINALITY AS u(id, place)
        JOIN token t ON t.vocabulary_id = x.vocabulary_id AND t.token_id = u.id
        WHERE x.text_id = $1);
COMMENT ON FUNCTION text_tokens(bigint) IS 'The tokens of a text';
