-- Takes rows of snippet in COPY's binary form.
COPY snippet (neuron_id, snippets) FROM STDIN (FORMAT binary)
