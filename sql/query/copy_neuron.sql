-- Takes rows of neuron in COPY's binary form.
COPY neuron (neuron_id, num_examples, max_activation, min_activation, activations) FROM STDIN (FORMAT binary)
