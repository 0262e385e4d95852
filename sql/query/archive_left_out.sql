-- Sources of model $1 whose data an archive does not carry: all but neuroscope and folders of documents. NULL: none.
SELECT string_agg(s.name, ', ' ORDER BY s.name)
FROM model_source m JOIN source s USING (source_id)
WHERE m.model_id = $1 AND s.source_id BETWEEN 2 AND 99
