-- The explanation of neuron $3 in layer $2 of the model named $1 that scores best by OpenAI's explainer, or the first
-- where none has a score. Served by the primary key.
SELECT e.explanation, e.score
FROM explanation e
WHERE e.neuron_id = neuron_id(model_id($1), $2, $3) AND e.source_id = 2
ORDER BY e.score DESC NULLS LAST, e.place
LIMIT 1
