-- Forgets statistics and activation records of the neurons $1. $2 is not used: every source clears with two parameters.
WITH ids AS MATERIALIZED (SELECT unnest($1::bigint[]) AS neuron_id),
     numbers AS (DELETE FROM statistics t USING ids WHERE t.neuron_id = ids.neuron_id),
     records AS (DELETE FROM record t USING ids WHERE t.neuron_id = ids.neuron_id)
SELECT count(*) FROM ids WHERE $2::smallint IS NOT NULL
