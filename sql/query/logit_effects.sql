-- Direct logit effects of neuron $3 in layer $2 of the model named $1, in the page's order. Served by the primary key.
SELECT l.effect, l.token
FROM logit_effect l
WHERE l.neuron_id = neuron_id(model_id($1), $2, $3)
ORDER BY l.place
