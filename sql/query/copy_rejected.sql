-- Takes rows of rejected in COPY's binary form.
COPY rejected (neuron_id, source_id, kind, reason, url, num_tries) FROM STDIN (FORMAT binary)
