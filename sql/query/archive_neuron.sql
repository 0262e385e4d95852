-- Rows of neuron in the archive's form: columns as copy_neuron takes them, neurons without the model's part.
COPY (SELECT (neuron.neuron_id & 281474976710655) AS neuron_id, num_examples, max_activation, min_activation, activations FROM neuron
      WHERE neuron.neuron_id >= archive_first() AND neuron.neuron_id < archive_end() ORDER BY neuron.neuron_id) TO STDOUT (FORMAT binary)
