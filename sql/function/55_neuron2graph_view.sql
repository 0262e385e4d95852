-- Views of Neuron2Graph's data for people who type SQL.

CREATE OR REPLACE VIEW neuron_graphs AS
SELECT m.name AS model, neuron_layer(g.neuron_id) AS layer, neuron_index(g.neuron_id) AS neuron, g.num_nodes,
       g.num_activating, g.num_edges, f.firing_f1_score, f.firing_precision, f.firing_recall, f.accuracy, g.neuron_id
FROM neuron_graph g JOIN model m ON m.model_id = neuron_model_id(g.neuron_id) LEFT JOIN graph_fit f USING (neuron_id);
COMMENT ON VIEW neuron_graphs IS 'Graphs of neurons, and how well they foretell where the neuron fires';
COMMENT ON COLUMN neuron_graphs.model IS 'Model';
COMMENT ON COLUMN neuron_graphs.layer IS 'Layer, from 0';
COMMENT ON COLUMN neuron_graphs.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN neuron_graphs.num_nodes IS 'Number of nodes';
COMMENT ON COLUMN neuron_graphs.num_activating IS 'Those that activate the neuron';
COMMENT ON COLUMN neuron_graphs.num_edges IS 'Number of edges';
COMMENT ON COLUMN neuron_graphs.firing_f1_score IS 'Harmonic mean of precision and recall';
COMMENT ON COLUMN neuron_graphs.firing_precision IS 'Of the tokens foretold to fire, the share that does';
COMMENT ON COLUMN neuron_graphs.firing_recall IS 'Of the tokens that fire, the share that was foretold';
COMMENT ON COLUMN neuron_graphs.accuracy IS 'Share of all tokens that were foretold rightly';
COMMENT ON COLUMN neuron_graphs.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW graph_nodes AS
SELECT m.name AS model, neuron_layer(g.neuron_id) AS layer, neuron_index(g.neuron_id) AS neuron, n.place::integer - 1 AS node,
       n.token, n.importance, n.place <= g.num_activating AS is_activating,
       ARRAY(SELECT r.value::integer FROM json_array_elements_text(g.graph -> 'graph' -> (n.place::integer - 1) -> 'required')
             AS r(value)) AS required,
       g.neuron_id
FROM neuron_graph g JOIN model m ON m.model_id = neuron_model_id(g.neuron_id),
     unnest(g.node_tokens, g.node_importances) WITH ORDINALITY AS n(token, importance, place);
COMMENT ON VIEW graph_nodes IS 'Graphs of neurons node by node';
COMMENT ON COLUMN graph_nodes.model IS 'Model';
COMMENT ON COLUMN graph_nodes.layer IS 'Layer, from 0';
COMMENT ON COLUMN graph_nodes.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN graph_nodes.node IS 'Number of the node, from 0';
COMMENT ON COLUMN graph_nodes.token IS 'Its token; brackets at its ends are lost';
COMMENT ON COLUMN graph_nodes.importance IS 'Its importance, from 0 to 1';
COMMENT ON COLUMN graph_nodes.is_activating IS 'The neuron fires on it; otherwise it is context';
COMMENT ON COLUMN graph_nodes.required IS 'Nodes that must come before it';
COMMENT ON COLUMN graph_nodes.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW postings AS
SELECT m.name AS model, neuron_layer(p.neuron_id) AS layer, neuron_index(p.neuron_id) AS neuron, p.kind, t.token,
       p.importance, p.token_id, p.neuron_id
FROM posting p JOIN model m USING (model_id) JOIN token t USING (vocabulary_id, token_id);
COMMENT ON VIEW postings IS 'Tokens that matter to neurons';
COMMENT ON COLUMN postings.model IS 'Model';
COMMENT ON COLUMN postings.layer IS 'Layer, from 0';
COMMENT ON COLUMN postings.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN postings.kind IS 'activating: the neuron fires on the token; important: the token matters before one on which it fires';
COMMENT ON COLUMN postings.token IS 'The token';
COMMENT ON COLUMN postings.importance IS 'Importance of the token''s node in the neuron''s graph; NULL when there is no such node';
COMMENT ON COLUMN postings.token_id IS 'Key of the token';
COMMENT ON COLUMN postings.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW similar_neurons AS
SELECT m.name AS model, neuron_layer(s.neuron_id) AS layer, neuron_index(s.neuron_id) AS neuron,
       neuron_layer(s.similar_id) AS similar_layer, neuron_index(s.similar_id) AS similar_neuron, s.similarity, s.num_shared,
       s.neuron_id, s.similar_id
FROM similar_neuron s JOIN model m ON m.model_id = neuron_model_id(s.neuron_id);
COMMENT ON VIEW similar_neurons IS 'Pairs of neurons of one model that share tokens, each pair both ways';
COMMENT ON COLUMN similar_neurons.model IS 'Model';
COMMENT ON COLUMN similar_neurons.layer IS 'Layer, from 0';
COMMENT ON COLUMN similar_neurons.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN similar_neurons.similar_layer IS 'Layer of the other neuron';
COMMENT ON COLUMN similar_neurons.similar_neuron IS 'Its index in that layer';
COMMENT ON COLUMN similar_neurons.similarity IS 'Tokens in common / tokens of the neuron that has fewer';
COMMENT ON COLUMN similar_neurons.num_shared IS 'Tokens in common';
COMMENT ON COLUMN similar_neurons.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';
COMMENT ON COLUMN similar_neurons.similar_id IS 'Key of the other neuron';
