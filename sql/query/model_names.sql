-- Keys and names of the models that the names $1 mean, in that order, with NULLs for a name that means none; of all models
-- when $1 is NULL. Served by the unique keys of model and model_alias.
SELECT w.name, m.model_id, m.name
FROM unnest($1::text[]) WITH ORDINALITY AS w(name, place) LEFT JOIN model m ON m.model_id = model_id(w.name)
UNION ALL
SELECT m.name, m.model_id, m.name FROM model m WHERE $1::text[] IS NULL
