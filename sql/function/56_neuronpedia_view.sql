-- Views of what Neuronpedia exports: model, layer and neuron instead of keys, and nothing packed.

CREATE OR REPLACE VIEW features AS
SELECT m.name AS model, neuron_layer(f.neuron_id) AS layer, neuron_index(f.neuron_id) AS neuron, f.max_activation, f.frac_nonzero,
       unpack_activations(f.density_heights, 0) AS density_heights, unpack_activations(f.density_values, 0) AS density_values,
       unpack_activations(f.logits_heights, 0) AS logits_heights, unpack_activations(f.logits_values, 0) AS logits_values,
       unpack_tokens(f.correlated_neurons) AS correlated_neurons, unpack_activations(f.correlated_l1, 0) AS correlated_l1,
       unpack_activations(f.correlated_pearson, 0) AS correlated_pearson, unpack_tokens(f.alignment_neurons) AS alignment_neurons,
       unpack_activations(f.alignment_l1, 0) AS alignment_l1, unpack_activations(f.alignment_values, 0) AS alignment_values,
       f.neuron_id
FROM feature f JOIN model m ON m.model_id = neuron_model_id(f.neuron_id);
COMMENT ON VIEW features IS 'Statistics of features';
COMMENT ON COLUMN features.model IS 'Model';
COMMENT ON COLUMN features.layer IS 'Layer, from 0';
COMMENT ON COLUMN features.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN features.max_activation IS 'Highest activation, approximately';
COMMENT ON COLUMN features.frac_nonzero IS 'Share of tokens that it is active on';
COMMENT ON COLUMN features.density_heights IS 'Histogram of its activations: heights of the bars';
COMMENT ON COLUMN features.density_values IS 'Where those bars stand';
COMMENT ON COLUMN features.logits_heights IS 'Histogram of its effects on all logits: heights of the bars';
COMMENT ON COLUMN features.logits_values IS 'Where those bars stand';
COMMENT ON COLUMN features.correlated_neurons IS 'Indexes of the neurons of the underlying model that it goes with';
COMMENT ON COLUMN features.correlated_l1 IS 'L1 share of each';
COMMENT ON COLUMN features.correlated_pearson IS 'Pearson correlation with each';
COMMENT ON COLUMN features.alignment_neurons IS 'Indexes of the neurons that its direction has most of';
COMMENT ON COLUMN features.alignment_l1 IS 'L1 share of each';
COMMENT ON COLUMN features.alignment_values IS 'How much of each';
COMMENT ON COLUMN features.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW feature_logits AS
SELECT m.name AS model, neuron_layer(f.neuron_id) AS layer, neuron_index(f.neuron_id) AS neuron,
       CASE WHEN u.n <= f.num_positive THEN 'positive' ELSE 'negative' END AS sign,
       (u.n - CASE WHEN u.n <= f.num_positive THEN 0 ELSE f.num_positive END)::integer - 1 AS rank, t.token, u.logit, f.neuron_id
FROM feature f JOIN model m ON m.model_id = neuron_model_id(f.neuron_id)
CROSS JOIN LATERAL unnest(unpack_tokens(f.logit_tokens), unpack_activations(f.logits, 0)) WITH ORDINALITY AS u(token_id, logit, n)
JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.token_id = u.token_id;
COMMENT ON VIEW feature_logits IS 'Tokens whose logits features raise and lower most';
COMMENT ON COLUMN feature_logits.model IS 'Model';
COMMENT ON COLUMN feature_logits.layer IS 'Layer, from 0';
COMMENT ON COLUMN feature_logits.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN feature_logits.sign IS 'Which of the two lists it is in';
COMMENT ON COLUMN feature_logits.rank IS 'Place in that list, from 0';
COMMENT ON COLUMN feature_logits.token IS 'The token';
COMMENT ON COLUMN feature_logits.logit IS 'Effect on its logit';
COMMENT ON COLUMN feature_logits.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW similar_features AS
SELECT m.name AS model, neuron_layer(f.neuron_id) AS layer, neuron_index(f.neuron_id) AS neuron, u.n::integer - 1 AS rank,
       u.other AS similar_neuron, u.similarity, f.neuron_id
FROM feature f JOIN model m ON m.model_id = neuron_model_id(f.neuron_id)
CROSS JOIN LATERAL unnest(unpack_tokens(f.similar_features), unpack_activations(f.similarities, 0))
    WITH ORDINALITY AS u(other, similarity, n);
COMMENT ON VIEW similar_features IS 'Features of the same layer that point in similar directions';
COMMENT ON COLUMN similar_features.model IS 'Model';
COMMENT ON COLUMN similar_features.layer IS 'Layer of both, from 0';
COMMENT ON COLUMN similar_features.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN similar_features.rank IS 'Place in the list, from 0';
COMMENT ON COLUMN similar_features.similar_neuron IS 'Index of the similar one';
COMMENT ON COLUMN similar_features.similarity IS 'Cosine similarity';
COMMENT ON COLUMN similar_features.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW feature_examples AS
SELECT m.name AS model, neuron_layer(e.neuron_id) AS layer, neuron_index(e.neuron_id) AS neuron, e.bin, e.bin_min, e.bin_max,
       e.bin_contains, u.n::integer - 1 AS rank, u.max_activation, u.max_activating_token_index, text_tokens(u.text_id) AS tokens,
       unpack_activations(e.activations, u.activations_at) AS activations, e.neuron_id
FROM feature_example e JOIN model m ON m.model_id = neuron_model_id(e.neuron_id)
CROSS JOIN LATERAL unnest(e.text_ids, e.max_activations, e.max_activating_token_indexes, e.activations_at)
    WITH ORDINALITY AS u(text_id, max_activation, max_activating_token_index, activations_at, n);
COMMENT ON VIEW feature_examples IS 'Texts with features'' activations; ask for few features at a time, unpacking takes milliseconds a text';
COMMENT ON COLUMN feature_examples.model IS 'Model';
COMMENT ON COLUMN feature_examples.layer IS 'Layer, from 0';
COMMENT ON COLUMN feature_examples.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN feature_examples.bin IS 'Place among the feature''s bins, from 0, the highest activations first';
COMMENT ON COLUMN feature_examples.bin_min IS 'Lower end of the bin';
COMMENT ON COLUMN feature_examples.bin_max IS 'Upper end of the bin';
COMMENT ON COLUMN feature_examples.bin_contains IS 'Share of the activations that the bin holds';
COMMENT ON COLUMN feature_examples.rank IS 'Place of the text in its bin, from 0';
COMMENT ON COLUMN feature_examples.max_activation IS 'Highest activation in the text';
COMMENT ON COLUMN feature_examples.max_activating_token_index IS 'Index of the token that has it, from 0';
COMMENT ON COLUMN feature_examples.tokens IS 'The tokens';
COMMENT ON COLUMN feature_examples.activations IS 'The activation on each';
COMMENT ON COLUMN feature_examples.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';
