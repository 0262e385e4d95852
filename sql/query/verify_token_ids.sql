-- Ids of vocabulary $1. Served by the primary key.
SELECT t.token_id FROM token t WHERE t.vocabulary_id = $1 ORDER BY t.token_id
