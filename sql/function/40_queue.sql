-- The queue of ingest.

-- Plans jobs for the neurons of a model that a source has not given yet, `batch` of one layer to a job.
--   layers, neurons  which ones; NULL is all
--   which            'new': those never asked for; 'refused': those that were refused; 'all': also those stored
-- Gives the number of neurons planned. Neurons that already wait in a job are left alone.
CREATE OR REPLACE FUNCTION plan_jobs(model_id smallint, source_id smallint, url text, layers int4multirange,
                                     neurons int4multirange, which text, batch integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp
AS $$
DECLARE
    planned bigint;
    shape record;
BEGIN
    -- One planner of a model and source at a time, so that no neuron is planned twice.
    PERFORM pg_advisory_xact_lock(hashtext('deepdecipher plan'), (model_id::integer << 16) | source_id);
    SELECT m.num_layers, m.layer_size INTO STRICT shape FROM model m WHERE m.model_id = $1;
    WITH wanted AS (
        SELECT l AS layer, n AS neuron, neuron_id($1, l, n) AS id
        FROM generate_series(0, shape.num_layers - 1) AS l, generate_series(0, shape.layer_size - 1) AS n
        WHERE ($4 IS NULL OR l <@ $4) AND ($5 IS NULL OR n <@ $5)
        UNION ALL -- documents about layers and the model: see document_key; and lines of files that name no neuron of a layer
        SELECT l, 2147483647, document_key($1, l, NULL)
        FROM (SELECT generate_series(0, shape.num_layers - 1) AS l UNION ALL SELECT 65535) AS layers
        WHERE ($2 >= 100 OR $6 = 'refused') AND ($4 IS NULL OR l <@ $4) AND ($5 IS NULL OR 2147483647 <@ $5)
    ), lacking AS (
        SELECT w.layer, w.neuron FROM wanted w
        WHERE CASE $6
              WHEN 'all' THEN true
              WHEN 'refused' THEN EXISTS (SELECT FROM rejected r WHERE r.neuron_id = w.id AND r.source_id = $2)
              ELSE NOT EXISTS (SELECT FROM neuron_source s WHERE s.neuron_id = w.id AND s.source_id = $2)
                   AND NOT EXISTS (SELECT FROM rejected r WHERE r.neuron_id = w.id AND r.source_id = $2)
              END
        EXCEPT
        SELECT j.layer, unnest(j.neurons) FROM job j
        WHERE j.model_id = $1 AND j.source_id = $2 AND j.done_at IS NULL
    ), placed AS (
        SELECT p.layer, p.neuron, (row_number() OVER (PARTITION BY p.layer ORDER BY p.neuron) - 1) / $7 AS part FROM lacking p
    ), made AS (
        INSERT INTO job (model_id, source_id, layer, neurons, url)
        SELECT $1, $2, p.layer, array_agg(p.neuron ORDER BY p.neuron), $3 FROM placed p
        GROUP BY p.layer, p.part ORDER BY p.layer, p.part
        RETURNING cardinality(job.neurons) AS size
    )
    SELECT coalesce(sum(size), 0) INTO planned FROM made;
    IF planned > 0 THEN
        PERFORM pg_notify('deepdecipher_job', '');
    END IF;
    RETURN planned;
END
$$;
COMMENT ON FUNCTION plan_jobs(smallint, smallint, text, int4multirange, int4multirange, text, integer)
    IS 'Puts the neurons that a source still owes into the queue; gives their number';
