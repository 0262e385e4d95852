-- The document of service $2 about neuron $4 of layer $3 of the model named $1; about the layer when $4 is NULL, about the
-- model when $3 is, too. One row or none. Served by the primary key.
SELECT d.document
FROM document d JOIN source s USING (source_id)
WHERE s.name = $2 AND d.neuron_id = document_key(model_id($1), $3, $4)
