-- Rows of document in the archive's form: columns as copy_document takes them, neurons without the model's part.
COPY (SELECT (document.neuron_id & 281474976710655) AS neuron_id, source_id, document FROM document
      WHERE document.neuron_id >= archive_first() AND document.neuron_id < archive_end() ORDER BY document.neuron_id, source_id) TO STDOUT (FORMAT binary)
