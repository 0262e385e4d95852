-- What lists show, for people who type SQL.

CREATE OR REPLACE VIEW neuron_numbers AS
SELECT m.name AS model, neuron_layer(s.neuron_id) AS layer, neuron_index(s.neuron_id) AS neuron, s.mean, s.variance,
       s.skewness, s.kurtosis, s.max_activation, s.min_activation, s.explanation_score, s.rsquared_score,
       s.absolute_dev_explained_score, s.accuracy, s.firing_precision, s.firing_recall, s.firing_f1_score,
       s.non_firing_precision, s.non_firing_recall, s.non_firing_f1_score, s.frac_nonzero, s.importance, s.num_examples,
       s.num_explanations, s.num_nodes, s.num_activating, s.num_edges, s.firing_count, s.non_firing_count,
       s.num_activating_tokens, s.num_important_tokens, s.num_similar, s.neuron_id
FROM neuron_summary s JOIN model m ON m.model_id = s.model_id;
COMMENT ON VIEW neuron_numbers IS 'Every neuron that anything is stored of, with all its numbers';
COMMENT ON COLUMN neuron_numbers.model IS 'Model';
COMMENT ON COLUMN neuron_numbers.layer IS 'Layer, from 0';
COMMENT ON COLUMN neuron_numbers.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN neuron_numbers.mean IS 'Mean activation, as in statistics';
COMMENT ON COLUMN neuron_numbers.variance IS 'Its variance';
COMMENT ON COLUMN neuron_numbers.skewness IS 'Third standardised moment';
COMMENT ON COLUMN neuron_numbers.kurtosis IS 'Fourth standardised moment';
COMMENT ON COLUMN neuron_numbers.max_activation IS 'Highest activation in the first of its texts, as in neuron; of a feature, the one in feature';
COMMENT ON COLUMN neuron_numbers.min_activation IS 'Lowest activation in the first of its texts';
COMMENT ON COLUMN neuron_numbers.explanation_score IS 'Score of its best explanation, as in explanation';
COMMENT ON COLUMN neuron_numbers.rsquared_score IS 'Share of the variance that that explanation explains';
COMMENT ON COLUMN neuron_numbers.absolute_dev_explained_score IS 'Share of the absolute deviation that it explains';
COMMENT ON COLUMN neuron_numbers.accuracy IS 'How well its graph foretells where it fires, as in graph_fit';
COMMENT ON COLUMN neuron_numbers.firing_precision IS 'As in graph_fit';
COMMENT ON COLUMN neuron_numbers.firing_recall IS 'As in graph_fit';
COMMENT ON COLUMN neuron_numbers.firing_f1_score IS 'As in graph_fit';
COMMENT ON COLUMN neuron_numbers.non_firing_precision IS 'As in graph_fit';
COMMENT ON COLUMN neuron_numbers.non_firing_recall IS 'As in graph_fit';
COMMENT ON COLUMN neuron_numbers.non_firing_f1_score IS 'As in graph_fit';
COMMENT ON COLUMN neuron_numbers.frac_nonzero IS 'Share of tokens that it is active on, as in feature';
COMMENT ON COLUMN neuron_numbers.importance IS 'max_activation - min_activation, as in neuron';
COMMENT ON COLUMN neuron_numbers.num_examples IS 'Number of its maximum activating texts';
COMMENT ON COLUMN neuron_numbers.num_explanations IS 'Number of its explanations';
COMMENT ON COLUMN neuron_numbers.num_nodes IS 'Number of nodes of its graph';
COMMENT ON COLUMN neuron_numbers.num_activating IS 'Number of those that activate it';
COMMENT ON COLUMN neuron_numbers.num_edges IS 'Number of edges of its graph';
COMMENT ON COLUMN neuron_numbers.firing_count IS 'Number of tokens that it fires on, as in graph_fit';
COMMENT ON COLUMN neuron_numbers.non_firing_count IS 'Number of tokens that it does not fire on';
COMMENT ON COLUMN neuron_numbers.num_activating_tokens IS 'Number of tokens that activate it, as in posting';
COMMENT ON COLUMN neuron_numbers.num_important_tokens IS 'Number of tokens that are important to it';
COMMENT ON COLUMN neuron_numbers.num_similar IS 'Number of similar neurons, as in similar_neuron';
COMMENT ON COLUMN neuron_numbers.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';
