-- Takes rows of document in COPY's binary form.
COPY document (neuron_id, source_id, document) FROM STDIN (FORMAT binary)
