-- Forgets the documents of service $2 with the keys $1.
DELETE FROM document d WHERE d.neuron_id = ANY ($1::bigint[]) AND d.source_id = $2
