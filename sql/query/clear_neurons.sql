-- Forgets what source $2 gave, or refused, of the neurons $1: rows of its tables, and the notes about it.
WITH ids AS MATERIALIZED (SELECT unnest($1::bigint[]) AS neuron_id),
     noted AS (DELETE FROM neuron_source t USING ids WHERE t.neuron_id = ids.neuron_id AND t.source_id = $2),
     refused AS (DELETE FROM rejected t USING ids WHERE t.neuron_id = ids.neuron_id AND t.source_id = $2)
SELECT count(*) FROM ids
