-- At most $3 of the tokens that each of the neurons $2 shares with the neuron $1, in their order, the most important first.
-- Served by the primary keys of posting and token.
SELECT s.place, s.kind, s.token FROM shared_tokens($1, $2::bigint[], $3) AS s
