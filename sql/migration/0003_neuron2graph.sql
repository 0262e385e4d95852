-- Neuron2Graph: each neuron's graph and how well it fits, the tokens that matter to neurons, and neurons alike by them.

INSERT INTO source VALUES (6, 'n2g'), (7, 'neuron-store'), (10, 'n2g-stats');

CREATE TABLE neuron_graph (
    neuron_id bigint PRIMARY KEY,
    num_nodes integer NOT NULL CHECK (num_nodes >= 0),
    num_activating integer NOT NULL CHECK (num_activating BETWEEN 0 AND num_nodes),
    num_edges integer NOT NULL CHECK (num_edges >= 0),
    dot text NOT NULL,
    graph json NOT NULL,
    node_tokens text[] NOT NULL,
    node_importances real[] NOT NULL
);
COMMENT ON TABLE neuron_graph IS 'What a neuron reacts to as a graph: tokens that activate it, and tokens these need in front of them';
COMMENT ON COLUMN neuron_graph.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN neuron_graph.num_nodes IS 'Number of nodes';
COMMENT ON COLUMN neuron_graph.num_activating IS 'Those that activate the neuron; they come first';
COMMENT ON COLUMN neuron_graph.num_edges IS 'Number of edges';
COMMENT ON COLUMN neuron_graph.dot IS 'The graph in DOT, as the source has it';
COMMENT ON COLUMN neuron_graph.graph IS 'The same as the API serves it: nodes with token (a DOT label), importance and the nodes they require';
COMMENT ON COLUMN neuron_graph.node_tokens IS 'Token of each node, without the escapes of DOT and JSON; brackets at its ends are lost';
COMMENT ON COLUMN neuron_graph.node_importances IS 'Importance of each node, from 0 to 1';

CREATE TABLE graph_fit (
    neuron_id bigint PRIMARY KEY,
    accuracy double precision,
    firing_precision double precision,
    firing_recall double precision,
    firing_f1_score double precision,
    non_firing_precision double precision,
    non_firing_recall double precision,
    non_firing_f1_score double precision,
    firing_count integer NOT NULL,
    non_firing_count integer NOT NULL
);
COMMENT ON TABLE graph_fit IS 'How well a neuron''s graph foretells where it fires, on texts it was not made from; NULL stands for NaN';
COMMENT ON COLUMN graph_fit.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN graph_fit.accuracy IS 'Share of the tokens that were foretold rightly';
COMMENT ON COLUMN graph_fit.firing_precision IS 'Of the tokens foretold to fire, the share that does; NULL when none was';
COMMENT ON COLUMN graph_fit.firing_recall IS 'Of the tokens that fire, the share that was foretold';
COMMENT ON COLUMN graph_fit.firing_f1_score IS 'Harmonic mean of both: the API''s explanation-score';
COMMENT ON COLUMN graph_fit.non_firing_precision IS 'The same for tokens that do not fire';
COMMENT ON COLUMN graph_fit.non_firing_recall IS 'The same for tokens that do not fire';
COMMENT ON COLUMN graph_fit.non_firing_f1_score IS 'The same for tokens that do not fire';
COMMENT ON COLUMN graph_fit.firing_count IS 'Tokens that fire';
COMMENT ON COLUMN graph_fit.non_firing_count IS 'Tokens that do not';

CREATE TYPE posting_kind AS ENUM ('activating', 'important');
COMMENT ON TYPE posting_kind IS 'activating: the neuron fires on the token; important: the token matters before one on which it fires';

-- Laid out so that no byte is lost to alignment: 24 of data a row.
CREATE TABLE posting (
    neuron_id bigint NOT NULL,
    token_id integer NOT NULL,
    importance real,
    kind posting_kind NOT NULL,
    model_id smallint NOT NULL GENERATED ALWAYS AS ((neuron_id >> 48)::smallint) STORED,
    PRIMARY KEY (neuron_id, kind, token_id)
);
CREATE INDEX posting_search ON posting (model_id, token_id, kind, importance DESC NULLS LAST) INCLUDE (neuron_id);
COMMENT ON TABLE posting IS 'Tokens that matter to neurons: read by neuron, and searched by token';
COMMENT ON COLUMN posting.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN posting.token_id IS 'The token, in the vocabulary of the model';
COMMENT ON COLUMN posting.importance IS 'Importance of the token''s node in the neuron''s graph, from 0 to 1; NULL when there is no such node';
COMMENT ON COLUMN posting.kind IS 'activating: the neuron fires on the token; important: the token matters before one on which it fires';
COMMENT ON COLUMN posting.model_id IS 'The model: the highest bits of neuron_id';

CREATE TABLE similar_neuron (
    neuron_id bigint NOT NULL,
    similar_id bigint NOT NULL,
    similarity real NOT NULL CHECK (similarity > 0 AND similarity <= 1),
    num_shared integer NOT NULL CHECK (num_shared > 0),
    PRIMARY KEY (neuron_id, similar_id)
);
COMMENT ON TABLE similar_neuron IS 'Pairs of neurons of one model that share tokens, each pair both ways';
COMMENT ON COLUMN similar_neuron.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN similar_neuron.similar_id IS 'The other neuron';
COMMENT ON COLUMN similar_neuron.similarity IS 'Tokens in common / tokens of the neuron that has fewer; 0.4 at least';
COMMENT ON COLUMN similar_neuron.num_shared IS 'Tokens in common; one that both activates and is important counts twice';
