-- Makes the temporary tables for the lines of an export.
SELECT feature_stage()
