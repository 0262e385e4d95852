-- Makes the model $1 or brings its numbers up to date; its key.
SELECT model_register($1, $2, $3, $4, $5, $6)
