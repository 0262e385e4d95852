-- Forgets what neuroscope gave of the neurons $1. Served by the primary keys: as a join it would read the whole tables
-- until they are analysed for the first time.
WITH examples AS (DELETE FROM example t WHERE t.neuron_id = ANY ($1::bigint[])),
     effects AS (DELETE FROM logit_effect t WHERE t.neuron_id = ANY ($1::bigint[])),
     neurons AS (DELETE FROM neuron t WHERE t.neuron_id = ANY ($1::bigint[]))
SELECT cardinality($1::bigint[])
