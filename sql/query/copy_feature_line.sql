-- Takes rows of the temporary table feature_line in COPY's binary form.
COPY feature_line (neuron_id, max_activation, frac_nonzero, density_heights, density_values, logits_heights, logits_values,
                   num_positive, logit_tokens, logits, similar_features, similarities, correlated_neurons, correlated_l1,
                   correlated_pearson, alignment_neurons, alignment_l1, alignment_values) FROM STDIN (FORMAT binary)
