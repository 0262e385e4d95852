-- Takes rows of simulation in COPY's binary form.
COPY simulation (neuron_id, source_id, place, activation_scale, text_ids, scores, true_activations, simulated_activations)
FROM STDIN (FORMAT binary)
