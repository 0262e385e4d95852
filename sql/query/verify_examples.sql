-- All that is packed of the next $3 neurons of model $1 behind neuron $2, by neuron and rank (NULL: it has no text); the first row of each neuron
-- also has its activations. Served by the primary keys of neuron, example and text.
SELECT n.neuron_id, e.rank, e.text_id, e.max_position, e.max_token_id, e.max_activation, e.min_activation, e.activations_at,
       t.num_tokens, t.tokens, t.vocabulary_id, CASE WHEN e.rank = 0 THEN n.activations END AS activations
FROM (SELECT x.neuron_id, x.activations FROM neuron x
      WHERE x.neuron_id > $2 AND x.neuron_id >= neuron_id($1::smallint, 0, 0)
        AND x.neuron_id < neuron_id(($1::smallint + 1)::smallint, 0, 0)
      ORDER BY x.neuron_id LIMIT $3) AS n
LEFT JOIN example e USING (neuron_id) LEFT JOIN text t USING (text_id)
ORDER BY n.neuron_id, e.rank
