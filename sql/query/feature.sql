-- Statistics of neuron $3 in layer $2 of the model named $1, which is a feature: one row or none. Served by the primary key.
SELECT f.alignment_l1, f.alignment_neurons, f.alignment_values, f.correlated_l1, f.correlated_neurons, f.correlated_pearson,
       f.density_heights, f.density_values, f.frac_nonzero, f.logit_tokens, f.logits, f.logits_heights, f.logits_values,
       f.max_activation, f.num_positive, f.similar_features, f.similarities
FROM feature f
WHERE f.neuron_id = neuron_id(model_id($1), $2, $3)
