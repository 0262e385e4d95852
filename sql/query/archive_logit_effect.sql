-- Rows of logit_effect in the archive's form: columns as copy_logit_effect takes them, neurons without the model's part.
COPY (SELECT (logit_effect.neuron_id & 281474976710655) AS neuron_id, place, effect, token FROM logit_effect
      WHERE logit_effect.neuron_id >= archive_first() AND logit_effect.neuron_id < archive_end() ORDER BY logit_effect.neuron_id, place) TO STDOUT (FORMAT binary)
