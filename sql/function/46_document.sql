-- Services of users' own names, and the keys of their documents.

CREATE OR REPLACE FUNCTION document_key(model_id smallint, layer integer, neuron integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN neuron_id(model_id, coalesce(layer, 65535), coalesce(neuron, 2147483647));
COMMENT ON FUNCTION document_key(smallint, integer, integer)
    IS 'Key of a document: of a neuron, of a layer when neuron is NULL, of the model when both are';

-- The id of a service of this name, made when new.
CREATE OR REPLACE FUNCTION document_source(service text) RETURNS smallint
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = public, pg_temp
AS $$
DECLARE
    id smallint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('deepdecipher document_source'));
    SELECT s.source_id INTO id FROM source s WHERE s.name = $1;
    IF id IS NULL THEN
        INSERT INTO source AS s (source_id, name)
        SELECT greatest(max(o.source_id) + 1, 100), $1 FROM source o
        RETURNING s.source_id INTO id;
    ELSIF id < 100 THEN
        RAISE EXCEPTION 'a source that is built in has the name %: choose another for the service', $1;
    END IF;
    RETURN id;
END
$$;
COMMENT ON FUNCTION document_source(text) IS 'Key of the service of this name, made when new';
