-- Forgets how well the graphs of model $1 fit.
DELETE FROM graph_fit WHERE neuron_id >= neuron_id($1::smallint, 0, 0)
  AND neuron_id < neuron_id($1::smallint, 0, 0) + (1::bigint << 48)
