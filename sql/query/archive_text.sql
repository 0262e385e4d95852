-- The texts of the model's neurons, by key.
COPY (SELECT t.text_id, t.num_tokens, t.tokens FROM text t
      WHERE t.text_id IN (SELECT e.text_id FROM example e WHERE e.neuron_id >= archive_first() AND e.neuron_id < archive_end())
      ORDER BY t.text_id) TO STDOUT (FORMAT binary)
