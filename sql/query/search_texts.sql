-- $4 neurons that have the words $1 in the way $2 round the maxima of their texts, of the models $3 (none: all), behind the row
-- that $6 to $8 name; when at most $5 neurons must be looked at. Served by snippet_word and the primary key of snippet.
SELECT s.model, s.layer, s.neuron, s.num_texts, s.text, s.snippet, s.marked, s.neuron_id
FROM search_texts($1, $2, $3::text[], $4, $5, $6, $7, $8) AS s
