-- The model's vocabulary: old id and bytes, in order.
COPY (SELECT token_id, bytes FROM token
      WHERE vocabulary_id = (SELECT m.vocabulary_id FROM model m WHERE m.model_id = archive_model_id())
      ORDER BY token_id) TO STDOUT (FORMAT binary)
