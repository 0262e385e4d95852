-- The table that a store is copied into first, until COMMIT. neuron_store_fill reads it.
CREATE TEMPORARY TABLE store_entry (neuron_id bigint, token_id integer, kind posting_kind) ON COMMIT DROP
