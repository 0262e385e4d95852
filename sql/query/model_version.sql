-- Which model the name $1 means, and which version of it this is: one row or none. What model.sql gives is the same
-- as long as this is.
SELECT r.model_id, r.revision, r.changed_at FROM revision r WHERE r.model_id = model_id($1)
