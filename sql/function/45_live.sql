-- The one thing that the reader role may cause: a job for a neuron that is not stored.

-- Asks for a neuron of a model from a source. Gives
--   'off'       the model is not read live from that source
--   'refused'   the source was asked before and did not give it
--   'stored'    it is there by now
--   'full'      too many such jobs wait already
--   'waiting'   a job for it is in the queue, made now or before
-- Runs as the owner, so that the reader needs no right to write; however many ask, there is one job.
CREATE OR REPLACE FUNCTION request_neuron(model text, source text, layer integer, neuron integer) RETURNS text
LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    max_outstanding CONSTANT integer := 100;
    live record;
BEGIN
    SELECT l.model_id, l.source_id, l.url INTO live
    FROM live_source l JOIN source s USING (source_id) JOIN model m USING (model_id)
    WHERE l.model_id = model_id($1) AND s.name = $2
      AND $3 BETWEEN 0 AND m.num_layers - 1 AND $4 BETWEEN 0 AND m.layer_size - 1;
    IF NOT FOUND THEN
        RETURN 'off';
    END IF;
    -- The planner's lock: whoever plans the same neuron at the same time waits, and then sees this job.
    PERFORM pg_advisory_xact_lock(hashtext('deepdecipher plan'), (live.model_id::integer << 16) | live.source_id);
    IF EXISTS (SELECT FROM neuron_source n
               WHERE n.neuron_id = neuron_id(live.model_id, $3, $4) AND n.source_id = live.source_id) THEN
        RETURN 'stored';
    END IF;
    IF EXISTS (SELECT FROM rejected r
               WHERE r.neuron_id = neuron_id(live.model_id, $3, $4) AND r.source_id = live.source_id) THEN
        RETURN 'refused';
    END IF;
    IF EXISTS (SELECT FROM job j WHERE j.done_at IS NULL AND j.model_id = live.model_id AND j.source_id = live.source_id
               AND j.layer = $3 AND $4 = ANY (j.neurons)) THEN
        RETURN 'waiting';
    END IF;
    IF (SELECT count(*) FROM job j WHERE j.done_at IS NULL AND j.is_live) >= max_outstanding THEN
        RETURN 'full';
    END IF;
    INSERT INTO job (model_id, source_id, layer, neurons, url, is_live)
    VALUES (live.model_id, live.source_id, $3, ARRAY[$4], live.url, true);
    PERFORM pg_notify('deepdecipher_job', '');
    RETURN 'waiting';
END
$$;
COMMENT ON FUNCTION request_neuron(text, text, integer, integer)
    IS 'Asks ingest for a neuron that is not stored: off, refused, stored, full or waiting';
