-- JSON documents that users bring along, each folder of them a service of its own name.
--
-- Such a service is a row of `source` with an id from 100 on. A layer's document is stored under the neuron 2147483647,
-- the model's under that neuron of layer 65535: no model has these, so the queue and all notes work as for neurons.

CREATE TABLE document (
    neuron_id bigint NOT NULL,
    source_id smallint NOT NULL REFERENCES source CHECK (source_id >= 100),
    document text NOT NULL,
    PRIMARY KEY (neuron_id, source_id)
);
COMMENT ON TABLE document IS 'JSON documents of services that users named, each as the text it was';
COMMENT ON COLUMN document.neuron_id IS 'document_key(model, layer, neuron): what the document is about';
COMMENT ON COLUMN document.source_id IS 'The service';
COMMENT ON COLUMN document.document IS 'The document: valid JSON, but text because jsonb would change numbers and refuse \u0000';
