-- Stores the features of the temporary tables for model $1 and source $2, but not $3; gives their number.
SELECT feature_fill($1, $2, $3)
