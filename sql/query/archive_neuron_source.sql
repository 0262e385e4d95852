-- Rows of neuron_source in the archive's form: columns as copy_neuron_source takes them, neurons without the model's part.
COPY (SELECT (neuron_source.neuron_id & 281474976710655) AS neuron_id, source_id FROM neuron_source
      WHERE neuron_source.neuron_id >= archive_first() AND neuron_source.neuron_id < archive_end() ORDER BY neuron_source.neuron_id, source_id) TO STDOUT (FORMAT binary)
