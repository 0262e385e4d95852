-- Rows of example in the archive's form: columns as copy_example takes them, neurons without the model's part.
COPY (SELECT (example.neuron_id & 281474976710655) AS neuron_id, text_id, data_index, max_range, min_range, max_activation, min_activation, dataset_id, max_position, max_token_id, activations_at, rank FROM example
      WHERE example.neuron_id >= archive_first() AND example.neuron_id < archive_end() ORDER BY example.neuron_id, rank) TO STDOUT (FORMAT binary)
