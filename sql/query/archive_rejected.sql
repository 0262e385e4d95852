-- Rows of rejected in the archive's form: columns as copy_rejected takes them, neurons without the model's part.
COPY (SELECT (rejected.neuron_id & 281474976710655) AS neuron_id, source_id, kind, reason, url, num_tries FROM rejected
      WHERE rejected.neuron_id >= archive_first() AND rejected.neuron_id < archive_end() ORDER BY rejected.neuron_id, source_id) TO STDOUT (FORMAT binary)
