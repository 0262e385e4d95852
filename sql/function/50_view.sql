-- Views for people who type SQL: model, layer and neuron instead of keys, and nothing packed.

CREATE OR REPLACE VIEW models AS
SELECT m.name AS model, m.activation_function, d.name AS dataset, m.num_layers, m.layer_size, m.num_total_neurons,
       m.num_total_parameters, r.revision, r.changed_at
FROM model m JOIN dataset d USING (dataset_id) JOIN revision r USING (model_id);
COMMENT ON VIEW models IS 'Language models';
COMMENT ON COLUMN models.model IS 'Name in URLs and commands';
COMMENT ON COLUMN models.activation_function IS 'Of the MLP layers';
COMMENT ON COLUMN models.dataset IS 'Data that the activations were measured on';
COMMENT ON COLUMN models.num_layers IS 'Number of MLP layers';
COMMENT ON COLUMN models.layer_size IS 'Neurons in each layer';
COMMENT ON COLUMN models.num_total_neurons IS 'num_layers * layer_size';
COMMENT ON COLUMN models.num_total_parameters IS 'As the source says (without embeddings)';
COMMENT ON COLUMN models.revision IS 'Counts the writes to the model';
COMMENT ON COLUMN models.changed_at IS 'Time of the last of them';

CREATE OR REPLACE VIEW neurons AS
SELECT m.name AS model, neuron_layer(n.neuron_id) AS layer, neuron_index(n.neuron_id) AS neuron, n.num_examples,
       n.max_activation, n.min_activation, n.importance, n.neuron_id
FROM neuron n JOIN model m ON m.model_id = neuron_model_id(n.neuron_id);
COMMENT ON VIEW neurons IS 'Neurons that texts are stored for';
COMMENT ON COLUMN neurons.model IS 'Model';
COMMENT ON COLUMN neurons.layer IS 'Layer, from 0';
COMMENT ON COLUMN neurons.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN neurons.num_examples IS 'Number of its maximum activating texts';
COMMENT ON COLUMN neurons.max_activation IS 'Highest activation in the first of them';
COMMENT ON COLUMN neurons.min_activation IS 'Lowest activation in the first of them';
COMMENT ON COLUMN neurons.importance IS 'max_activation - min_activation: what important_neurons of the API sorts by';
COMMENT ON COLUMN neurons.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW examples AS
SELECT m.name AS model, neuron_layer(e.neuron_id) AS layer, neuron_index(e.neuron_id) AS neuron, e.rank,
       t.token AS max_token, e.max_activation, e.min_activation, e.max_position, d.name AS dataset, e.data_index,
       e.text_id, e.neuron_id
FROM example e
JOIN model m ON m.model_id = neuron_model_id(e.neuron_id)
JOIN dataset d ON d.dataset_id = e.dataset_id
JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.token_id = e.max_token_id;
COMMENT ON VIEW examples IS 'Maximum activating texts of neurons, without their tokens: see activations';
COMMENT ON COLUMN examples.model IS 'Model';
COMMENT ON COLUMN examples.layer IS 'Layer, from 0';
COMMENT ON COLUMN examples.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN examples.rank IS 'Place among the neuron''s texts, from 0';
COMMENT ON COLUMN examples.max_token IS 'Token with the highest activation';
COMMENT ON COLUMN examples.max_activation IS 'Its activation';
COMMENT ON COLUMN examples.min_activation IS 'Lowest activation in the text';
COMMENT ON COLUMN examples.max_position IS 'Index of that token in the text, from 0';
COMMENT ON COLUMN examples.dataset IS 'Dataset of the text';
COMMENT ON COLUMN examples.data_index IS 'Number of the text in its dataset';
COMMENT ON COLUMN examples.text_id IS 'Key of the text';
COMMENT ON COLUMN examples.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW activations AS
SELECT neuron_model_id(e.neuron_id) AS model_id, neuron_layer(e.neuron_id) AS layer, neuron_index(e.neuron_id) AS neuron,
       e.rank, unpack_activations(n.activations, e.activations_at) AS activations,
       ARRAY(SELECT t.token FROM unnest(unpack_tokens(x.tokens)) WITH ORDINALITY AS u(id, place)
             JOIN token t ON t.vocabulary_id = x.vocabulary_id AND t.token_id = u.id ORDER BY u.place) AS tokens,
       e.neuron_id
FROM example e JOIN neuron n USING (neuron_id) JOIN text x USING (text_id);
COMMENT ON VIEW activations IS 'The texts of neurons token by token; ask for few neurons at a time, unpacking takes milliseconds a text';
COMMENT ON COLUMN activations.model_id IS 'Key of the model';
COMMENT ON COLUMN activations.layer IS 'Layer, from 0';
COMMENT ON COLUMN activations.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN activations.rank IS 'Place among the neuron''s texts, from 0';
COMMENT ON COLUMN activations.activations IS 'The neuron''s activation on each token';
COMMENT ON COLUMN activations.tokens IS 'The tokens';
COMMENT ON COLUMN activations.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW coverage AS
SELECT m.name AS model, s.name AS source, m.num_total_neurons,
       (SELECT count(*) FROM neuron_source n WHERE n.source_id = s.source_id
        AND n.neuron_id >= neuron_id(m.model_id, 0, 0)
        AND n.neuron_id < neuron_id((m.model_id + 1)::smallint, 0, 0)) AS num_stored,
       (SELECT count(*) FROM rejected r WHERE r.source_id = s.source_id
        AND r.neuron_id >= neuron_id(m.model_id, 0, 0)
        AND r.neuron_id < neuron_id((m.model_id + 1)::smallint, 0, 0)) AS num_rejected,
       (SELECT coalesce(sum(cardinality(j.neurons)), 0) FROM job j
        WHERE j.model_id = m.model_id AND j.source_id = s.source_id AND j.done_at IS NULL) AS num_waiting
FROM model m JOIN source s
ON s.source_id < 100 -- of services that users named only those that the model has
   OR EXISTS (SELECT FROM model_source o WHERE o.model_id = m.model_id AND o.source_id = s.source_id)
   OR EXISTS (SELECT FROM job j WHERE j.model_id = m.model_id AND j.source_id = s.source_id);
COMMENT ON VIEW coverage IS 'How much of each model each source has given';
COMMENT ON COLUMN coverage.model IS 'Model';
COMMENT ON COLUMN coverage.source IS 'Source';
COMMENT ON COLUMN coverage.num_total_neurons IS 'Neurons of the model';
COMMENT ON COLUMN coverage.num_stored IS 'Those stored from this source';
COMMENT ON COLUMN coverage.num_rejected IS 'Those that the source did not give; see rejections';
COMMENT ON COLUMN coverage.num_waiting IS 'Those in the queue';

CREATE OR REPLACE VIEW rejections AS
SELECT m.name AS model, s.name AS source, neuron_layer(r.neuron_id) AS layer, neuron_index(r.neuron_id) AS neuron,
       r.kind, r.reason, r.num_tries, r.rejected_at, r.url
FROM rejected r JOIN source s USING (source_id) JOIN model m ON m.model_id = neuron_model_id(r.neuron_id);
COMMENT ON VIEW rejections IS 'Neurons that a source did not give, and why';
COMMENT ON COLUMN rejections.model IS 'Model';
COMMENT ON COLUMN rejections.source IS 'Source';
COMMENT ON COLUMN rejections.layer IS 'Layer, from 0';
COMMENT ON COLUMN rejections.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN rejections.kind IS 'missing, unreachable or unreadable';
COMMENT ON COLUMN rejections.reason IS 'What was wrong';
COMMENT ON COLUMN rejections.num_tries IS 'How often it was asked for';
COMMENT ON COLUMN rejections.rejected_at IS 'When it was given up';
COMMENT ON COLUMN rejections.url IS 'Base address of the site';
