-- Makes the model of an archive, or with $8 empties it when it is stored (see archive_make): its key and its vocabulary's.
SELECT a.model_id, a.vocabulary_id FROM archive_make($1, $2, $3, $4, $5, $6, $7, $8) AS a
