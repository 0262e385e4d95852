-- Takes rows of store_entry in COPY's binary form.
COPY store_entry (neuron_id, token_id, kind) FROM STDIN (FORMAT binary)
