-- The most texts that a neuron of model $1 has, judged by the last jobs that read it from the site $2. Served by job's
-- primary key, backwards, and neuron's.
SELECT coalesce(max(n.num_examples), 0)::smallint
FROM (SELECT j.layer, j.neurons FROM job j
      WHERE j.model_id = $1 AND j.url = $2 AND j.num_stored > 0 ORDER BY j.job_id DESC LIMIT 3) AS recent,
     LATERAL unnest(recent.neurons) AS index,
     neuron n
WHERE n.neuron_id = neuron_id($1::smallint, recent.layer, index)
