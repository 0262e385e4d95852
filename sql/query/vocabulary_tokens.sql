-- Tokens of vocabulary $1 from id $2 on, in order of their ids. Served by the primary key.
SELECT t.token_id, t.bytes
FROM token t
WHERE t.vocabulary_id = $1 AND t.token_id >= $2
ORDER BY t.token_id
