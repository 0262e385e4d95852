-- Takes rows of token_weight in COPY's binary form.
COPY token_weight (neuron_id, kind, num_positive, tokens, weights) FROM STDIN (FORMAT binary)
