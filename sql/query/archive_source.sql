-- Sources: old key and name. Those that are built in have the same key everywhere.
COPY (SELECT source_id, name FROM source
      WHERE source_id < 100 OR source_id IN (SELECT ms.source_id FROM model_source ms WHERE ms.model_id = archive_model_id())
         OR source_id IN (SELECT r.source_id FROM rejected r WHERE r.neuron_id >= archive_first() AND r.neuron_id < archive_end())
      ORDER BY source_id) TO STDOUT (FORMAT binary)
