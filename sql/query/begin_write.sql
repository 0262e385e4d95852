-- The reader's connections are read-only by default; this transaction asks for a neuron.
BEGIN READ WRITE
