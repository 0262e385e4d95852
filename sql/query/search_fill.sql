-- Brings what is searched of model $1 up to date.
SELECT search_fill($1)
