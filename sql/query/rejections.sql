-- Why neurons of the model named $1 were refused: reasons with their number and one example, most frequent first.
SELECT r.source, r.kind, r.reason, count(*) AS num_neurons, min(r.layer) AS layer, min(r.neuron) AS neuron
FROM rejections r
WHERE r.model = (SELECT m.name FROM model m WHERE m.model_id = model_id($1))
GROUP BY r.source, r.kind, r.reason
ORDER BY count(*) DESC, r.source, r.reason
LIMIT 50
