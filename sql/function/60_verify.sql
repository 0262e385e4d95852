-- What `deepdecipher-ingest verify` asks of the rows; what is packed it looks at itself.

-- Findings about a model: one row for each neuron concerned (NULL: the model). `mend` is how it can be mended:
--   'again'  read the neuron again    'read'  read it for the first time    'retry'  ask again for what was refused
-- or the SQL to run. The other functions verify_… give the same; verify_findings() puts them together.
CREATE OR REPLACE FUNCTION verify_rows(model_id smallint) RETURNS TABLE (finding text, mend text, source text, neuron_id bigint)
LANGUAGE sql STABLE STRICT
SET search_path = public, pg_temp
AS $$
WITH m AS MATERIALIZED (
    SELECT m.*, neuron_id($1, 0, 0) AS first_id, neuron_id(($1 + 1)::smallint, 0, 0) AS end_id FROM model m WHERE m.model_id = $1
), n AS (
    SELECT n.* FROM m JOIN neuron n ON n.neuron_id >= m.first_id AND n.neuron_id < m.end_id
), e AS (
    SELECT e.* FROM m JOIN example e ON e.neuron_id >= m.first_id AND e.neuron_id < m.end_id
), noted AS (
    SELECT s.neuron_id, s.source_id FROM m JOIN neuron_source s ON s.neuron_id >= m.first_id AND s.neuron_id < m.end_id
), d AS (
    SELECT d.neuron_id, d.source_id FROM m JOIN document d ON d.neuron_id >= m.first_id AND d.neuron_id < m.end_id
), refused AS (
    SELECT r.neuron_id, r.source_id FROM m JOIN rejected r ON r.neuron_id >= m.first_id AND r.neuron_id < m.end_id
), found (finding, mend, source, neuron_id) AS (
SELECT 'the model has no row in revision, so the API does not show it', format('INSERT INTO revision (model_id) VALUES (%s)', $1),
       NULL, NULL::bigint
FROM m WHERE NOT EXISTS (SELECT FROM revision r WHERE r.model_id = $1)
UNION ALL
SELECT 'the model can not be found by other spellings of its name',
       format('INSERT INTO model_alias (alias, model_id) VALUES (%L, %s)', model_key(m.name), $1), NULL, NULL
FROM m WHERE NOT EXISTS (SELECT FROM model_alias a WHERE a.alias = model_key(m.name))
UNION ALL
SELECT format('the source %s has given neurons, but is not among the model''s', s.name),
       format('INSERT INTO model_source (model_id, source_id) VALUES (%s, %s)', $1, s.source_id), NULL, NULL
FROM source s
WHERE EXISTS (SELECT FROM noted WHERE noted.source_id = s.source_id)
  AND NOT EXISTS (SELECT FROM model_source ms WHERE ms.model_id = $1 AND ms.source_id = s.source_id)
UNION ALL
SELECT 'ids of the vocabulary''s tokens have gaps: every text that uses a lost one is listed below', NULL, NULL, NULL
FROM m WHERE (SELECT count(*) <> coalesce(max(t.token_id) + 1, 0) FROM token t WHERE t.vocabulary_id = m.vocabulary_id)
UNION ALL
SELECT 'the text of a token is not what its bytes say',
       format('UPDATE token SET token = convert_from(replace_nul(bytes), ''UTF8'') WHERE vocabulary_id = %s', m.vocabulary_id), NULL, NULL
FROM m WHERE EXISTS (SELECT FROM token t WHERE t.vocabulary_id = m.vocabulary_id AND convert_to(t.token, 'UTF8') <> replace_nul(t.bytes))
UNION ALL
SELECT 'noted as stored, but not there', 'again', 'neuroscope', noted.neuron_id FROM noted
WHERE noted.source_id = 1 AND NOT EXISTS (SELECT FROM neuron x WHERE x.neuron_id = noted.neuron_id)
UNION ALL
SELECT 'there, but not noted as stored', 'again', 'neuroscope', n.neuron_id FROM n
WHERE NOT EXISTS (SELECT FROM neuron_source s WHERE s.neuron_id = n.neuron_id AND s.source_id = 1)
UNION ALL
SELECT 'texts without their neuron', 'again', 'neuroscope', e.neuron_id FROM e
WHERE NOT EXISTS (SELECT FROM neuron x WHERE x.neuron_id = e.neuron_id) GROUP BY e.neuron_id
UNION ALL
SELECT 'the number of texts or their ranks are wrong', 'again', 'neuroscope', n.neuron_id
FROM n LEFT JOIN LATERAL (SELECT count(*) AS num, max(x.rank) AS last FROM example x WHERE x.neuron_id = n.neuron_id) AS found ON true
WHERE found.num <> n.num_examples OR found.last IS DISTINCT FROM n.num_examples - 1
UNION ALL
SELECT 'its highest or lowest activation is not that of its first text', 'again', 'neuroscope', n.neuron_id
FROM n JOIN example x ON x.neuron_id = n.neuron_id AND x.rank = 0
WHERE (n.max_activation, n.min_activation) IS DISTINCT FROM (x.max_activation, x.min_activation)
UNION ALL
SELECT 'a range or an activation is out of order', 'again', 'neuroscope', e.neuron_id FROM e
WHERE NOT (e.min_range <= e.max_range AND e.min_activation <= e.max_activation AND e.max_activation <= e.max_range + 0.0002)
GROUP BY e.neuron_id
UNION ALL
SELECT 'noted as stored, but the document is not there', 'again', s.name, noted.neuron_id
FROM noted JOIN source s USING (source_id)
WHERE noted.source_id >= 100 AND NOT EXISTS (SELECT FROM document x WHERE x.neuron_id = noted.neuron_id AND x.source_id = noted.source_id)
UNION ALL
SELECT 'a document that is not noted as stored', 'again', s.name, d.neuron_id
FROM d JOIN source s USING (source_id)
WHERE NOT EXISTS (SELECT FROM neuron_source x WHERE x.neuron_id = d.neuron_id AND x.source_id = d.source_id)
UNION ALL
SELECT 'refused by the source and not stored', 'retry', s.name, refused.neuron_id FROM refused JOIN source s USING (source_id)
WHERE NOT EXISTS (SELECT FROM neuron_source x WHERE x.neuron_id = refused.neuron_id AND x.source_id = refused.source_id)
UNION ALL
SELECT 'not read yet', 'read', 'neuroscope', neuron_id($1, layer, neuron)
FROM m CROSS JOIN generate_series(0, m.num_layers - 1) AS layer CROSS JOIN generate_series(0, m.layer_size - 1) AS neuron
WHERE EXISTS (SELECT FROM model_source ms WHERE ms.model_id = $1 AND ms.source_id = 1)
  AND NOT EXISTS (SELECT FROM neuron x WHERE x.neuron_id = neuron_id($1, layer, neuron))
  AND NOT EXISTS (SELECT FROM neuron_source x WHERE x.neuron_id = neuron_id($1, layer, neuron) AND x.source_id = 1)
  AND NOT EXISTS (SELECT FROM rejected x WHERE x.neuron_id = neuron_id($1, layer, neuron) AND x.source_id = 1)
)
SELECT f.finding, f.mend, f.source, f.neuron_id FROM found f
$$;
COMMENT ON FUNCTION verify_rows(smallint) IS 'What in the rows of neuroscope and of users'' documents, and in the notes about a model, contradicts itself';
