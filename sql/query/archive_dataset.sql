-- Datasets that the archive's texts name: old key and name.
COPY (SELECT dataset_id, name FROM dataset
      WHERE dataset_id IN (SELECT e.dataset_id FROM example e WHERE e.neuron_id >= archive_first() AND e.neuron_id < archive_end())
      ORDER BY dataset_id) TO STDOUT (FORMAT binary)
