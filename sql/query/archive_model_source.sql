-- Which sources have given anything of the model: their old keys.
COPY (SELECT 0::smallint AS model_id, source_id FROM model_source WHERE model_id = archive_model_id() ORDER BY source_id)
TO STDOUT (FORMAT binary)
