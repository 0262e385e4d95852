-- Tokens that neuron $3 in layer $2 of the model named $1 shares with each of the first $4 of similar_neurons.sql, in that
-- order; of one neuron the most important to $3 first. Served by the primary keys of similar_neuron, posting and token.
SELECT s.similar_id, p.kind::text, t.bytes
FROM (SELECT n.neuron_id, n.similar_id, n.similarity FROM similar_neuron n
      WHERE n.neuron_id = neuron_id(model_id($1), $2, $3)
      ORDER BY n.similarity DESC, n.similar_id
      LIMIT $4) AS s
JOIN posting p ON p.neuron_id = s.neuron_id
JOIN posting q ON q.neuron_id = s.similar_id AND q.kind = p.kind AND q.token_id = p.token_id
JOIN model m ON m.model_id = p.model_id
JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.token_id = p.token_id
ORDER BY s.similarity DESC, s.similar_id, p.kind, p.importance DESC NULLS LAST, p.token_id
