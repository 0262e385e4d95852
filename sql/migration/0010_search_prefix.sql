-- What tokens begin with stands beside their counts: a list of those that begin alike is then read out of one index.

ALTER TABLE search_token_count ADD COLUMN bare text COLLATE "C";
UPDATE search_token_count c SET bare = t.bare FROM search_token t WHERE t.token_key = c.token_key;
ALTER TABLE search_token_count ALTER COLUMN bare SET NOT NULL;
CREATE INDEX search_token_count_bare ON search_token_count (bare) INCLUDE (token_key, num_neurons, bytes);
COMMENT ON COLUMN search_token_count.bare IS 'The token in lower case, without the blank that most tokens begin with';

DROP INDEX search_token_bare;
ALTER TABLE search_token DROP COLUMN bare;

ALTER TABLE search_token_model
    DROP CONSTRAINT search_token_model_pkey,
    ADD CONSTRAINT search_token_model_pkey PRIMARY KEY (model_id, token_key) INCLUDE (num_activating, num_important);
