-- Search. What is searched is kept in a form of its own beside the tables that it is made from: search_fill()
-- (function/36_search_fill.sql) brings a model's up to date after its data changed.

-- In a schema of its own, so that grants and comments of ours do not meet its functions.
CREATE SCHEMA trigram;
CREATE EXTENSION pg_trgm SCHEMA trigram;
GRANT USAGE ON SCHEMA trigram TO deepdecipher_loader, deepdecipher_reader;
COMMENT ON SCHEMA trigram IS 'The extension pg_trgm: likeness of words';

CREATE TABLE search_stale (
    model_id smallint NOT NULL REFERENCES model ON DELETE CASCADE,
    source_id smallint NOT NULL REFERENCES source,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model_id, source_id)
) WITH (fillfactor = 50);
COMMENT ON TABLE search_stale IS 'Sources that have given something of a model since search_fill() last looked at it';
COMMENT ON COLUMN search_stale.model_id IS 'Model';
COMMENT ON COLUMN search_stale.source_id IS 'Source';
COMMENT ON COLUMN search_stale.changed_at IS 'When it last did';

INSERT INTO search_stale (model_id, source_id) SELECT model_id, source_id FROM model_source;

CREATE TYPE list_kind AS ENUM ('activating', 'important', 'peak');
COMMENT ON TYPE list_kind IS 'activating, important: as in posting; peak: the token has the highest activation of one of the neuron''s texts';

-- 40 million postings as rows would be read one by one; as lists, a token that 150 thousand neurons have comes out of 25
-- rows, and the worker intersects the lists.
CREATE TABLE posting_list (
    neuron_id bigint NOT NULL,
    token_id integer NOT NULL,
    kind list_kind NOT NULL,
    num_neurons integer NOT NULL CHECK (num_neurons > 0),
    entries bytea NOT NULL,
    PRIMARY KEY (neuron_id, token_id, kind)
);
ALTER TABLE posting_list ALTER entries SET STORAGE EXTERNAL;
COMMENT ON TABLE posting_list IS 'The neurons of a model that a token matters to, packed; unpack_posting_list() reads them';
COMMENT ON COLUMN posting_list.neuron_id IS 'neuron_id(model, 0, 0): stands for the model, and lies where its neurons do';
COMMENT ON COLUMN posting_list.token_id IS 'The token, in the vocabulary of the model';
COMMENT ON COLUMN posting_list.kind IS 'In which way the token matters';
COMMENT ON COLUMN posting_list.num_neurons IS 'Number of neurons';
COMMENT ON COLUMN posting_list.entries IS 'Ten bytes a neuron, high bytes first, in order of neurons: layer * layer_size + index (4), importance or share of texts as float32, NaN when there is none (4), number of the neuron''s postings, at most 32767 (2)';

CREATE TABLE search_token (
    token_key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bytes bytea NOT NULL UNIQUE CHECK (length(bytes) <= 1024),
    token text COLLATE "C" NOT NULL,
    folded text COLLATE "C" NOT NULL,
    bare text COLLATE "C" NOT NULL,
    grams text[] COLLATE "C" NOT NULL
);
CREATE INDEX search_token_token ON search_token (token);
CREATE INDEX search_token_folded ON search_token (folded);
CREATE INDEX search_token_bare ON search_token (bare);
CREATE INDEX search_token_grams ON search_token USING gin (grams) WITH (fastupdate = off);
CREATE INDEX search_token_alike ON search_token USING gin (folded trigram.gin_trgm_ops) WITH (fastupdate = off);
COMMENT ON TABLE search_token IS 'Every token that a posting_list ever had once, whatever number of models and vocabularies have it';
COMMENT ON COLUMN search_token.token_key IS 'Key';
COMMENT ON COLUMN search_token.bytes IS 'The token exactly, in UTF-8';
COMMENT ON COLUMN search_token.token IS 'The token as text; NUL is shown as U+2400';
COMMENT ON COLUMN search_token.folded IS 'The same in lower case';
COMMENT ON COLUMN search_token.bare IS 'The same without the blank that most tokens begin with';
COMMENT ON COLUMN search_token.grams IS 'All runs of one to three characters in folded: search_grams(folded)';

-- Apart from the texts, whose indexes would have to be written anew whenever a count changes.
CREATE TABLE search_token_count (
    token_key integer PRIMARY KEY,
    bytes bytea NOT NULL,
    num_activating integer NOT NULL,
    num_important integer NOT NULL,
    num_models integer NOT NULL,
    num_neurons integer NOT NULL GENERATED ALWAYS AS (num_activating + num_important) STORED
);
CREATE INDEX search_token_count_order ON search_token_count (num_neurons DESC, bytes);
COMMENT ON TABLE search_token_count IS 'In how many neurons tokens are; without those that no model has any more';
COMMENT ON COLUMN search_token_count.token_key IS 'Token';
COMMENT ON COLUMN search_token_count.bytes IS 'The token itself: equal counts are ordered by it';
COMMENT ON COLUMN search_token_count.num_activating IS 'Neurons of all models that fire on it';
COMMENT ON COLUMN search_token_count.num_important IS 'Neurons of all models that it is important for';
COMMENT ON COLUMN search_token_count.num_models IS 'Models that have it';
COMMENT ON COLUMN search_token_count.num_neurons IS 'num_activating + num_important: what answers are ranked by';

CREATE TABLE search_token_model (
    model_id smallint NOT NULL REFERENCES model ON DELETE CASCADE,
    token_key integer NOT NULL,
    num_activating integer NOT NULL,
    num_important integer NOT NULL,
    PRIMARY KEY (model_id, token_key)
);
CREATE INDEX search_token_model_token ON search_token_model (token_key);
COMMENT ON TABLE search_token_model IS 'The numbers of search_token_count, model by model';
COMMENT ON COLUMN search_token_model.model_id IS 'Model';
COMMENT ON COLUMN search_token_model.token_key IS 'Token';
COMMENT ON COLUMN search_token_model.num_activating IS 'Its neurons that fire on it';
COMMENT ON COLUMN search_token_model.num_important IS 'Its neurons that it is important for';

-- The lexeme of the model makes the index find the words of some models only.
ALTER TABLE explanation
    ADD COLUMN english tsvector NOT NULL GENERATED ALWAYS AS
        (to_tsvector('english', explanation) || array_to_tsvector(ARRAY['#' || (neuron_id >> 48)::text])) STORED,
    ADD COLUMN simple tsvector NOT NULL GENERATED ALWAYS AS
        (to_tsvector('simple', explanation) || array_to_tsvector(ARRAY['#' || (neuron_id >> 48)::text])) STORED;
CREATE INDEX explanation_english ON explanation USING gin (english) WITH (fastupdate = off);
CREATE INDEX explanation_simple ON explanation USING gin (simple) WITH (fastupdate = off);
COMMENT ON COLUMN explanation.english IS 'Its words as stems without stop words, and # with model_id';
COMMENT ON COLUMN explanation.simple IS 'Its words in lower case, and # with model_id';

CREATE TABLE explanation_word (
    model_id smallint NOT NULL REFERENCES model ON DELETE CASCADE,
    word text COLLATE "C" NOT NULL,
    stem text COLLATE "C",
    num_explanations integer NOT NULL,
    PRIMARY KEY (model_id, word)
);
CREATE INDEX explanation_word_word ON explanation_word (word);
CREATE INDEX explanation_word_stem ON explanation_word (stem);
CREATE INDEX explanation_word_alike ON explanation_word USING gin (word trigram.gin_trgm_ops) WITH (fastupdate = off);
COMMENT ON TABLE explanation_word IS 'Words of explanations: says before a search how much it will find, and which words are alike';
COMMENT ON COLUMN explanation_word.model_id IS 'Model';
COMMENT ON COLUMN explanation_word.word IS 'Word, as in explanation.simple';
COMMENT ON COLUMN explanation_word.stem IS 'Its stem, as in explanation.english; NULL of a stop word';
COMMENT ON COLUMN explanation_word.num_explanations IS 'Explanations of the model that have the word';
