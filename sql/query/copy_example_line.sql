-- Takes rows of the temporary table example_line in COPY's binary form.
COPY example_line (neuron_id, line, text_id, bin_min, bin_max, bin_contains, max_activation, max_activating_token_index,
                   activations) FROM STDIN (FORMAT binary)
