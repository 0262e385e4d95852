-- Lists of neurons by any number of neuron_summary: pages in constant time, however far behind the first they are.

-- Which part of neuron_summary is about a model, as a condition on `s`. `model` is a key, or an SQL expression that gives one.
CREATE OR REPLACE FUNCTION neuron_list_part(model text, layers int4multirange, by_neuron boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = public, pg_temp
AS $$
DECLARE
    base CONSTANT text := format('(%s::bigint << 48)', model);
    span CONSTANT text := 's.neuron_id >= %s + %s AND s.neuron_id < %1$s + %3$s';
    inner_part text := CASE WHEN by_neuron THEN format(span, base, 0, 1::bigint << 48) ELSE format('s.model_id = %s', model) END;
BEGIN
    IF layers IS NULL THEN
        RETURN inner_part;
    ELSIF isempty(layers) THEN
        RETURN 'false';
    END IF;
    -- The whole span first: unlike alternatives it is looked at inside an index.
    inner_part := inner_part || ' AND ' || format(span, base, lower(layers)::bigint << 32, upper(layers)::bigint << 32);
    IF range_merge(layers)::int4multirange = layers THEN
        RETURN inner_part;
    END IF;
    RETURN (SELECT inner_part || ' AND (' || string_agg('(' || format(span, base, lower(l)::bigint << 32, upper(l)::bigint << 32) || ')',
                                                        ' OR ') || ')' FROM unnest(layers) AS l);
END
$$;
COMMENT ON FUNCTION neuron_list_part(text, int4multirange, boolean) IS 'Condition on the rows of neuron_summary that are of a model';

-- A bound as a constant of a column's type, so that an index can be used: 2.5 of whole numbers at least is 3.
CREATE OR REPLACE FUNCTION neuron_list_bound(bound double precision, type text, is_low boolean) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
RETURN CASE
    WHEN type = 'integer' THEN
        greatest(least(CASE WHEN is_low THEN ceil(bound) ELSE floor(bound) END, 2147483647), -2147483648)::bigint::text
    WHEN type = 'real' AND abs(bound) > 3.4e38 THEN (sign(bound) * double precision 'Infinity')::text
    WHEN type = 'real' AND abs(bound) < 1e-37 THEN '0'
    ELSE bound::text END;
COMMENT ON FUNCTION neuron_list_bound(double precision, text, boolean) IS 'A bound of a list as text that the column''s type takes';

-- A page of many models. Each model might give the whole page, but reading that much of every one costs as many pages as there
-- are models. So the keys of each model's share of a page are read, and some more; the last of the page that these make is a
-- bound, which few neurons pass, and the page is among those.
--   part, condition  which neurons, of the model m.model_id; keys, ordering: of the list, over neuron_summary AS s
--   within           the comparison that holds for keys before the bound, and farthest: the bound
CREATE OR REPLACE FUNCTION neuron_list_merge(models smallint[], part text, condition text, keys text, ordering text,
                                             within text, farthest text, num_rows integer) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = public, pg_temp
RETURN format('WITH bound AS MATERIALIZED (SELECT s.* FROM unnest(%1$L::smallint[], %5$L::integer[]) AS m(model_id, num_rows)'
              ' CROSS JOIN LATERAL (SELECT %2$s FROM neuron_summary s WHERE %3$s ORDER BY %4$s LIMIT m.num_rows) AS s'
              ' ORDER BY %4$s LIMIT 1 OFFSET %6$s)'
              ' SELECT s.* FROM unnest(%1$L::smallint[]) AS m(model_id) CROSS JOIN LATERAL'
              ' (SELECT s.* FROM neuron_summary s WHERE %3$s AND (%2$s) %7$s (%8$s) ORDER BY %4$s LIMIT %9$s) AS s'
              ' ORDER BY %4$s LIMIT %9$s',
              models, keys, part || condition, ordering,
              (SELECT array_agg(2 + (1.25 * num_rows * m.num_layers * m.layer_size / sum)::integer ORDER BY place)
               FROM unnest(models) WITH ORDINALITY AS u(model_id, place) JOIN model m USING (model_id),
                    (SELECT sum(m.num_layers * m.layer_size) FROM model m WHERE m.model_id = ANY (models)) AS all_of_them(sum)),
              num_rows - 1, within, farthest, num_rows);
COMMENT ON FUNCTION neuron_list_merge(smallint[], text, text, text, text, text, text, integer)
    IS 'SQL of a page of a list of many models';

-- The query of a list, in which everything is a constant: the planner then sees which index is best.
--   models         keys; NULL: all
--   layers         NULL: all
--   field          column of neuron_summary to sort by; NULL: neuron_id. Neurons without it are left out; where two have
--                  the same, and where field is NULL, neuron_id decides, in the same direction
--   filters, lows, highs  columns, and bounds of each; NULL: no such bound
--   after_value, after_id  the last neuron of the page before; NULL: from the beginning
--   fields         columns wanted; the others are NULL. `explanation` is the text that explanation_score belongs to
--   merged         models are merged as they are read: for lists that are read to their end. Of a page, planning that alone
--                  takes longer than neuron_list_merge
CREATE OR REPLACE FUNCTION neuron_list_query(models smallint[], layers int4multirange, field text, is_descending boolean,
    filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint,
    fields text[], num_rows integer, merged boolean) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp
AS $$
DECLARE
    way CONSTANT text := CASE WHEN is_descending THEN ' DESC' ELSE '' END;
    by_neuron CONSTANT boolean := field IS NULL;
    key CONSTANT text := 's.' || quote_ident(field);
    key_type CONSTANT text := '::' || (SELECT format_type(a.atttypid, NULL) FROM pg_attribute a
                                       WHERE a.attrelid = 'neuron_summary'::regclass AND a.attname = field);
    keys CONSTANT text := concat_ws(', ', key, 's.neuron_id');
    ordering CONSTANT text := concat_ws(', ', key || way, 's.neuron_id' || way);
    last_value CONSTANT text := CASE WHEN is_descending THEN '-Infinity' ELSE 'Infinity' END;
    farthest CONSTANT text := concat_ws(', ',
        'coalesce((SELECT ' || key || ' FROM bound s), ''' || neuron_list_bound(last_value::float8, substr(key_type, 3), true) || ''''
        || key_type || ')',
        format('coalesce((SELECT s.neuron_id FROM bound s), %s)', CASE WHEN is_descending THEN 0 ELSE 9223372036854775807 END));
    wanted text := 's.neuron_id';
    condition text := '';
    part text;
    c record;
BEGIN
    IF NOT by_neuron THEN
        condition := format(' AND %s IS NOT NULL', key);
    END IF;
    IF after_id IS NOT NULL THEN
        condition := condition || format(' AND (%s) %s (%s)', keys, CASE WHEN is_descending THEN '<' ELSE '>' END,
            concat_ws(', ', '''' || neuron_list_bound(after_value, substr(key_type, 3), NOT is_descending) || '''' || key_type, after_id));
    END IF;
    FOR c IN SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type FROM pg_attribute a
             WHERE a.attrelid = 'neuron_summary'::regclass AND a.attnum > 1 AND NOT a.attisdropped AND a.attname <> 'model_id'
             ORDER BY a.attnum
    LOOP
        wanted := wanted || CASE WHEN c.name = field OR c.name = ANY (fields) THEN format(', s.%I', c.name)
                                 ELSE format(', NULL::%s AS %I', c.type, c.name) END;
        FOR i IN 1 .. coalesce(cardinality(filters), 0) LOOP
            CONTINUE WHEN filters[i] <> c.name;
            condition := condition
                || coalesce(' AND s.' || c.name || ' >= ''' || neuron_list_bound(lows[i], c.type, true) || '''::' || c.type, '')
                || coalesce(' AND s.' || c.name || ' <= ''' || neuron_list_bound(highs[i], c.type, false) || '''::' || c.type, '');
        END LOOP;
    END LOOP;
    IF models IS NULL AND layers IS NULL AND by_neuron THEN
        part := format('SELECT s.* FROM neuron_summary s WHERE true%s ORDER BY %s LIMIT %s', condition, ordering, num_rows);
    ELSE
        models := coalesce(models, ARRAY(SELECT m.model_id FROM model m ORDER BY m.model_id));
    END IF;
    IF part IS NULL AND cardinality(models) > 1 AND NOT merged THEN
        part := neuron_list_merge(models, neuron_list_part('m.model_id', layers, by_neuron), condition, keys, ordering,
                                  CASE WHEN is_descending THEN '>=' ELSE '<=' END, farthest, num_rows);
    ELSIF part IS NULL THEN
        part := (SELECT string_agg(format('(SELECT s.* FROM neuron_summary s WHERE %s%s ORDER BY %s LIMIT %s)', p.part, condition,
                                          ordering, num_rows), ' UNION ALL ')
                 FROM (SELECT neuron_list_part(m::text, layers, by_neuron) AS part FROM unnest(models) AS m
                       UNION ALL SELECT 'false' WHERE cardinality(models) = 0) AS p);
    END IF;
    -- Columns are left out of the page alone: rows that are sorted for it are quicker to sort as they are.
    RETURN format('WITH page AS %s (%s) SELECT %s, %s FROM page s ORDER BY %s LIMIT %s',
                  CASE WHEN merged THEN 'NOT MATERIALIZED' ELSE 'MATERIALIZED' END, part, wanted,
                  CASE WHEN 'explanation' = ANY (fields) THEN
                      '(SELECT e.explanation FROM explanation e WHERE e.neuron_id = s.neuron_id'
                      || ' ORDER BY e.score DESC NULLS LAST, e.source_id, e.place LIMIT 1)' ELSE 'NULL::text' END,
                  ordering, num_rows);
END
$$;
COMMENT ON FUNCTION neuron_list_query(smallint[], int4multirange, text, boolean, text[], double precision[], double precision[],
    double precision, bigint, text[], integer, boolean) IS 'SQL of a list of neurons';

-- A page of a list, in its order; parameters as of neuron_list_query.
CREATE OR REPLACE FUNCTION neuron_list(models smallint[], layers int4multirange, field text, is_descending boolean, filters text[],
    lows double precision[], highs double precision[], after_value double precision, after_id bigint, fields text[], num_rows integer)
RETURNS TABLE (neuron_id bigint, mean double precision, variance double precision, skewness double precision,
    kurtosis double precision, max_activation double precision, min_activation double precision,
    explanation_score double precision, rsquared_score double precision, absolute_dev_explained_score double precision,
    accuracy double precision, firing_precision double precision, firing_recall double precision,
    firing_f1_score double precision, non_firing_precision double precision, non_firing_recall double precision,
    non_firing_f1_score double precision, frac_nonzero double precision, importance real, num_examples integer, num_explanations integer, num_nodes integer,
    num_activating integer, num_edges integer, firing_count integer, non_firing_count integer, num_activating_tokens integer,
    num_important_tokens integer, num_similar integer, explanation text)
LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN QUERY EXECUTE neuron_list_query(models, layers, field, is_descending, filters, lows, highs, after_value, after_id,
                                           fields, num_rows, false);
END
$$;
COMMENT ON FUNCTION neuron_list(smallint[], int4multirange, text, boolean, text[], double precision[], double precision[],
    double precision, bigint, text[], integer) IS 'A page of a list of neurons';

-- The same list behind a cursor named neuron_list, for the rest of the transaction: any number of rows in constant memory.
CREATE OR REPLACE FUNCTION neuron_list_open(models smallint[], layers int4multirange, field text, is_descending boolean,
    filters text[], lows double precision[], highs double precision[], after_value double precision, after_id bigint,
    fields text[], num_rows integer) RETURNS refcursor
LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp
SET enable_sort = off -- the first row is wanted soon
SET enable_bitmapscan = off
AS $$
DECLARE
    list refcursor := 'neuron_list';
BEGIN
    OPEN list NO SCROLL FOR EXECUTE neuron_list_query(models, layers, field, is_descending, filters, lows, highs, after_value,
                                                      after_id, fields, num_rows, true);
    RETURN list;
END
$$;
COMMENT ON FUNCTION neuron_list_open(smallint[], int4multirange, text, boolean, text[], double precision[], double precision[],
    double precision, bigint, text[], integer) IS 'Opens a cursor on a list of neurons';
