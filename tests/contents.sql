-- A checksum for each kind of row, over what the rows mean: token ids, job ids and times of day do not count.
-- Two databases that were filled from the same pages give the same lines.
WITH words AS MATERIALIZED (
    SELECT x.text_id, x.vocabulary_id, x.num_tokens,
           md5(string_agg(length(t.bytes) || ':' || encode(t.bytes, 'hex'), ' ' ORDER BY u.place)) AS spelled,
           count(*) AS found
    FROM text x CROSS JOIN LATERAL unnest(unpack_tokens(x.tokens)) WITH ORDINALITY AS u(id, place)
    JOIN token t ON t.vocabulary_id = x.vocabulary_id AND t.token_id = u.id
    GROUP BY x.text_id
), listed (kind, line) AS (
    SELECT 'model', format('%s %s %s %s %s %s', m.name, m.activation_function, d.name, m.num_layers, m.layer_size, m.num_total_parameters)
    FROM model m JOIN dataset d USING (dataset_id)
    UNION ALL SELECT 'model_alias', format('%s %s', a.alias, m.name) FROM model_alias a JOIN model m USING (model_id)
    UNION ALL SELECT 'model_source', format('%s %s', m.name, s.name)
    FROM model_source JOIN model m USING (model_id) JOIN source s USING (source_id)
    UNION ALL SELECT 'revision', format('%s %s', m.name, r.revision) FROM revision r JOIN model m USING (model_id)
    UNION ALL SELECT 'dataset', name FROM dataset
    UNION ALL SELECT 'token', format('%s %s %s', v.name, encode(t.bytes, 'hex'), t.token)
    FROM token t JOIN vocabulary v USING (vocabulary_id)
    UNION ALL SELECT 'token_ids', format('%s %s %s %s', v.name, count(*), min(t.token_id), max(t.token_id))
    FROM token t JOIN vocabulary v USING (vocabulary_id) GROUP BY v.name
    UNION ALL SELECT 'text', format('%s %s %s %s %s', v.name, w.text_id, w.spelled, w.found, w.num_tokens)
    FROM words w JOIN vocabulary v USING (vocabulary_id)
    UNION ALL SELECT 'neuron', format('%s %s %s %s %s %s %s %s', m.name, neuron_layer(n.neuron_id), neuron_index(n.neuron_id),
                                      n.num_examples, n.max_activation, n.min_activation, n.importance, md5(n.activations))
    FROM neuron n JOIN model m ON m.model_id = neuron_model_id(n.neuron_id)
    UNION ALL SELECT 'example', format('%s %s %s %s %s %s %s %s %s %s %s %s %s %s', m.name, neuron_layer(e.neuron_id),
                                       neuron_index(e.neuron_id), e.rank, w.spelled, e.data_index, e.max_range, e.min_range,
                                       e.max_activation, e.min_activation, d.name, e.max_position,
                                       encode(t.bytes, 'hex'), e.activations_at)
    FROM example e JOIN model m ON m.model_id = neuron_model_id(e.neuron_id) LEFT JOIN words w USING (text_id)
    JOIN dataset d ON d.dataset_id = e.dataset_id
    LEFT JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.token_id = e.max_token_id
    UNION ALL SELECT 'logit_effect', format('%s %s %s %s', l.neuron_id & ((1::bigint << 48) - 1), l.place, l.effect, l.token)
    FROM logit_effect l
    UNION ALL SELECT 'snippet', format('%s %s', s.neuron_id & ((1::bigint << 48) - 1), s.snippets) FROM snippet s
    UNION ALL SELECT 'explanation', format('%s %s', e.neuron_id & ((1::bigint << 48) - 1), to_jsonb(e) - 'neuron_id' - 'english' - 'simple') FROM explanation e
    UNION ALL SELECT 'neuron_summary', format('%s %s', s.neuron_id & ((1::bigint << 48) - 1), to_jsonb(s) - 'neuron_id' - 'model_id') FROM neuron_summary s
    UNION ALL SELECT 'feature', format('%s %s %s', f.neuron_id & ((1::bigint << 48) - 1), to_jsonb(f) - 'neuron_id' - 'logit_tokens',
                                       (SELECT md5(string_agg(encode(t.bytes, 'hex'), ' ' ORDER BY u.place))
                                        FROM unnest(unpack_tokens(f.logit_tokens)) WITH ORDINALITY AS u(id, place)
                                        JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.token_id = u.id))
    FROM feature f JOIN model m ON m.model_id = neuron_model_id(f.neuron_id)
    UNION ALL SELECT 'feature_example', format('%s %s', e.neuron_id & ((1::bigint << 48) - 1), to_jsonb(e) - 'neuron_id') FROM feature_example e
    UNION ALL SELECT 'simulation', format('%s %s %s %s %s %s %s %s', s.neuron_id & ((1::bigint << 48) - 1), s.source_id, s.place,
                                          s.activation_scale, s.text_ids, s.scores, md5(s.true_activations), md5(s.simulated_activations))
    FROM simulation s
    UNION ALL SELECT 'statistics', format('%s %s %s %s %s %s', s.neuron_id & ((1::bigint << 48) - 1), s.mean, s.variance, s.skewness,
                                          s.kurtosis, s.quantile_boundaries)
    FROM statistics s
    UNION ALL SELECT 'record', format('%s %s %s %s %s %s', r.neuron_id & ((1::bigint << 48) - 1), r.num_top, r.num_random,
                                      r.quantile_sizes, r.text_ids, md5(r.activations))
    FROM record r
    UNION ALL SELECT 'connection', format('%s %s %s %s %s', c.neuron_id & ((1::bigint << 48) - 1), c.direction, c.num_positive,
                                          encode(c.neurons, 'hex'), md5(c.weights))
    FROM connection c
    UNION ALL SELECT 'token_weight', format('%s %s %s %s %s', w.neuron_id & ((1::bigint << 48) - 1), w.kind, w.num_positive, md5(w.weights),
                                            (SELECT md5(string_agg(encode(t.bytes, 'hex'), ' ' ORDER BY u.place))
                                             FROM unnest(unpack_tokens(w.tokens)) WITH ORDINALITY AS u(id, place)
                                             JOIN token t ON t.vocabulary_id = m.vocabulary_id AND t.token_id = u.id))
    FROM token_weight w JOIN model m ON m.model_id = neuron_model_id(w.neuron_id)
    UNION ALL SELECT 'neuron_graph', format('%s %s', g.neuron_id & ((1::bigint << 48) - 1), to_jsonb(g) - 'neuron_id') FROM neuron_graph g
    UNION ALL SELECT 'graph_fit', format('%s %s', f.neuron_id & ((1::bigint << 48) - 1), to_jsonb(f) - 'neuron_id') FROM graph_fit f
    UNION ALL SELECT 'posting', format('%s %s %s %s', p.neuron_id & ((1::bigint << 48) - 1), p.kind, encode(t.bytes, 'hex'), p.importance)
    FROM posting p JOIN model m USING (model_id) JOIN token t USING (vocabulary_id, token_id)
    UNION ALL SELECT 'similar_neuron', format('%s %s %s %s', s.neuron_id & ((1::bigint << 48) - 1), s.similar_id & ((1::bigint << 48) - 1),
                                              s.similarity, s.num_shared)
    FROM similar_neuron s
    UNION ALL SELECT 'document', format('%s %s %s', d.neuron_id & ((1::bigint << 48) - 1), s.name, d.document)
    FROM document d JOIN source s USING (source_id)
    UNION ALL SELECT 'neuron_source', format('%s %s', n.neuron_id & ((1::bigint << 48) - 1), s.name)
    FROM neuron_source n JOIN source s USING (source_id)
    UNION ALL SELECT 'rejected', format('%s %s %s %s %s', r.neuron_id & ((1::bigint << 48) - 1), s.name, r.kind, r.reason, r.num_tries)
    FROM rejected r JOIN source s USING (source_id)
    UNION ALL SELECT 'job', format('%s %s %s %s', j.layer, n, count(*), count(j.done_at))
    FROM job j, unnest(j.neurons) AS n GROUP BY j.layer, n
    UNION ALL SELECT 'job_sums', format('%s %s', sum(num_stored), sum(num_rejected)) FROM job
)
SELECT kind, count(*), md5(string_agg(line, E'\n' ORDER BY line COLLATE "C")) FROM listed GROUP BY kind ORDER BY kind;
