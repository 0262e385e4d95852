-- Replaces the postings of model $1 by what is in store_entry, and finds its similar neurons.
SELECT neuron_store_fill($1)
