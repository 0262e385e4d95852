-- Forgets what neuroscope gave of the neurons $1.
WITH ids AS MATERIALIZED (SELECT unnest($1::bigint[]) AS neuron_id),
     examples AS (DELETE FROM example t USING ids WHERE t.neuron_id = ids.neuron_id),
     effects AS (DELETE FROM logit_effect t USING ids WHERE t.neuron_id = ids.neuron_id),
     neurons AS (DELETE FROM neuron t USING ids WHERE t.neuron_id = ids.neuron_id)
SELECT count(*) FROM ids
