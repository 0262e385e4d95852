-- The $2 best explanations that have the words $1, the last of which may go on; none where there are too many.
-- Columns as in search_explanations.sql.
SELECT s.model, s.layer, s.neuron, s.score, s.rank, s.source, s.marked, s.neuron_id, s.source_id, s.place
FROM search_box_explanations($1, $2) AS s
