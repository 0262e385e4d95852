-- The model named $1 (or an alias): one row or none. Served by the unique keys of model and model_alias.
SELECT m.model_id, m.name, m.activation_function, d.name AS dataset, m.num_layers, m.layer_size,
       m.num_total_parameters, m.vocabulary_id, r.revision,
       (extract(epoch FROM m.created_at) * 1000000)::bigint AS created_us,
       coalesce((SELECT string_agg(s.name, ',') FROM model_source ms JOIN source s USING (source_id)
                 WHERE ms.model_id = m.model_id), '') AS sources,
       EXISTS (SELECT FROM logit_effect l WHERE l.neuron_id >= neuron_id(m.model_id, 0, 0)
               AND l.neuron_id < neuron_id((m.model_id + 1)::smallint, 0, 0)) AS has_logit_effects,
       coalesce((SELECT string_agg(s.name, ',') FROM live_source l JOIN source s USING (source_id)
                 WHERE l.model_id = m.model_id), '') AS live_sources,
       coalesce((SELECT string_agg(s.name, ',' ORDER BY s.name COLLATE "C") FROM model_source ms JOIN source s USING (source_id)
                 WHERE ms.model_id = m.model_id AND s.source_id >= 100), '') AS user_services
FROM model m JOIN dataset d USING (dataset_id) JOIN revision r USING (model_id)
WHERE m.model_id = model_id($1)
