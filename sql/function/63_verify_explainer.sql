-- What `deepdecipher-ingest verify` asks of the rows of OpenAI's neuron explainer; what is packed it looks at itself.

CREATE OR REPLACE FUNCTION verify_explainer(model_id smallint) RETURNS TABLE (finding text, mend text, source text, neuron_id bigint)
LANGUAGE sql STABLE STRICT
SET search_path = public, pg_temp
AS $$
WITH m AS MATERIALIZED (
    SELECT m.*, neuron_id($1, 0, 0) AS first_id, neuron_id($1, 0, 0) + (1::bigint << 48) AS end_id FROM model m WHERE m.model_id = $1
), noted AS MATERIALIZED (
    SELECT n.neuron_id, n.source_id FROM m JOIN neuron_source n ON n.neuron_id >= m.first_id AND n.neuron_id < m.end_id
    WHERE n.source_id IN (2, 3, 4, 5, 11)
), e AS (
    SELECT x.* FROM m JOIN explanation x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), s AS (
    SELECT x.* FROM m JOIN simulation x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
), there AS MATERIALIZED (
    SELECT e.neuron_id, e.source_id FROM e
    UNION ALL SELECT x.neuron_id, 3 FROM m JOIN statistics x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
    UNION ALL SELECT x.neuron_id, 3 FROM m JOIN record x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
    UNION ALL SELECT x.neuron_id, 4 FROM m JOIN connection x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
    UNION ALL SELECT x.neuron_id, CASE x.kind WHEN 'activation' THEN 11 ELSE 5 END
    FROM m JOIN token_weight x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
    UNION ALL SELECT noted.neuron_id, noted.source_id FROM noted
), found (finding, mend, source_id, neuron_id) AS (
-- A neuron may have no explanation, no connection and no weight; the others always have their row.
SELECT 'noted as stored, but not there', 'again', n.source_id, n.neuron_id FROM noted n
WHERE (n.source_id = 3 AND NOT (EXISTS (SELECT FROM statistics x WHERE x.neuron_id = n.neuron_id)
                                AND EXISTS (SELECT FROM record x WHERE x.neuron_id = n.neuron_id)))
   OR (n.source_id = 11 AND NOT EXISTS (SELECT FROM token_weight x WHERE x.neuron_id = n.neuron_id AND x.kind = 'activation'))
UNION ALL
SELECT 'the places of its explanations have gaps', 'again', e.source_id, e.neuron_id FROM e
GROUP BY e.source_id, e.neuron_id HAVING max(e.place) <> count(*) - 1
UNION ALL
SELECT 'a simulation without its explanation', 'again', s.source_id, s.neuron_id FROM s
WHERE NOT EXISTS (SELECT FROM explanation x WHERE x.neuron_id = s.neuron_id AND x.source_id = s.source_id AND x.place = s.place)
UNION ALL
-- Shares and correlations; rounding may leave a little more than 1. NaN is larger than every number.
SELECT 'a score is out of range', 'again', e.source_id, e.neuron_id FROM e
WHERE abs(e.score) > 1.000001 OR e.rsquared_score > 1.000001 OR e.absolute_dev_explained_score > 1.000001
UNION ALL
SELECT 'a score is out of range', 'again', s.source_id, s.neuron_id FROM s WHERE 1.000001 < ANY (s.scores)
UNION ALL
SELECT 'a simulation has not three scores for each text', 'again', s.source_id, s.neuron_id FROM s
WHERE cardinality(s.scores) <> 3 * cardinality(s.text_ids) OR cardinality(s.text_ids) = 0
UNION ALL
SELECT 'a moment of its activations is out of range', 'again', 3, x.neuron_id
FROM m JOIN statistics x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
WHERE x.variance < 0 OR x.kurtosis < -2 -- of which some take 3 off
   OR greatest(abs(x.mean), x.variance, abs(x.skewness), x.kurtosis) >= 'Infinity'
UNION ALL
SELECT 'the numbers of its records are not those of its texts', 'again', 3, x.neuron_id
FROM m JOIN record x ON x.neuron_id >= m.first_id AND x.neuron_id < m.end_id
WHERE x.num_top < 0 OR x.num_random < 0 OR 0 > ANY (x.quantile_sizes)
   OR x.num_top + x.num_random + (SELECT coalesce(sum(u), 0) FROM unnest(x.quantile_sizes) AS u) <> cardinality(x.text_ids)
UNION ALL
SELECT 'not read yet', 'read', ms.source_id, neuron_id($1, layer, neuron)
FROM m JOIN model_source ms USING (model_id)
CROSS JOIN generate_series(0, m.num_layers - 1) AS layer CROSS JOIN generate_series(0, m.layer_size - 1) AS neuron
WHERE ms.source_id IN (2, 3, 4, 5, 11)
  AND NOT EXISTS (SELECT FROM there t WHERE t.neuron_id = neuron_id($1, layer, neuron) AND t.source_id = ms.source_id)
  AND NOT EXISTS (SELECT FROM rejected r WHERE r.neuron_id = neuron_id($1, layer, neuron) AND r.source_id = ms.source_id)
)
SELECT f.finding, f.mend, x.name, f.neuron_id FROM found f JOIN source x USING (source_id)
$$;
COMMENT ON FUNCTION verify_explainer(smallint) IS 'What in the rows of OpenAI''s neuron explainer about a model contradicts itself';
