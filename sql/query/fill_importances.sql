-- Takes the importances of the postings of neurons $1, all of one model, from their graphs.
SELECT posting_importance_fill($1::bigint[])
