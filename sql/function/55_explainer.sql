-- Views of what OpenAI's neuron explainer gave: model, layer and neuron instead of keys, and nothing packed.

CREATE OR REPLACE VIEW explanations AS
SELECT m.name AS model, neuron_layer(e.neuron_id) AS layer, neuron_index(e.neuron_id) AS neuron, s.name AS source, e.place,
       e.author, e.explanation, e.score, e.rsquared_score, e.absolute_dev_explained_score, e.neuron_id, e.type,
       e.explanation_model
FROM explanation e JOIN model m ON m.model_id = neuron_model_id(e.neuron_id) JOIN source s USING (source_id);
COMMENT ON VIEW explanations IS 'What neurons are said to respond to, in words';
COMMENT ON COLUMN explanations.model IS 'Model';
COMMENT ON COLUMN explanations.layer IS 'Layer, from 0';
COMMENT ON COLUMN explanations.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN explanations.source IS 'Where it comes from';
COMMENT ON COLUMN explanations.place IS 'Place among the neuron''s explanations of this source, from 0';
COMMENT ON COLUMN explanations.author IS 'Who or what wrote it';
COMMENT ON COLUMN explanations.explanation IS 'The words';
COMMENT ON COLUMN explanations.score IS 'Correlation of simulated and true activations';
COMMENT ON COLUMN explanations.rsquared_score IS 'Share of the variance that the simulation explains';
COMMENT ON COLUMN explanations.absolute_dev_explained_score IS 'Share of the absolute deviation that it explains';
COMMENT ON COLUMN explanations.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';
COMMENT ON COLUMN explanations.type IS 'Method it was made with';
COMMENT ON COLUMN explanations.explanation_model IS 'Language model that wrote it';

CREATE OR REPLACE VIEW simulations AS
SELECT neuron_model_id(s.neuron_id) AS model_id, neuron_layer(s.neuron_id) AS layer, neuron_index(s.neuron_id) AS neuron,
       s.source_id, s.place, u.n::integer - 1 AS text, s.activation_scale, s.scores[3 * u.n - 2] AS score,
       s.scores[3 * u.n - 1] AS rsquared_score, s.scores[3 * u.n] AS absolute_dev_explained_score,
       text_tokens(u.text_id) AS tokens, u.actual[u.first : u.last] AS true_activations,
       u.guessed[u.first : u.last] AS simulated_activations, s.neuron_id
FROM simulation s CROSS JOIN LATERAL (
    SELECT i.text_id, i.n, sum(t.num_tokens) OVER (ORDER BY i.n) - t.num_tokens + 1 AS first,
           sum(t.num_tokens) OVER (ORDER BY i.n) AS last, p.actual, p.guessed
    FROM (SELECT unpack_activations(s.true_activations, 0) AS actual,
                 unpack_activations(s.simulated_activations, 0) AS guessed OFFSET 0) AS p,
         unnest(s.text_ids) WITH ORDINALITY AS i(text_id, n) JOIN text t USING (text_id)) AS u;
COMMENT ON VIEW simulations IS 'The texts that explanations were scored on; ask for few neurons at a time, unpacking takes milliseconds a text';
COMMENT ON COLUMN simulations.model_id IS 'Key of the model';
COMMENT ON COLUMN simulations.layer IS 'Layer, from 0';
COMMENT ON COLUMN simulations.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN simulations.source_id IS 'As in explanation';
COMMENT ON COLUMN simulations.place IS 'As in explanation';
COMMENT ON COLUMN simulations.text IS 'Place of the text among those of the explanation, from 0';
COMMENT ON COLUMN simulations.activation_scale IS 'Unit of the simulated activations';
COMMENT ON COLUMN simulations.score IS 'Correlation of simulated and true activations on this text';
COMMENT ON COLUMN simulations.rsquared_score IS 'Share of the variance that the simulation explains';
COMMENT ON COLUMN simulations.absolute_dev_explained_score IS 'Share of the absolute deviation that it explains';
COMMENT ON COLUMN simulations.tokens IS 'The tokens';
COMMENT ON COLUMN simulations.true_activations IS 'The neuron''s activation on each';
COMMENT ON COLUMN simulations.simulated_activations IS 'What was guessed from the words alone';
COMMENT ON COLUMN simulations.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW activation_statistics AS
SELECT m.name AS model, neuron_layer(s.neuron_id) AS layer, neuron_index(s.neuron_id) AS neuron, s.mean, s.variance,
       s.skewness, s.kurtosis, s.quantile_boundaries, s.neuron_id
FROM statistics s JOIN model m ON m.model_id = neuron_model_id(s.neuron_id);
COMMENT ON VIEW activation_statistics IS 'Moments of neurons'' activations';
COMMENT ON COLUMN activation_statistics.model IS 'Model';
COMMENT ON COLUMN activation_statistics.layer IS 'Layer, from 0';
COMMENT ON COLUMN activation_statistics.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN activation_statistics.mean IS 'Mean activation';
COMMENT ON COLUMN activation_statistics.variance IS 'Its variance';
COMMENT ON COLUMN activation_statistics.skewness IS 'Third standardised moment';
COMMENT ON COLUMN activation_statistics.kurtosis IS 'Fourth standardised moment (a normal distribution has 3)';
COMMENT ON COLUMN activation_statistics.quantile_boundaries IS 'Between the groups of records by quantile';
COMMENT ON COLUMN activation_statistics.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW records AS
SELECT neuron_model_id(r.neuron_id) AS model_id, neuron_layer(r.neuron_id) AS layer, neuron_index(r.neuron_id) AS neuron,
       CASE WHEN u.n <= r.num_top THEN 'top' WHEN u.n <= r.num_top + r.num_random THEN 'random' ELSE 'quantile' END AS kind,
       q.quantile, (u.n - CASE WHEN u.n <= r.num_top THEN 0 WHEN u.n <= r.num_top + r.num_random THEN r.num_top
                               ELSE r.num_top + r.num_random + q.before END)::integer - 1 AS rank,
       (SELECT max(a) FROM unnest(u.activations[u.first : u.last]) AS a) AS max_activation,
       text_tokens(u.text_id) AS tokens, u.activations[u.first : u.last] AS activations, r.neuron_id
FROM record r
CROSS JOIN LATERAL (
    SELECT i.text_id, i.n, sum(t.num_tokens) OVER (ORDER BY i.n) - t.num_tokens + 1 AS first,
           sum(t.num_tokens) OVER (ORDER BY i.n) AS last, p.activations
    FROM (SELECT unpack_activations(r.activations, 0) AS activations OFFSET 0) AS p,
         unnest(r.text_ids) WITH ORDINALITY AS i(text_id, n) JOIN text t USING (text_id)) AS u
LEFT JOIN LATERAL (
    SELECT z.quantile::integer - 1 AS quantile, z.before
    FROM (SELECT s.quantile, s.size, sum(s.size) OVER (ORDER BY s.quantile) - s.size AS before
          FROM unnest(r.quantile_sizes) WITH ORDINALITY AS s(size, quantile)) AS z
    WHERE u.n - r.num_top - r.num_random BETWEEN z.before + 1 AND z.before + z.size) AS q ON true;
COMMENT ON VIEW records IS 'Short texts with neurons'' activations; ask for few neurons at a time, unpacking takes milliseconds a text';
COMMENT ON COLUMN records.model_id IS 'Key of the model';
COMMENT ON COLUMN records.layer IS 'Layer, from 0';
COMMENT ON COLUMN records.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN records.kind IS 'top: with the highest activation; random: drawn from all; quantile: drawn from a group by activation';
COMMENT ON COLUMN records.quantile IS 'That group, from 0; NULL for the other kinds';
COMMENT ON COLUMN records.rank IS 'Place in its list, from 0';
COMMENT ON COLUMN records.max_activation IS 'Highest activation in the text';
COMMENT ON COLUMN records.tokens IS 'The tokens';
COMMENT ON COLUMN records.activations IS 'The neuron''s activation on each';
COMMENT ON COLUMN records.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';

CREATE OR REPLACE VIEW connections AS
SELECT m.name AS model, neuron_layer(c.neuron_id) AS layer, neuron_index(c.neuron_id) AS neuron, c.direction,
       CASE WHEN u.n <= c.num_positive THEN 'positive' ELSE 'negative' END AS sign,
       (u.n - CASE WHEN u.n <= c.num_positive THEN 0 ELSE c.num_positive END)::integer - 1 AS rank,
       u.other / m.layer_size AS other_layer, u.other % m.layer_size AS other_neuron, u.weight, c.neuron_id,
       neuron_id(m.model_id, u.other / m.layer_size, u.other % m.layer_size) AS other_id
FROM connection c JOIN model m ON m.model_id = neuron_model_id(c.neuron_id)
CROSS JOIN LATERAL unnest(unpack_tokens(c.neurons), unpack_activations(c.weights, 0)) WITH ORDINALITY AS u(other, weight, n);
COMMENT ON VIEW connections IS 'Neurons that neurons are connected to most strongly';
COMMENT ON COLUMN connections.model IS 'Model';
COMMENT ON COLUMN connections.layer IS 'Layer, from 0';
COMMENT ON COLUMN connections.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN connections.direction IS 'upstream: the other neuron writes what this one reads; downstream: it reads what this one writes';
COMMENT ON COLUMN connections.sign IS 'Which of the two lists it is in';
COMMENT ON COLUMN connections.rank IS 'Place in that list, from 0';
COMMENT ON COLUMN connections.other_layer IS 'Layer of the other neuron';
COMMENT ON COLUMN connections.other_neuron IS 'Its index';
COMMENT ON COLUMN connections.weight IS 'Weight of the connection';
COMMENT ON COLUMN connections.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';
COMMENT ON COLUMN connections.other_id IS 'Key of the other neuron';

CREATE OR REPLACE VIEW token_weights AS
SELECT m.name AS model, neuron_layer(w.neuron_id) AS layer, neuron_index(w.neuron_id) AS neuron, w.kind,
       CASE WHEN u.n <= w.num_positive THEN 'positive' ELSE 'negative' END AS sign,
       (u.n - CASE WHEN u.n <= w.num_positive THEN 0 ELSE w.num_positive END)::integer - 1 AS rank,
       t.token, u.weight, w.neuron_id
FROM token_weight w JOIN model m ON m.model_id = neuron_model_id(w.neuron_id)
CROSS JOIN LATERAL unnest(unpack_tokens(w.tokens), unpack_activations(w.weights, 0)) WITH ORDINALITY AS u(token_id, weight, n)
JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.token_id = u.token_id;
COMMENT ON VIEW token_weights IS 'Tokens that neurons are tied to most strongly';
COMMENT ON COLUMN token_weights.model IS 'Model';
COMMENT ON COLUMN token_weights.layer IS 'Layer, from 0';
COMMENT ON COLUMN token_weights.neuron IS 'Index in the layer, from 0';
COMMENT ON COLUMN token_weights.kind IS 'activation: mean activation on the token; input: weight of its embedding into the neuron; output: of the neuron into its logit';
COMMENT ON COLUMN token_weights.sign IS 'Which of the two lists it is in; mean activations have one, called positive';
COMMENT ON COLUMN token_weights.rank IS 'Place in that list, from 0';
COMMENT ON COLUMN token_weights.token IS 'The token';
COMMENT ON COLUMN token_weights.weight IS 'The weight, or the mean activation';
COMMENT ON COLUMN token_weights.neuron_id IS 'Key; filter by neuron_id = neuron_id(''gpt2-xl'', 5, 2332) to use the index';
