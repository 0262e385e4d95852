-- Key of the dataset named $1, made when new.
SELECT dataset_id($1)
