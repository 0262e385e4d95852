-- Forgets what source $2 gave of the neurons $1: 11 the mean activations, 5 the weights.
WITH ids AS MATERIALIZED (SELECT unnest($1::bigint[]) AS neuron_id),
     weights AS (DELETE FROM token_weight t USING ids
                 WHERE t.neuron_id = ids.neuron_id AND (t.kind = 'activation') = ($2::smallint = 11))
SELECT count(*) FROM ids
