-- Takes rows of neuron_graph in COPY's binary form.
COPY neuron_graph (neuron_id, num_nodes, num_activating, num_edges, dot, graph, node_tokens, node_importances)
FROM STDIN (FORMAT binary)
