-- Graphs of the next $3 neurons of model $1 behind neuron $2, by neuron. Served by the primary key.
SELECT g.neuron_id, g.num_nodes, g.num_activating, g.num_edges, g.dot, g.graph::text
FROM neuron_graph g
WHERE g.neuron_id > $2 AND g.neuron_id >= $1::smallint::bigint << 48 AND g.neuron_id < ($1::smallint::bigint + 1) << 48
ORDER BY g.neuron_id LIMIT $3
