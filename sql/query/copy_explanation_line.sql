-- Takes rows of the temporary table explanation_line in COPY's binary form.
COPY explanation_line (neuron_id, line, author, type, explanation_model, explanation) FROM STDIN (FORMAT binary)
