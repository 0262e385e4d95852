-- How much of a model each service has.

-- Numbers that neuron_summary knows come from its indexes, the others from those of primary keys: nothing is read but these.
-- Rows of one neuron lie side by side there, so that they are told apart without a hash table (see 43_summary.sql).
CREATE OR REPLACE FUNCTION service_coverage(model text) RETURNS TABLE (service text, num_neurons bigint)
LANGUAGE plpgsql STABLE STRICT
SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan
SET enable_hashagg = off
AS $$
DECLARE
    id CONSTANT smallint := model_id($1);
    low CONSTANT bigint := neuron_id(id, 0, 0);
    high CONSTANT bigint := neuron_id(id, 0, 0) + (1::bigint << 48);
BEGIN
    RETURN QUERY
    WITH built_in (name, total) AS (VALUES
        ('activation_statistics', (SELECT count(*) FROM statistics t WHERE t.neuron_id >= low AND t.neuron_id < high)),
        ('connections', (SELECT count(*) FROM neuron_source t WHERE t.neuron_id >= low AND t.neuron_id < high AND t.source_id = 4)),
        ('explanations', (SELECT count(*) FROM neuron_summary t WHERE t.model_id = id AND t.num_explanations > 0)),
        ('feature_examples', (SELECT count(*) FROM (SELECT DISTINCT t.neuron_id FROM feature_example t
                                                    WHERE t.neuron_id >= low AND t.neuron_id < high) AS n)),
        ('features', (SELECT count(*) FROM feature t WHERE t.neuron_id >= low AND t.neuron_id < high)),
        ('neuron2graph', (SELECT count(*) FROM neuron_graph t WHERE t.neuron_id >= low AND t.neuron_id < high)),
        ('neuron_explainer', (SELECT count(*) FROM (SELECT DISTINCT t.neuron_id FROM explanation t
                                                    WHERE t.neuron_id >= low AND t.neuron_id < high AND t.source_id = 2) AS n)),
        ('neuroscope', (SELECT count(*) FROM neuron_summary t WHERE t.model_id = id AND t.num_examples > 0)),
        ('records', (SELECT count(*) FROM record t WHERE t.neuron_id >= low AND t.neuron_id < high)),
        ('similar', (SELECT count(*) FROM neuron_summary t WHERE t.model_id = id AND t.num_similar IS NOT NULL)),
        ('tokens', (SELECT count(*) FROM (SELECT DISTINCT t.neuron_id FROM token_weight t
                                          WHERE t.neuron_id >= low AND t.neuron_id < high) AS n))
    ), own AS (
        SELECT t.source_id, count(*) AS total FROM document t
        WHERE t.neuron_id >= low AND t.neuron_id < high AND neuron_index(t.neuron_id) <> 2147483647
        GROUP BY t.source_id
    ), counted AS (
        SELECT b.name, b.total FROM built_in b
        UNION ALL
        SELECT s.name, coalesce(o.total, 0) FROM model_source m JOIN source s USING (source_id) LEFT JOIN own o USING (source_id)
        WHERE m.model_id = id AND s.source_id >= 100 AND s.name NOT IN (SELECT b.name FROM built_in b)
    )
    SELECT c.name, c.total FROM counted c ORDER BY c.name COLLATE "C";
END
$$;
COMMENT ON FUNCTION service_coverage(text) IS 'Of how many neurons of a model each service has data';
