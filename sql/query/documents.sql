-- All services that users named and that have anything of the model named $1, in order of their names, each with its
-- document about neuron $3 of layer $2 (as in document.sql), or NULL. Served by the primary key.
SELECT s.name, d.document
FROM model_source ms JOIN source s USING (source_id)
LEFT JOIN document d ON d.source_id = s.source_id AND d.neuron_id = document_key(model_id($1), $2, $3)
WHERE ms.model_id = model_id($1) AND s.source_id >= 100
ORDER BY s.name COLLATE "C"
