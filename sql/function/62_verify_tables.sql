-- What `deepdecipher-ingest verify` asks of every table that archive_list() names: a new table needs nothing here.

CREATE OR REPLACE FUNCTION verify_tables(model_id smallint) RETURNS TABLE (finding text, mend text, source text, neuron_id bigint)
LANGUAGE plpgsql STABLE STRICT
SET search_path = public, pg_temp
AS $$
DECLARE
    m record;
    t record;
    place text;
    outside text;
BEGIN
    SELECT x.num_layers, x.layer_size, x.vocabulary_id INTO m FROM model x WHERE x.model_id = $1;
    FOR t IN SELECT l.name, l.source, c.kind, archive_range(l.name, $1) AS range
             FROM archive_list() l JOIN archive_columns() c ON c.table_name = l.name AND c.place = 1
             WHERE c.kind IN ('neuron', 'subject') ORDER BY l.place LOOP
        outside := format('%s AND (neuron_layer(neuron_id) >= %s OR neuron_index(neuron_id) >= %s)', t.range, m.num_layers, m.layer_size);
        IF t.kind = 'subject' THEN -- document_key() of a layer and of the model
            outside := outside || format(' AND NOT (neuron_index(neuron_id) = 2147483647 AND (neuron_layer(neuron_id) = 65535 OR neuron_layer(neuron_id) < %s))',
                                         m.num_layers);
        END IF;
        RETURN QUERY EXECUTE format('SELECT %L, %L, NULL::text, NULL::bigint FROM %I WHERE %s LIMIT 1',
                                    format('a row of %s is about a neuron that the model does not have', t.name),
                                    format('DELETE FROM %I WHERE %s', t.name, outside), t.name, outside);
        CONTINUE WHEN t.source IS NULL;
        -- Files about a whole model (7, 10) are noted once; neuroscope (1) and documents have words of their own.
        RETURN QUERY EXECUTE format(
            'SELECT DISTINCT ''there, but not noted as stored'', ''again'', s.name, x.neuron_id
             FROM (SELECT y.neuron_id, (%s)::smallint AS source_id FROM %I y WHERE %s) AS x JOIN source s USING (source_id)
             WHERE x.source_id < 100 AND x.source_id NOT IN (1, 7, 10)
               AND NOT EXISTS (SELECT FROM neuron_source n WHERE n.neuron_id = x.neuron_id AND n.source_id = x.source_id)',
            t.source, t.name, t.range);
        FOR place IN SELECT c.name FROM archive_columns() c WHERE c.table_name = t.name AND c.kind = 'token' LOOP
            RETURN QUERY EXECUTE format(
                'SELECT DISTINCT ''a token is not in the vocabulary'', ''again'', s.name, x.neuron_id
                 FROM (SELECT y.neuron_id, (%s)::smallint AS source_id, y.%I AS token_id FROM %I y WHERE %s) AS x JOIN source s USING (source_id)
                 WHERE x.token_id IS NOT NULL
                   AND NOT EXISTS (SELECT FROM token k WHERE k.vocabulary_id = $1 AND k.token_id = x.token_id)',
                t.source, place, t.name, t.range)
                USING m.vocabulary_id;
        END LOOP;
    END LOOP;
    RETURN QUERY SELECT DISTINCT 'a text is not stored', 'again', u.source, u.neuron_id FROM verify_text_users($1) u
    WHERE NOT EXISTS (SELECT FROM text x WHERE x.text_id = u.text_id AND x.vocabulary_id = m.vocabulary_id);
END
$$;
COMMENT ON FUNCTION verify_tables(smallint) IS 'Rows of any table about a model that name a neuron, a token or a text that is not there, or that are not noted';

-- Without those of neuroscope, which are looked at together with their activations.
CREATE OR REPLACE FUNCTION verify_text_users(model_id smallint) RETURNS TABLE (text_id bigint, source text, neuron_id bigint)
LANGUAGE plpgsql STABLE STRICT
SET search_path = public, pg_temp
AS $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT l.name, l.source, c.name AS place, c.kind, archive_range(l.name, $1) AS range
             FROM archive_list() l JOIN archive_columns() c ON c.table_name = l.name
             WHERE c.kind IN ('text', 'text[]') AND l.name <> 'example' LOOP
        RETURN QUERY EXECUTE format(
            'SELECT x.text_id, s.name, x.neuron_id
             FROM (SELECT y.neuron_id, (%s)::smallint AS source_id, %s AS text_id FROM %I y WHERE %s) AS x JOIN source s USING (source_id)
             WHERE x.text_id IS NOT NULL',
            t.source, format(CASE t.kind WHEN 'text' THEN 'y.%I' ELSE 'unnest(y.%I)' END, t.place), t.name, t.range);
    END LOOP;
END
$$;
COMMENT ON FUNCTION verify_text_users(smallint) IS 'Which neurons of a model have which texts, and by which source';
