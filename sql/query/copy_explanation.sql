-- Takes rows of explanation in COPY's binary form.
COPY explanation (neuron_id, source_id, place, author, explanation, score, rsquared_score, absolute_dev_explained_score)
FROM STDIN (FORMAT binary)
