-- All that `deepdecipher-ingest verify` asks of the rows. A source's own function verify_SOURCE is one line here.

CREATE OR REPLACE FUNCTION verify_findings(model_id smallint) RETURNS TABLE (finding text, mend text, source text, neuron_id bigint)
LANGUAGE sql STABLE STRICT
SET search_path = public, pg_temp
AS $$
SELECT f.finding, f.mend, f.source, f.neuron_id
FROM model m CROSS JOIN LATERAL (
    SELECT * FROM verify_rows($1)
    UNION ALL SELECT * FROM verify_tables($1)
    UNION ALL SELECT * FROM verify_explainer($1)
    UNION ALL SELECT * FROM verify_neuron2graph($1)
) AS f
WHERE m.model_id = $1
  -- A neuron that the model does not have is only to be deleted.
  AND (f.neuron_id IS NULL OR f.mend NOT IN ('again', 'read', 'retry') OR neuron_index(f.neuron_id) = 2147483647
       OR (neuron_layer(f.neuron_id) < m.num_layers AND neuron_index(f.neuron_id) < m.layer_size))
$$;
COMMENT ON FUNCTION verify_findings(smallint) IS 'What in the rows of a model contradicts itself; used by deepdecipher-ingest verify';
