-- Explanations of neuron $3 in layer $2 of the model named $1, of all sources, best first. Served by the primary key.
SELECT e.source_id, e.place, s.name AS source, e.author, e.explanation, e.score, e.rsquared_score,
       e.absolute_dev_explained_score, e.type, e.explanation_model
FROM explanation e JOIN source s USING (source_id)
WHERE e.neuron_id = neuron_id(model_id($1), $2, $3)
ORDER BY e.score DESC NULLS LAST, e.source_id, e.place
