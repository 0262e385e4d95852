-- Forgets the snippets of the neurons $1. After clear_neuroscope, which waits for a snippet_fill() that is making some of them.
DELETE FROM snippet t WHERE t.neuron_id = ANY ($1::bigint[])
