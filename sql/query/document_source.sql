-- Key of the service of users' documents named $1, made when new.
SELECT document_source($1)
