-- Of how many neurons of the model named $1 each service has data, by name. Served by primary keys and the indexes of
-- neuron_summary.
SELECT c.service, c.num_neurons FROM service_coverage($1) AS c
