-- Sources that refused neurons of model $1, each with the site it was read from last.
SELECT r.source_id, (array_agg(r.url ORDER BY r.rejected_at DESC))[1] AS url, count(*) AS num_neurons, s.name
FROM rejected r JOIN source s USING (source_id)
WHERE r.neuron_id >= neuron_id($1::smallint, 0, 0) AND r.neuron_id < neuron_id(($1::smallint + 1)::smallint, 0, 0)
GROUP BY r.source_id, s.name
ORDER BY r.source_id
