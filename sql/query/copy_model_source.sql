-- Takes rows of model_source in COPY's binary form.
COPY model_source (model_id, source_id) FROM STDIN (FORMAT binary)
