-- Takes rows of connection in COPY's binary form.
COPY connection (neuron_id, direction, num_positive, neurons, weights) FROM STDIN (FORMAT binary)
