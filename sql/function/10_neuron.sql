-- Keys of neurons and names of models.

-- One key for a neuron: it sorts by model, layer and index.
CREATE OR REPLACE FUNCTION neuron_id(model_id smallint, layer integer, neuron integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (model_id::bigint << 48) | (layer::bigint << 32) | neuron::bigint;
COMMENT ON FUNCTION neuron_id(smallint, integer, integer) IS 'Key of a neuron: model_id << 48 | layer << 32 | index';

CREATE OR REPLACE FUNCTION neuron_model_id(neuron_id bigint) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (neuron_id >> 48)::smallint;
COMMENT ON FUNCTION neuron_model_id(bigint) IS 'Model part of a neuron''s key';

CREATE OR REPLACE FUNCTION neuron_layer(neuron_id bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((neuron_id >> 32) & 65535)::integer;
COMMENT ON FUNCTION neuron_layer(bigint) IS 'Layer part of a neuron''s key';

CREATE OR REPLACE FUNCTION neuron_index(neuron_id bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (neuron_id & 4294967295)::integer;
COMMENT ON FUNCTION neuron_index(bigint) IS 'Index of a neuron in its layer';

-- 'GPT-2 XL', 'GPT-2-XL' and 'gpt2-xl' all fold to 'gpt2xl'. C collation: only ASCII counts, and it is fast.
CREATE OR REPLACE FUNCTION model_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(lower(name COLLATE "C"), '[^a-z0-9]', '', 'g');
COMMENT ON FUNCTION model_key(text) IS 'A model''s name folded for look-up: ASCII letters and digits only, in lower case';

-- NULL when there is no such model. In PL/pgSQL, which keeps plans from one call to the next: in SQL this function could
-- not be inlined, and every request would parse and plan it anew (0.2 ms). Names are qualified instead of pinning the
-- search_path, which costs as much as the look-up.
CREATE OR REPLACE FUNCTION model_id(name text) RETURNS smallint
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
    id smallint;
BEGIN
    SELECT m.model_id INTO id FROM public.model m WHERE m.name = $1;
    IF NOT FOUND THEN
        SELECT a.model_id INTO id FROM public.model_alias a WHERE a.alias = public.model_key($1);
    END IF;
    RETURN id;
END
$$;
COMMENT ON FUNCTION model_id(text) IS 'Key of the model of this name or alias; NULL when there is none';

CREATE OR REPLACE FUNCTION neuron_id(model text, layer integer, neuron integer) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN neuron_id(model_id(model), layer, neuron);
COMMENT ON FUNCTION neuron_id(text, integer, integer) IS 'Key of a neuron, e.g. neuron_id(''gpt2-xl'', 5, 2332)';
