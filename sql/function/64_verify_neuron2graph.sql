-- What `deepdecipher-ingest verify` asks of the rows of Neuron2Graph; the graphs themselves it reads again.

CREATE OR REPLACE FUNCTION verify_neuron2graph(model_id smallint) RETURNS TABLE (finding text, mend text, source text, neuron_id bigint)
LANGUAGE sql STABLE STRICT
SET search_path = public, pg_temp
AS $$
WITH m AS MATERIALIZED (
    SELECT m.*, neuron_id($1, 0, 0) AS first_id, neuron_id($1, 0, 0) + (1::bigint << 48) AS end_id FROM model m WHERE m.model_id = $1
), g AS (
    SELECT x.neuron_id, x.num_nodes, x.node_tokens, x.node_importances
    FROM m JOIN neuron_graph x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), f AS (
    SELECT x.* FROM m JOIN graph_fit x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), p AS (
    SELECT x.* FROM m JOIN posting x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), size AS MATERIALIZED (
    SELECT p.neuron_id, count(*)::integer AS size FROM p GROUP BY p.neuron_id
), s AS (
    SELECT x.* FROM m JOIN similar_neuron x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), unlike AS (
    SELECT 'two neurons are not similar both ways' AS finding FROM s
    WHERE s.neuron_id = s.similar_id
       OR NOT EXISTS (SELECT FROM similar_neuron x WHERE x.neuron_id = s.similar_id AND x.similar_id = s.neuron_id
                                                     AND x.similarity = s.similarity AND x.num_shared = s.num_shared)
    UNION ALL
    SELECT 'a similarity is not from 0.4 to 1' FROM s WHERE NOT (s.similarity >= 0.4::real AND s.similarity <= 1)
    UNION ALL
    -- Which tokens two neurons share is not counted again; how many tokens each has is.
    SELECT 'similar neurons do not fit the tokens that they have' FROM s
    LEFT JOIN size a ON a.neuron_id = s.neuron_id LEFT JOIN size b ON b.neuron_id = s.similar_id
    WHERE a.size IS NULL OR b.size IS NULL OR s.num_shared > least(a.size, b.size)
       OR s.similarity <> s.num_shared::real / least(a.size, b.size)::real
), found (finding, mend, source_id, neuron_id) AS (
SELECT 'noted as stored, but not there', 'again', 6, n.neuron_id
FROM m JOIN neuron_source n ON n.neuron_id >= m.first_id AND n.neuron_id < m.end_id
WHERE n.source_id = 6 AND NOT EXISTS (SELECT FROM neuron_graph x WHERE x.neuron_id = n.neuron_id)
UNION ALL
-- A file about the whole model is noted as its first neuron.
SELECT 'there, but not noted as stored', 'again', 10, NULL
FROM m WHERE EXISTS (SELECT FROM f) AND NOT EXISTS (SELECT FROM neuron_source n WHERE n.neuron_id = m.first_id AND n.source_id = 10)
UNION ALL
SELECT 'there, but not noted as stored', 'again', 7, NULL
FROM m WHERE EXISTS (SELECT FROM p) AND NOT EXISTS (SELECT FROM neuron_source n WHERE n.neuron_id = m.first_id AND n.source_id = 7)
UNION ALL
SELECT 'its nodes are not as many as their tokens or importances', 'again', 6, g.neuron_id FROM g
WHERE g.num_nodes <> cardinality(g.node_tokens) OR g.num_nodes <> cardinality(g.node_importances)
UNION ALL
SELECT 'an importance is not from 0 to 1', 'again', 6, g.neuron_id FROM g
WHERE 0 > ANY (g.node_importances) OR 1 < ANY (g.node_importances)
UNION ALL
SELECT 'an importance is not from 0 to 1', 'again', 7, p.neuron_id FROM p WHERE p.importance < 0 OR p.importance > 1 GROUP BY p.neuron_id
UNION ALL
SELECT 'a share is not from 0 to 1, or a count is negative', 'again', 10, f.neuron_id FROM f
WHERE greatest(f.accuracy, f.firing_precision, f.firing_recall, f.firing_f1_score, f.non_firing_precision, f.non_firing_recall,
               f.non_firing_f1_score) > 1.000001
   OR least(f.accuracy, f.firing_precision, f.firing_recall, f.firing_f1_score, f.non_firing_precision, f.non_firing_recall,
            f.non_firing_f1_score, f.firing_count, f.non_firing_count) < 0
UNION ALL
SELECT u.finding, format('SELECT similar_neurons_fill(%1$s::smallint), bump_revision(%1$s::smallint)', $1), NULL, NULL
FROM unlike u GROUP BY u.finding
UNION ALL
-- A folder need not have every neuron, but those that its other files tell of.
SELECT 'has tokens or a fit, but no graph', 'read', 6, x.neuron_id
FROM (SELECT f.neuron_id FROM f UNION SELECT size.neuron_id FROM size) AS x
WHERE EXISTS (SELECT FROM model_source ms WHERE ms.model_id = $1 AND ms.source_id = 6)
  AND NOT EXISTS (SELECT FROM neuron_graph y WHERE y.neuron_id = x.neuron_id)
  AND NOT EXISTS (SELECT FROM neuron_source n WHERE n.neuron_id = x.neuron_id AND n.source_id = 6)
  AND NOT EXISTS (SELECT FROM rejected r WHERE r.neuron_id = x.neuron_id AND r.source_id = 6)
)
SELECT f.finding, f.mend, x.name, f.neuron_id FROM found f LEFT JOIN source x USING (source_id)
$$;
COMMENT ON FUNCTION verify_neuron2graph(smallint) IS 'What in the rows of Neuron2Graph about a model contradicts itself';
