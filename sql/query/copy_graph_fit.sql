-- Takes rows of graph_fit in COPY's binary form.
COPY graph_fit (neuron_id, accuracy, firing_precision, firing_recall, firing_f1_score, firing_count, non_firing_precision,
                non_firing_recall, non_firing_f1_score, non_firing_count) FROM STDIN (FORMAT binary)
