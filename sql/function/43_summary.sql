-- Filling neuron_summary: one function for each table that its numbers come from, and one that calls them.
--
-- Whole models are joined and counted in the order of keys: PostgreSQL's hash of a bigint is that of its halves combined by XOR,
-- so that the keys of a model, which differ in layer and index, share a few thousand hashes, and a hash table of them takes
-- minutes. Nested loops are left out because the planner knows nothing yet of what was just written, and may take a whole
-- model for one row.
--
-- Each takes keys of neurons of one model and writes what the table has of them, also that it has nothing any more. Keys are
-- taken in order, so that two jobs never wait for one another.

CREATE OR REPLACE FUNCTION summary_neuroscope(neurons bigint[]) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
    INSERT INTO neuron_summary AS s (neuron_id, num_examples, max_activation, min_activation, importance)
    SELECT i.neuron_id, n.num_examples, n.max_activation, n.min_activation, n.importance
    FROM unnest($1) AS i(neuron_id) LEFT JOIN neuron n USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET num_examples = excluded.num_examples, max_activation = excluded.max_activation,
        min_activation = excluded.min_activation, importance = excluded.importance
    WHERE (s.num_examples, s.max_activation, s.min_activation)
          IS DISTINCT FROM (excluded.num_examples, excluded.max_activation, excluded.min_activation)
$$;
COMMENT ON FUNCTION summary_neuroscope(bigint[]) IS 'Brings neuron_summary up to date with the table neuron';

CREATE OR REPLACE FUNCTION summary_statistics(neurons bigint[]) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
    INSERT INTO neuron_summary AS s (neuron_id, mean, variance, skewness, kurtosis)
    SELECT i.neuron_id, n.mean, n.variance, n.skewness, n.kurtosis
    FROM unnest($1) AS i(neuron_id) LEFT JOIN statistics n USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET mean = excluded.mean, variance = excluded.variance, skewness = excluded.skewness,
        kurtosis = excluded.kurtosis
    WHERE (s.mean, s.variance, s.skewness, s.kurtosis)
          IS DISTINCT FROM (excluded.mean, excluded.variance, excluded.skewness, excluded.kurtosis)
$$;
COMMENT ON FUNCTION summary_statistics(bigint[]) IS 'Brings neuron_summary up to date with the table statistics';

-- The best is the first of those that the API gives.
CREATE OR REPLACE FUNCTION summary_explanation(neurons bigint[]) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
    INSERT INTO neuron_summary AS s (neuron_id, num_explanations, explanation_score, rsquared_score,
                                     absolute_dev_explained_score)
    SELECT i.neuron_id, e.total, e.score, e.rsquared_score, e.absolute_dev_explained_score
    FROM unnest($1) AS i(neuron_id) LEFT JOIN LATERAL (
        SELECT x.score, x.rsquared_score, x.absolute_dev_explained_score, count(*) OVER ()::integer AS total
        FROM explanation x WHERE x.neuron_id = i.neuron_id
        ORDER BY x.score DESC NULLS LAST, x.source_id, x.place
        LIMIT 1) AS e ON true
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET num_explanations = excluded.num_explanations,
        explanation_score = excluded.explanation_score, rsquared_score = excluded.rsquared_score,
        absolute_dev_explained_score = excluded.absolute_dev_explained_score
    WHERE (s.num_explanations, s.explanation_score, s.rsquared_score, s.absolute_dev_explained_score)
          IS DISTINCT FROM (excluded.num_explanations, excluded.explanation_score, excluded.rsquared_score,
                            excluded.absolute_dev_explained_score)
$$;
COMMENT ON FUNCTION summary_explanation(bigint[]) IS 'Brings neuron_summary up to date with the table explanation';

CREATE OR REPLACE FUNCTION summary_graph(neurons bigint[]) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
    INSERT INTO neuron_summary AS s (neuron_id, num_nodes, num_activating, num_edges)
    SELECT i.neuron_id, g.num_nodes, g.num_activating, g.num_edges
    FROM unnest($1) AS i(neuron_id) LEFT JOIN neuron_graph g USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET num_nodes = excluded.num_nodes, num_activating = excluded.num_activating,
        num_edges = excluded.num_edges
    WHERE (s.num_nodes, s.num_activating, s.num_edges)
          IS DISTINCT FROM (excluded.num_nodes, excluded.num_activating, excluded.num_edges)
$$;
COMMENT ON FUNCTION summary_graph(bigint[]) IS 'Brings neuron_summary up to date with the table neuron_graph';

CREATE OR REPLACE FUNCTION summary_fit(neurons bigint[]) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
    INSERT INTO neuron_summary AS s (neuron_id, accuracy, firing_precision, firing_recall, firing_f1_score, non_firing_precision,
                                     non_firing_recall, non_firing_f1_score, firing_count, non_firing_count)
    SELECT i.neuron_id, f.accuracy, f.firing_precision, f.firing_recall, f.firing_f1_score, f.non_firing_precision,
           f.non_firing_recall, f.non_firing_f1_score, f.firing_count, f.non_firing_count
    FROM unnest($1) AS i(neuron_id) LEFT JOIN graph_fit f USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET accuracy = excluded.accuracy, firing_precision = excluded.firing_precision,
        firing_recall = excluded.firing_recall, firing_f1_score = excluded.firing_f1_score,
        non_firing_precision = excluded.non_firing_precision, non_firing_recall = excluded.non_firing_recall,
        non_firing_f1_score = excluded.non_firing_f1_score, firing_count = excluded.firing_count,
        non_firing_count = excluded.non_firing_count
    WHERE (s.accuracy, s.firing_precision, s.firing_recall, s.firing_f1_score, s.non_firing_precision, s.non_firing_recall,
           s.non_firing_f1_score, s.firing_count, s.non_firing_count)
          IS DISTINCT FROM (excluded.accuracy, excluded.firing_precision, excluded.firing_recall, excluded.firing_f1_score,
                            excluded.non_firing_precision, excluded.non_firing_recall, excluded.non_firing_f1_score,
                            excluded.firing_count, excluded.non_firing_count)
$$;
COMMENT ON FUNCTION summary_fit(bigint[]) IS 'Brings neuron_summary up to date with the table graph_fit';

-- Neurons that have tokens but none of a kind have 0 of it; neurons without any have no number.
CREATE OR REPLACE FUNCTION summary_tokens(neurons bigint[]) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = public, pg_temp
SET enable_nestloop = off
SET enable_hashjoin = off
SET enable_hashagg = off
AS $$
    INSERT INTO neuron_summary AS s (neuron_id, num_activating_tokens, num_important_tokens, num_similar)
    SELECT i.neuron_id, p.activating, p.important, CASE WHEN p.activating IS NOT NULL THEN coalesce(o.total, 0) END
    FROM unnest($1) AS i(neuron_id)
    LEFT JOIN (SELECT t.neuron_id, count(*) FILTER (WHERE t.kind = 'activating')::integer AS activating,
                      count(*) FILTER (WHERE t.kind = 'important')::integer AS important
               FROM posting t WHERE t.neuron_id BETWEEN (SELECT min(u) FROM unnest($1) AS u) AND (SELECT max(u) FROM unnest($1) AS u)
               GROUP BY t.neuron_id) AS p USING (neuron_id)
    LEFT JOIN (SELECT t.neuron_id, count(*)::integer AS total
               FROM similar_neuron t WHERE t.neuron_id BETWEEN (SELECT min(u) FROM unnest($1) AS u) AND (SELECT max(u) FROM unnest($1) AS u)
               GROUP BY t.neuron_id) AS o USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET num_activating_tokens = excluded.num_activating_tokens,
        num_important_tokens = excluded.num_important_tokens, num_similar = excluded.num_similar
    WHERE (s.num_activating_tokens, s.num_important_tokens, s.num_similar)
          IS DISTINCT FROM (excluded.num_activating_tokens, excluded.num_important_tokens, excluded.num_similar)
$$;
COMMENT ON FUNCTION summary_tokens(bigint[]) IS 'Brings neuron_summary up to date with the tables posting and similar_neuron';

-- Features of a dictionary: what neurons have in the table neuron comes first.
CREATE OR REPLACE FUNCTION summary_feature(neurons bigint[]) RETURNS void
LANGUAGE sql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
    INSERT INTO neuron_summary AS s (neuron_id, max_activation, frac_nonzero)
    SELECT i.neuron_id, coalesce(n.max_activation, u.max_activation), u.frac_nonzero
    FROM unnest($1) AS i(neuron_id) LEFT JOIN feature u USING (neuron_id) LEFT JOIN neuron n USING (neuron_id)
    ORDER BY i.neuron_id
    ON CONFLICT (neuron_id) DO UPDATE SET max_activation = excluded.max_activation, frac_nonzero = excluded.frac_nonzero
    WHERE (s.max_activation, s.frac_nonzero) IS DISTINCT FROM (excluded.max_activation, excluded.frac_nonzero)
$$;
COMMENT ON FUNCTION summary_feature(bigint[]) IS 'Brings neuron_summary up to date with the table feature';

-- Keys of all neurons of a model that neuron_summary or a table has: what a source that gives a whole model may have changed.
CREATE OR REPLACE FUNCTION summary_neurons(model_id smallint) RETURNS bigint[]
LANGUAGE sql STABLE STRICT
SET search_path = public, pg_temp
SET enable_hashagg = off
AS $$
    WITH bounds AS (SELECT neuron_id($1, 0, 0) AS low, neuron_id($1, 0, 0) + (1::bigint << 48) AS high)
    SELECT coalesce(array_agg(k.neuron_id ORDER BY k.neuron_id), '{}') FROM (
        SELECT t.neuron_id FROM bounds, neuron_summary t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, neuron t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, statistics t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, explanation t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, neuron_graph t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, graph_fit t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, posting t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, record t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, connection t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, token_weight t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, feature t WHERE t.neuron_id >= low AND t.neuron_id < high
        UNION SELECT t.neuron_id FROM bounds, document t
              WHERE t.neuron_id >= low AND t.neuron_id < high AND neuron_index(t.neuron_id) <> 2147483647) AS k
$$;
COMMENT ON FUNCTION summary_neurons(smallint) IS 'Keys of the neurons of a model that anything is stored of';

-- All of a model anew, in one pass.
CREATE OR REPLACE FUNCTION summary_refill(model_id smallint) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_nestloop = off
SET enable_hashjoin = off
SET enable_hashagg = off
AS $$
DECLARE
    low CONSTANT bigint := neuron_id($1, 0, 0);
    high CONSTANT bigint := neuron_id($1, 0, 0) + (1::bigint << 48);
    neurons CONSTANT bigint[] := summary_neurons($1);
BEGIN
    DELETE FROM neuron_summary s WHERE s.neuron_id >= low AND s.neuron_id < high;
    INSERT INTO neuron_summary (neuron_id, num_examples, max_activation, min_activation, importance, mean, variance, skewness,
        kurtosis, num_explanations, explanation_score, rsquared_score, absolute_dev_explained_score, num_nodes, num_activating,
        num_edges, accuracy, firing_precision, firing_recall, firing_f1_score, non_firing_precision, non_firing_recall,
        non_firing_f1_score, firing_count, non_firing_count, num_activating_tokens, num_important_tokens, num_similar, frac_nonzero)
    SELECT i.neuron_id, n.num_examples, coalesce(n.max_activation, u.max_activation), n.min_activation, n.importance, t.mean, t.variance, t.skewness,
           t.kurtosis, e.total, e.score, e.rsquared_score, e.absolute_dev_explained_score, g.num_nodes, g.num_activating,
           g.num_edges, f.accuracy, f.firing_precision, f.firing_recall, f.firing_f1_score, f.non_firing_precision,
           f.non_firing_recall, f.non_firing_f1_score, f.firing_count, f.non_firing_count, p.activating, p.important,
           CASE WHEN p.activating IS NOT NULL THEN coalesce(o.total, 0) END, u.frac_nonzero
    FROM unnest(neurons) AS i(neuron_id)
    LEFT JOIN (SELECT * FROM neuron x WHERE x.neuron_id >= low AND x.neuron_id < high) AS n USING (neuron_id)
    LEFT JOIN (SELECT * FROM statistics x WHERE x.neuron_id >= low AND x.neuron_id < high) AS t USING (neuron_id)
    LEFT JOIN (SELECT * FROM neuron_graph x WHERE x.neuron_id >= low AND x.neuron_id < high) AS g USING (neuron_id)
    LEFT JOIN (SELECT * FROM graph_fit x WHERE x.neuron_id >= low AND x.neuron_id < high) AS f USING (neuron_id)
    LEFT JOIN (SELECT * FROM feature x WHERE x.neuron_id >= low AND x.neuron_id < high) AS u USING (neuron_id)
    LEFT JOIN (SELECT DISTINCT ON (x.neuron_id) x.neuron_id, x.score, x.rsquared_score, x.absolute_dev_explained_score,
                      count(*) OVER (PARTITION BY x.neuron_id)::integer AS total
               FROM explanation x WHERE x.neuron_id >= low AND x.neuron_id < high
               ORDER BY x.neuron_id, x.score DESC NULLS LAST, x.source_id, x.place) AS e USING (neuron_id)
    LEFT JOIN (SELECT x.neuron_id, count(*) FILTER (WHERE x.kind = 'activating')::integer AS activating,
                      count(*) FILTER (WHERE x.kind = 'important')::integer AS important
               FROM posting x WHERE x.neuron_id >= low AND x.neuron_id < high GROUP BY x.neuron_id) AS p USING (neuron_id)
    LEFT JOIN (SELECT x.neuron_id, count(*)::integer AS total
               FROM similar_neuron x WHERE x.neuron_id >= low AND x.neuron_id < high GROUP BY x.neuron_id) AS o USING (neuron_id)
    ORDER BY i.neuron_id;
END
$$;
COMMENT ON FUNCTION summary_refill(smallint) IS 'Makes the rows of neuron_summary of a model anew';

-- Brings neuron_summary up to date after `source_id` gave `neurons`.
CREATE OR REPLACE FUNCTION summary_fill(model_id smallint, source_id smallint, neurons bigint[]) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    CASE source_id
    WHEN 1 THEN PERFORM summary_neuroscope(neurons);
    WHEN 2 THEN PERFORM summary_explanation(neurons);
    WHEN 3 THEN PERFORM summary_statistics(neurons);
    WHEN 6 THEN PERFORM summary_graph(neurons);
    WHEN 7 THEN PERFORM summary_tokens(summary_neurons(model_id)); -- gives a whole model at once
    WHEN 10 THEN PERFORM summary_fit(summary_neurons(model_id));   -- likewise
    WHEN 9 THEN -- notes itself which of the neurons it has given
        neurons := ARRAY(SELECT i.id FROM unnest(neurons) AS i(id)
                         JOIN neuron_source n ON n.neuron_id = i.id AND n.source_id = $2);
        PERFORM summary_feature(neurons), summary_explanation(neurons);
    ELSE -- a list has no numbers of it, but the neuron is there
        INSERT INTO neuron_summary (neuron_id)
        SELECT i.neuron_id FROM unnest(neurons) AS i(neuron_id)
        WHERE neuron_index(i.neuron_id) <> 2147483647 -- documents about layers
        ORDER BY i.neuron_id
        ON CONFLICT DO NOTHING;
    END CASE;
END
$$;
COMMENT ON FUNCTION summary_fill(smallint, smallint, bigint[]) IS 'Brings neuron_summary up to date with the neurons that a source gave';

-- A database that is older than the table.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM neuron_summary) THEN
        PERFORM summary_refill(m.model_id) FROM model m;
    END IF;
END
$$;
