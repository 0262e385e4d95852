-- Queues what source $2 still owes of model $1 (see plan_jobs); the number of neurons queued.
SELECT plan_jobs($1, $2, $3, $4::text::int4multirange, $5::text::int4multirange, $6, $7)
