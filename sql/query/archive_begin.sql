-- Says which model the archive_… statements are about: COPY takes no parameters.
SELECT set_config('deepdecipher.archive_model', $1::smallint::text, false)
