-- Brings the summary of model $1 up to date after source $2 gave the neurons $3.
SELECT summary_fill($1, $2, $3::bigint[])
