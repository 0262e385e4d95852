-- Takes rows of example in COPY's binary form.
COPY example (neuron_id, text_id, data_index, max_range, min_range, max_activation, min_activation, dataset_id,
              max_position, max_token_id, activations_at, rank) FROM STDIN (FORMAT binary)
