-- Forgets the graphs of the neurons $1.
DELETE FROM neuron_graph WHERE neuron_id = ANY ($1::bigint[])
