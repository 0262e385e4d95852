-- Takes rows of record in COPY's binary form.
COPY record (neuron_id, num_top, num_random, quantile_sizes, text_ids, activations) FROM STDIN (FORMAT binary)
