-- What Neuronpedia exports of a dictionary's features: statistics, logits, histograms, similar features, and texts with
-- activations in quantile bins. A feature is a neuron of the model that the dictionary is stored as.
--
-- Lists are packed into one row of a feature, texts into one row of each bin. Views (56_neuronpedia.sql) unnest them.
-- Packed numbers are read by unpack_activations(), packed ids and indexes by unpack_tokens().

INSERT INTO source VALUES (9, 'neuronpedia');

-- A folder of an export is one job: its files have the neurons of a layer in any order.
ALTER TABLE job DROP CONSTRAINT job_neurons_check,
    ADD CONSTRAINT job_neurons_check CHECK (cardinality(neurons) BETWEEN 1 AND 16777216);

ALTER TABLE explanation ADD COLUMN type text, ADD COLUMN explanation_model text;
COMMENT ON COLUMN explanation.type IS 'Method it was made with, e.g. oai_token-act-pair; NULL where the source gives none';
COMMENT ON COLUMN explanation.explanation_model IS 'Language model that wrote it, e.g. gpt-4o-mini; NULL where the source gives none';

CREATE TABLE feature (
    neuron_id bigint PRIMARY KEY,
    max_activation double precision,
    frac_nonzero double precision,
    density_heights bytea NOT NULL,
    density_values bytea NOT NULL,
    logits_heights bytea NOT NULL,
    logits_values bytea NOT NULL,
    num_positive smallint NOT NULL,
    logit_tokens bytea NOT NULL,
    logits bytea NOT NULL,
    similar_features bytea NOT NULL,
    similarities bytea NOT NULL,
    correlated_neurons bytea NOT NULL,
    correlated_l1 bytea NOT NULL,
    correlated_pearson bytea NOT NULL,
    alignment_neurons bytea NOT NULL,
    alignment_l1 bytea NOT NULL,
    alignment_values bytea NOT NULL
);
COMMENT ON TABLE feature IS 'Statistics of a feature, as Neuronpedia exports them; a list that the export lacks is empty';
COMMENT ON COLUMN feature.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN feature.max_activation IS 'Highest activation, approximately (maxActApprox); NULL where the export has none';
COMMENT ON COLUMN feature.frac_nonzero IS 'Share of tokens that it is active on; NULL where the export has none';
COMMENT ON COLUMN feature.density_heights IS 'Histogram of its activations: heights of the bars, packed';
COMMENT ON COLUMN feature.density_values IS 'Where those bars stand, packed';
COMMENT ON COLUMN feature.logits_heights IS 'Histogram of its effects on all logits: heights of the bars, packed';
COMMENT ON COLUMN feature.logits_values IS 'Where those bars stand, packed';
COMMENT ON COLUMN feature.num_positive IS 'Number of the tokens whose logits it raises most: they come first, those that it lowers most next';
COMMENT ON COLUMN feature.logit_tokens IS 'Token ids, packed, in the order of the export';
COMMENT ON COLUMN feature.logits IS 'Effect on the logit of each, packed';
COMMENT ON COLUMN feature.similar_features IS 'Indexes of the features of the same layer that point in the most similar direction, packed like token ids';
COMMENT ON COLUMN feature.similarities IS 'Cosine similarity to each, packed';
COMMENT ON COLUMN feature.correlated_neurons IS 'Indexes of the neurons of the underlying model that it goes with, packed like token ids';
COMMENT ON COLUMN feature.correlated_l1 IS 'L1 share of each, packed';
COMMENT ON COLUMN feature.correlated_pearson IS 'Pearson correlation with each, packed';
COMMENT ON COLUMN feature.alignment_neurons IS 'Indexes of the neurons that its direction has most of, packed like token ids';
COMMENT ON COLUMN feature.alignment_l1 IS 'L1 share of each, packed';
COMMENT ON COLUMN feature.alignment_values IS 'How much of each, packed';

CREATE TABLE feature_example (
    neuron_id bigint NOT NULL,
    bin smallint NOT NULL CHECK (bin >= 0),
    bin_min double precision,
    bin_max double precision,
    bin_contains double precision,
    text_ids bigint[] NOT NULL,
    max_activations double precision[] NOT NULL,
    max_activating_token_indexes integer[] NOT NULL,
    activations_at integer[] NOT NULL,
    activations bytea NOT NULL,
    PRIMARY KEY (neuron_id, bin)
);
ALTER TABLE feature_example ALTER activations SET STORAGE EXTERNAL;
COMMENT ON TABLE feature_example IS 'Texts with the activations of a feature, by bins of its activation: a row for each bin';
COMMENT ON COLUMN feature_example.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN feature_example.bin IS 'Place among the feature''s bins, from 0, the highest activations first';
COMMENT ON COLUMN feature_example.bin_min IS 'Lower end of the bin; NULL where the export has none';
COMMENT ON COLUMN feature_example.bin_max IS 'Upper end of the bin; NULL where the export has none';
COMMENT ON COLUMN feature_example.bin_contains IS 'Share of the activations that the bin holds; NULL where the export has none';
COMMENT ON COLUMN feature_example.text_ids IS 'The texts, the highest activation first';
COMMENT ON COLUMN feature_example.max_activations IS 'Highest activation in each text';
COMMENT ON COLUMN feature_example.max_activating_token_indexes IS 'Index of the token that has it, from 0';
COMMENT ON COLUMN feature_example.activations_at IS 'Where in `activations` each text''s numbers begin, in bytes from 0';
COMMENT ON COLUMN feature_example.activations IS 'Activations on every token of the texts, packed one text after the other';
