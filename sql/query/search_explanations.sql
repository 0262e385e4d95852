-- $6 explanations that have the words $1 in the way $2, of the models $3 (none: all), with scores from $4 to $5, behind the row
-- that $8 to $12 name; when at most $7 must be looked at. Served by explanation_english, explanation_simple, and the indexes
-- of explanation_word.
SELECT s.model, s.layer, s.neuron, s.score, s.rank, s.source, s.marked, s.neuron_id, s.source_id, s.place
FROM search_explanations($1, $2, $3::text[], $4, $5, $6, $7, $8, $9, $10, $11, $12) AS s
