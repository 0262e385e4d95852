-- What in the rows of model $1 contradicts itself (see verify_rows), findings together, each by neuron.
SELECT v.finding, v.mend, v.source, v.neuron_id FROM verify_rows($1) AS v ORDER BY v.finding, v.source, v.neuron_id
