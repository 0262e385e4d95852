-- Which neurons of model $1 have the texts $2, and by which source; in order of these.
SELECT DISTINCT u.text_id, u.source, u.neuron_id FROM verify_text_users($1) AS u
WHERE u.text_id = ANY ($2::bigint[]) ORDER BY u.text_id, u.source, u.neuron_id
