-- Takes rows of logit_effect in COPY's binary form.
COPY logit_effect (neuron_id, place, effect, token) FROM STDIN (FORMAT binary)
