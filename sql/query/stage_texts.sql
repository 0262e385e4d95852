-- Puts texts into the temporary table text_line: ids $2, numbers of tokens $3, packed tokens $4. $1 is the vocabulary, as for
-- insert_texts; feature_fill() knows it.
INSERT INTO text_line (text_id, num_tokens, tokens)
SELECT t.text_id, t.num_tokens, t.tokens
FROM unnest($2::bigint[], $3::integer[], $4::bytea[]) AS t(text_id, num_tokens, tokens)
WHERE $1::integer IS NOT NULL
