-- Forgets what source $2 gave of the neurons $1: explanations and their simulations.
WITH ids AS MATERIALIZED (SELECT unnest($1::bigint[]) AS neuron_id),
     explanations AS (DELETE FROM explanation t USING ids WHERE t.neuron_id = ids.neuron_id AND t.source_id = $2),
     simulations AS (DELETE FROM simulation t USING ids WHERE t.neuron_id = ids.neuron_id AND t.source_id = $2)
SELECT count(*) FROM ids
