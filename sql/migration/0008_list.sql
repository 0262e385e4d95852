-- What lists of neurons show, filter and sort by: one narrow row a neuron beside the tables that its numbers come from, which
-- ingest brings up to date in the transaction that writes those (summary_fill in function/43_summary.sql).

CREATE TABLE neuron_summary (
    neuron_id bigint PRIMARY KEY,
    mean double precision,
    variance double precision,
    skewness double precision,
    kurtosis double precision,
    max_activation double precision,
    min_activation double precision,
    explanation_score double precision,
    rsquared_score double precision,
    absolute_dev_explained_score double precision,
    accuracy double precision,
    firing_precision double precision,
    firing_recall double precision,
    firing_f1_score double precision,
    non_firing_precision double precision,
    non_firing_recall double precision,
    non_firing_f1_score double precision,
    frac_nonzero double precision,
    importance real,
    num_examples integer,
    num_explanations integer,
    num_nodes integer,
    num_activating integer,
    num_edges integer,
    firing_count integer,
    non_firing_count integer,
    num_activating_tokens integer,
    num_important_tokens integer,
    num_similar integer,
    model_id smallint NOT NULL GENERATED ALWAYS AS ((neuron_id >> 48)::smallint) STORED
);
COMMENT ON TABLE neuron_summary IS 'Neurons that anything is stored of, each with all the numbers that lists sort by; NULL where there is none';
COMMENT ON COLUMN neuron_summary.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN neuron_summary.mean IS 'Mean activation, as in statistics';
COMMENT ON COLUMN neuron_summary.variance IS 'Its variance';
COMMENT ON COLUMN neuron_summary.skewness IS 'Third standardised moment';
COMMENT ON COLUMN neuron_summary.kurtosis IS 'Fourth standardised moment';
COMMENT ON COLUMN neuron_summary.max_activation IS 'Highest activation in the first of its texts, as in neuron; of a feature, the one in feature';
COMMENT ON COLUMN neuron_summary.min_activation IS 'Lowest activation in the first of its texts';
COMMENT ON COLUMN neuron_summary.explanation_score IS 'Score of its best explanation, as in explanation';
COMMENT ON COLUMN neuron_summary.rsquared_score IS 'Share of the variance that that explanation explains';
COMMENT ON COLUMN neuron_summary.absolute_dev_explained_score IS 'Share of the absolute deviation that it explains';
COMMENT ON COLUMN neuron_summary.accuracy IS 'How well its graph foretells where it fires, as in graph_fit';
COMMENT ON COLUMN neuron_summary.firing_precision IS 'As in graph_fit';
COMMENT ON COLUMN neuron_summary.firing_recall IS 'As in graph_fit';
COMMENT ON COLUMN neuron_summary.firing_f1_score IS 'As in graph_fit';
COMMENT ON COLUMN neuron_summary.non_firing_precision IS 'As in graph_fit';
COMMENT ON COLUMN neuron_summary.non_firing_recall IS 'As in graph_fit';
COMMENT ON COLUMN neuron_summary.non_firing_f1_score IS 'As in graph_fit';
COMMENT ON COLUMN neuron_summary.frac_nonzero IS 'Share of tokens that it is active on, as in feature';
COMMENT ON COLUMN neuron_summary.importance IS 'max_activation - min_activation, as in neuron';
COMMENT ON COLUMN neuron_summary.num_examples IS 'Number of its maximum activating texts';
COMMENT ON COLUMN neuron_summary.num_explanations IS 'Number of its explanations';
COMMENT ON COLUMN neuron_summary.num_nodes IS 'Number of nodes of its graph';
COMMENT ON COLUMN neuron_summary.num_activating IS 'Number of those that activate it';
COMMENT ON COLUMN neuron_summary.num_edges IS 'Number of edges of its graph';
COMMENT ON COLUMN neuron_summary.firing_count IS 'Number of tokens that it fires on, as in graph_fit';
COMMENT ON COLUMN neuron_summary.non_firing_count IS 'Number of tokens that it does not fire on';
COMMENT ON COLUMN neuron_summary.num_activating_tokens IS 'Number of tokens that activate it, as in posting';
COMMENT ON COLUMN neuron_summary.num_important_tokens IS 'Number of tokens that are important to it';
COMMENT ON COLUMN neuron_summary.num_similar IS 'Number of similar neurons, as in similar_neuron';
COMMENT ON COLUMN neuron_summary.model_id IS 'Model part of the key, for the indexes';

-- One index a number serves lists in both directions, of one model and, by merging the models, of all. Neurons without the
-- number are not in it: they cost nothing.
CREATE INDEX neuron_summary_mean ON neuron_summary (model_id, mean, neuron_id) WHERE mean IS NOT NULL;
CREATE INDEX neuron_summary_variance ON neuron_summary (model_id, variance, neuron_id) WHERE variance IS NOT NULL;
CREATE INDEX neuron_summary_skewness ON neuron_summary (model_id, skewness, neuron_id) WHERE skewness IS NOT NULL;
CREATE INDEX neuron_summary_kurtosis ON neuron_summary (model_id, kurtosis, neuron_id) WHERE kurtosis IS NOT NULL;
CREATE INDEX neuron_summary_max_activation ON neuron_summary (model_id, max_activation, neuron_id) WHERE max_activation IS NOT NULL;
CREATE INDEX neuron_summary_min_activation ON neuron_summary (model_id, min_activation, neuron_id) WHERE min_activation IS NOT NULL;
CREATE INDEX neuron_summary_explanation_score ON neuron_summary (model_id, explanation_score, neuron_id) WHERE explanation_score IS NOT NULL;
CREATE INDEX neuron_summary_rsquared_score ON neuron_summary (model_id, rsquared_score, neuron_id) WHERE rsquared_score IS NOT NULL;
CREATE INDEX neuron_summary_absolute_dev_explained_score ON neuron_summary (model_id, absolute_dev_explained_score, neuron_id) WHERE absolute_dev_explained_score IS NOT NULL;
CREATE INDEX neuron_summary_accuracy ON neuron_summary (model_id, accuracy, neuron_id) WHERE accuracy IS NOT NULL;
CREATE INDEX neuron_summary_firing_precision ON neuron_summary (model_id, firing_precision, neuron_id) WHERE firing_precision IS NOT NULL;
CREATE INDEX neuron_summary_firing_recall ON neuron_summary (model_id, firing_recall, neuron_id) WHERE firing_recall IS NOT NULL;
CREATE INDEX neuron_summary_firing_f1_score ON neuron_summary (model_id, firing_f1_score, neuron_id) WHERE firing_f1_score IS NOT NULL;
CREATE INDEX neuron_summary_non_firing_precision ON neuron_summary (model_id, non_firing_precision, neuron_id) WHERE non_firing_precision IS NOT NULL;
CREATE INDEX neuron_summary_non_firing_recall ON neuron_summary (model_id, non_firing_recall, neuron_id) WHERE non_firing_recall IS NOT NULL;
CREATE INDEX neuron_summary_non_firing_f1_score ON neuron_summary (model_id, non_firing_f1_score, neuron_id) WHERE non_firing_f1_score IS NOT NULL;
CREATE INDEX neuron_summary_frac_nonzero ON neuron_summary (model_id, frac_nonzero, neuron_id) WHERE frac_nonzero IS NOT NULL;
CREATE INDEX neuron_summary_importance ON neuron_summary (model_id, importance, neuron_id) WHERE importance IS NOT NULL;
CREATE INDEX neuron_summary_num_examples ON neuron_summary (model_id, num_examples, neuron_id) WHERE num_examples IS NOT NULL;
CREATE INDEX neuron_summary_num_explanations ON neuron_summary (model_id, num_explanations, neuron_id) WHERE num_explanations IS NOT NULL;
CREATE INDEX neuron_summary_num_nodes ON neuron_summary (model_id, num_nodes, neuron_id) WHERE num_nodes IS NOT NULL;
CREATE INDEX neuron_summary_num_activating ON neuron_summary (model_id, num_activating, neuron_id) WHERE num_activating IS NOT NULL;
CREATE INDEX neuron_summary_num_edges ON neuron_summary (model_id, num_edges, neuron_id) WHERE num_edges IS NOT NULL;
CREATE INDEX neuron_summary_firing_count ON neuron_summary (model_id, firing_count, neuron_id) WHERE firing_count IS NOT NULL;
CREATE INDEX neuron_summary_non_firing_count ON neuron_summary (model_id, non_firing_count, neuron_id) WHERE non_firing_count IS NOT NULL;
CREATE INDEX neuron_summary_num_activating_tokens ON neuron_summary (model_id, num_activating_tokens, neuron_id) WHERE num_activating_tokens IS NOT NULL;
CREATE INDEX neuron_summary_num_important_tokens ON neuron_summary (model_id, num_important_tokens, neuron_id) WHERE num_important_tokens IS NOT NULL;
CREATE INDEX neuron_summary_num_similar ON neuron_summary (model_id, num_similar, neuron_id) WHERE num_similar IS NOT NULL;
