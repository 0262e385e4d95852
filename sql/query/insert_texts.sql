-- Stores texts of vocabulary $1 that are new: ids $2, numbers of tokens $3, packed tokens $4.
-- In order of their ids: two processes that store the same texts then wait for each other, but never both.
INSERT INTO text (text_id, vocabulary_id, num_tokens, tokens)
SELECT t.text_id, $1, t.num_tokens, t.tokens
FROM unnest($2::bigint[], $3::integer[], $4::bytea[]) AS t(text_id, num_tokens, tokens)
ORDER BY t.text_id
ON CONFLICT (text_id) DO NOTHING
