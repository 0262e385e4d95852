-- What in the rows of model $1 contradicts itself (see verify_findings), findings together, each by neuron.
SELECT DISTINCT v.finding, v.mend, v.source, v.neuron_id FROM verify_findings($1) AS v ORDER BY v.finding, v.source, v.mend, v.neuron_id
