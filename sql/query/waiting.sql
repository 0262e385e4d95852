-- Neurons in the queue of model $1 and source $2, and those that the source refused.
SELECT (SELECT coalesce(sum(cardinality(j.neurons)), 0)::bigint FROM job j
        WHERE j.done_at IS NULL AND j.model_id = $1 AND j.source_id = $2) AS waiting,
       (SELECT count(*) FROM rejected r WHERE r.source_id = $2 AND r.neuron_id >= neuron_id($1::smallint, 0, 0)
        AND r.neuron_id < neuron_id(($1::smallint + 1)::smallint, 0, 0)) AS rejected
