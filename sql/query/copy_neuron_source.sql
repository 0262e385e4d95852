-- Takes rows of neuron_source in COPY's binary form.
COPY neuron_source (neuron_id, source_id) FROM STDIN (FORMAT binary)
