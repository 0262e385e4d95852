-- Neurons of the model named $1 that have all of the tokens $3; $2 says for each in which way: activating, important, or any.
-- In order of layer and index. Served by the unique key of token and by posting_search.
SELECT neuron_layer(found.neuron_id), neuron_index(found.neuron_id)
FROM (SELECT p.neuron_id
      FROM unnest($2::text[], $3::bytea[]) WITH ORDINALITY AS q(kind, token, place)
      JOIN model m ON m.model_id = model_id($1)
      JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.bytes = q.token
      JOIN posting p ON p.model_id = m.model_id AND p.token_id = t.token_id AND (q.kind = 'any' OR p.kind::text = q.kind)
      GROUP BY p.neuron_id
      HAVING count(DISTINCT q.place) = cardinality($2::text[])) AS found
ORDER BY found.neuron_id
