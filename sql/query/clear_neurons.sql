-- Forgets the notes about the neurons $1 and source $2: that they were refused, and for $3, which are stored anew, that
-- they are stored. What is stored stays when the source does not give it any more. Served by the primary keys.
WITH refused AS (DELETE FROM rejected t WHERE t.neuron_id = ANY ($1::bigint[]) AND t.source_id = $2),
     noted AS (DELETE FROM neuron_source t WHERE t.neuron_id = ANY ($3::bigint[]) AND t.source_id = $2)
SELECT cardinality($1::bigint[])
