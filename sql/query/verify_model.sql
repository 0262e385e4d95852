-- The model named $1 (or an alias), also one whose row in revision is lost: one row or none.
SELECT m.model_id, m.name, m.vocabulary_id FROM model m WHERE m.model_id = model_id($1)
