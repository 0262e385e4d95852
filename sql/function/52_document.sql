-- Documents for people who type SQL.

CREATE OR REPLACE VIEW documents AS
SELECT m.name AS model, s.name AS service, nullif(neuron_layer(d.neuron_id), 65535) AS layer,
       nullif(neuron_index(d.neuron_id), 2147483647) AS neuron, d.document::json AS document, d.neuron_id
FROM document d JOIN source s USING (source_id) JOIN model m ON m.model_id = neuron_model_id(d.neuron_id);
COMMENT ON VIEW documents IS 'JSON documents of services that users named';
COMMENT ON COLUMN documents.model IS 'Model';
COMMENT ON COLUMN documents.service IS 'Name of the service';
COMMENT ON COLUMN documents.layer IS 'Layer, from 0; NULL: the document is about the model';
COMMENT ON COLUMN documents.neuron IS 'Index in the layer, from 0; NULL: the document is about the layer or the model';
COMMENT ON COLUMN documents.document IS 'The document';
COMMENT ON COLUMN documents.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';
