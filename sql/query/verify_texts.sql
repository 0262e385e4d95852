-- The next $3 texts of the vocabulary of model $1 behind text $2, by key. Served by the primary key.
SELECT t.text_id, t.num_tokens, t.tokens
FROM text t
WHERE t.text_id > $2 AND t.vocabulary_id = (SELECT m.vocabulary_id FROM model m WHERE m.model_id = $1::smallint)
ORDER BY t.text_id LIMIT $3
