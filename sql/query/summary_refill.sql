-- Makes the summary of model $1 anew.
SELECT summary_refill($1)
