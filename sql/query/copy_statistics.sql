-- Takes rows of statistics in COPY's binary form.
COPY statistics (neuron_id, mean, variance, skewness, kurtosis, quantile_boundaries) FROM STDIN (FORMAT binary)
