-- Ids of the tokens $2 in vocabulary $1; those that are new are added.
SELECT token_id, bytes FROM token_ids($1, $2)
