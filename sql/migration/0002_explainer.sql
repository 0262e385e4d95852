-- What OpenAI's neuron explainer publishes: explanations with their scores, the texts they were scored on, statistics of
-- activations, activation records, connections to other neurons, and tables of tokens.
--
-- Lists are packed into one row of a neuron: as rows of their own, 60 records and 250 weights would cost more in row
-- heads and index entries than in numbers. Views (55_explainer.sql) unnest them. Packed numbers are read by
-- unpack_activations(), packed ids by unpack_tokens().

INSERT INTO source VALUES
    (2, 'explainer'),
    (3, 'explainer-activations'),
    (4, 'explainer-related-neurons'),
    (5, 'explainer-related-tokens'),
    (11, 'explainer-token-activations');

CREATE TABLE explanation (
    neuron_id bigint NOT NULL,
    source_id smallint NOT NULL REFERENCES source,
    place smallint NOT NULL CHECK (place >= 0),
    author text NOT NULL,
    explanation text NOT NULL,
    score double precision,
    rsquared_score double precision,
    absolute_dev_explained_score double precision,
    PRIMARY KEY (neuron_id, source_id, place)
);
COMMENT ON TABLE explanation IS 'What neurons are said to respond to, in words, and how well the words predict activations';
COMMENT ON COLUMN explanation.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN explanation.source_id IS 'Where it comes from';
COMMENT ON COLUMN explanation.place IS 'Place among the neuron''s explanations of this source, from 0';
COMMENT ON COLUMN explanation.author IS 'Who or what wrote it, e.g. gpt-4';
COMMENT ON COLUMN explanation.explanation IS 'The words; NUL, which text cannot hold, is shown as U+2400';
COMMENT ON COLUMN explanation.score IS 'Correlation of simulated and true activations (ev_correlation_score); NULL where the source gives none';
COMMENT ON COLUMN explanation.rsquared_score IS 'Share of the variance that the simulation explains';
COMMENT ON COLUMN explanation.absolute_dev_explained_score IS 'Share of the absolute deviation that it explains';

CREATE TABLE simulation (
    neuron_id bigint NOT NULL,
    source_id smallint NOT NULL REFERENCES source,
    place smallint NOT NULL,
    activation_scale text NOT NULL,
    text_ids bigint[] NOT NULL,
    scores double precision[] NOT NULL,
    true_activations bytea NOT NULL,
    simulated_activations bytea NOT NULL,
    PRIMARY KEY (neuron_id, source_id, place)
);
ALTER TABLE simulation ALTER true_activations SET STORAGE EXTERNAL, ALTER simulated_activations SET STORAGE EXTERNAL;
COMMENT ON TABLE simulation IS 'The texts that an explanation was scored on: activations as they are, and as they were guessed from the words alone';
COMMENT ON COLUMN simulation.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN simulation.source_id IS 'As in explanation';
COMMENT ON COLUMN simulation.place IS 'As in explanation';
COMMENT ON COLUMN simulation.activation_scale IS 'Unit of the simulated activations: neuron_activations is that of the true ones, simulated_normalized_activations runs from 0 to 10';
COMMENT ON COLUMN simulation.text_ids IS 'The texts, in the source''s order';
COMMENT ON COLUMN simulation.scores IS 'Three numbers for each text: score, rsquared_score, absolute_dev_explained_score';
COMMENT ON COLUMN simulation.true_activations IS 'The neuron''s activations on all tokens of the texts, one text after the other, packed as one list';
COMMENT ON COLUMN simulation.simulated_activations IS 'The guessed ones, likewise';

CREATE TABLE statistics (
    neuron_id bigint PRIMARY KEY,
    mean double precision,
    variance double precision,
    skewness double precision,
    kurtosis double precision,
    quantile_boundaries double precision[] NOT NULL
);
COMMENT ON TABLE statistics IS 'Moments of a neuron''s activations over the source''s texts; NULL where the source gives none';
COMMENT ON COLUMN statistics.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN statistics.mean IS 'Mean activation';
COMMENT ON COLUMN statistics.variance IS 'Its variance';
COMMENT ON COLUMN statistics.skewness IS 'Third standardised moment';
COMMENT ON COLUMN statistics.kurtosis IS 'Fourth standardised moment (a normal distribution has 3)';
COMMENT ON COLUMN statistics.quantile_boundaries IS 'Between the groups of records by quantile, as the source gives them';

CREATE TABLE record (
    neuron_id bigint PRIMARY KEY,
    num_top smallint NOT NULL,
    num_random smallint NOT NULL,
    quantile_sizes smallint[] NOT NULL,
    text_ids bigint[] NOT NULL,
    activations bytea NOT NULL
);
ALTER TABLE record ALTER activations SET STORAGE EXTERNAL;
COMMENT ON TABLE record IS 'Activation records of a neuron: short texts with the activation on each token';
COMMENT ON COLUMN record.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN record.num_top IS 'Number of those with the highest activation: they come first';
COMMENT ON COLUMN record.num_random IS 'Number of those drawn at random: they come next';
COMMENT ON COLUMN record.quantile_sizes IS 'Numbers of those drawn from each group between quantile_boundaries: they come last';
COMMENT ON COLUMN record.text_ids IS 'The texts, in that order';
COMMENT ON COLUMN record.activations IS 'Activations on all their tokens, one text after the other, packed as one list';

CREATE TABLE connection (
    neuron_id bigint NOT NULL,
    direction text NOT NULL CHECK (direction IN ('upstream', 'downstream')),
    num_positive smallint NOT NULL,
    neurons bytea NOT NULL,
    weights bytea NOT NULL,
    PRIMARY KEY (neuron_id, direction)
);
COMMENT ON TABLE connection IS 'Neurons of other layers that a neuron is connected to most strongly, by the product of weights';
COMMENT ON COLUMN connection.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN connection.direction IS 'upstream: neurons that write what this one reads (c_fc); downstream: that read what it writes (c_proj)';
COMMENT ON COLUMN connection.num_positive IS 'Number of the connections with a positive weight: they come first, the negative ones next';
COMMENT ON COLUMN connection.neurons IS 'The other neurons as layer * layer_size + index, packed like token ids, strongest first';
COMMENT ON COLUMN connection.weights IS 'The weights, packed';

CREATE TABLE token_weight (
    neuron_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('activation', 'input', 'output')),
    num_positive smallint NOT NULL,
    tokens bytea NOT NULL,
    weights bytea NOT NULL,
    PRIMARY KEY (neuron_id, kind)
);
COMMENT ON TABLE token_weight IS 'Tokens that a neuron is tied to most strongly';
COMMENT ON COLUMN token_weight.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN token_weight.kind IS 'activation: mean activation on the token; input: weight of the token''s embedding into the neuron; output: weight of the neuron into the token''s logit';
COMMENT ON COLUMN token_weight.num_positive IS 'Number of the first list, which is that of the positive weights; the negative ones follow';
COMMENT ON COLUMN token_weight.tokens IS 'Token ids, packed, strongest first';
COMMENT ON COLUMN token_weight.weights IS 'Weights or mean activations, packed';
