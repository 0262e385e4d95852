-- Those of the names $1 that no model has. Served by the unique keys of model and model_alias.
SELECT u.name FROM unnest($1::text[]) AS u(name) WHERE model_id(u.name) IS NULL LIMIT 1
