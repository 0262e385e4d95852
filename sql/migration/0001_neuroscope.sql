-- Models, vocabularies, texts, neurons, and their maximum activating texts.
--
-- neuron_id = model_id << 48 | layer << 32 | index: it sorts by model, layer and index, and needs no look-up.
-- Big tables are keyed by neuron_id; foreign keys point only to small catalogue tables.

CREATE TABLE dataset (
    dataset_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> '')
);
COMMENT ON TABLE dataset IS 'A collection of texts that activations were measured on';
COMMENT ON COLUMN dataset.dataset_id IS 'Key';
COMMENT ON COLUMN dataset.name IS 'Name as the source prints it, e.g. Open Web Text';

CREATE TABLE vocabulary (
    vocabulary_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> '')
);
COMMENT ON TABLE vocabulary IS 'A set of token strings with dense ids. Models that were read over the same data share one';
COMMENT ON COLUMN vocabulary.vocabulary_id IS 'Key';
COMMENT ON COLUMN vocabulary.name IS 'By default the name of the data that its first model was read over';

CREATE TABLE token (
    vocabulary_id integer NOT NULL REFERENCES vocabulary,
    token_id integer NOT NULL CHECK (token_id >= 0),
    token text NOT NULL,
    bytes bytea NOT NULL CHECK (length(bytes) <= 1024),
    PRIMARY KEY (vocabulary_id, token_id),
    UNIQUE (vocabulary_id, bytes)
);
COMMENT ON TABLE token IS 'Token strings. Ids count up from 0 in the order in which tokens were first met, and never change';
COMMENT ON COLUMN token.vocabulary_id IS 'Vocabulary the id belongs to';
COMMENT ON COLUMN token.token_id IS 'Id within the vocabulary: ours, not the tokenizer''s';
COMMENT ON COLUMN token.token IS 'The token as text; NUL, which text cannot hold, is shown as U+2400';
COMMENT ON COLUMN token.bytes IS 'The token exactly, in UTF-8';

CREATE TABLE model (
    model_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9._-]{1,100}$'),
    activation_function text NOT NULL,
    dataset_id integer NOT NULL REFERENCES dataset,
    vocabulary_id integer NOT NULL REFERENCES vocabulary,
    num_layers integer NOT NULL CHECK (num_layers BETWEEN 1 AND 65535),
    layer_size integer NOT NULL CHECK (layer_size >= 1),
    num_total_neurons bigint GENERATED ALWAYS AS (num_layers::bigint * layer_size) STORED,
    num_total_parameters bigint NOT NULL CHECK (num_total_parameters >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE model IS 'Language models; one row each';
COMMENT ON COLUMN model.model_id IS 'Key, and the highest bits of neuron_id';
COMMENT ON COLUMN model.name IS 'Name in URLs and commands, e.g. gpt2-xl';
COMMENT ON COLUMN model.activation_function IS 'Of the MLP layers, e.g. gelu';
COMMENT ON COLUMN model.dataset_id IS 'Data that the activations were measured on';
COMMENT ON COLUMN model.vocabulary_id IS 'Vocabulary of its texts';
COMMENT ON COLUMN model.num_layers IS 'Number of MLP layers';
COMMENT ON COLUMN model.layer_size IS 'Neurons in each layer';
COMMENT ON COLUMN model.num_total_neurons IS 'num_layers * layer_size';
COMMENT ON COLUMN model.num_total_parameters IS 'As the source says (without embeddings)';
COMMENT ON COLUMN model.created_at IS 'When the model was first stored; part of every ETag';

CREATE TABLE model_alias (
    alias text PRIMARY KEY CHECK (alias ~ '^[a-z0-9]+$'),
    model_id smallint NOT NULL REFERENCES model ON DELETE CASCADE
);
CREATE INDEX ON model_alias (model_id);
COMMENT ON TABLE model_alias IS 'Other spellings of a model''s name, folded by model_key(): GPT-2 XL and gpt2-xl are both gpt2xl';
COMMENT ON COLUMN model_alias.alias IS 'Lower-case letters and digits only';
COMMENT ON COLUMN model_alias.model_id IS 'The model meant';

CREATE TABLE revision (
    model_id smallint PRIMARY KEY REFERENCES model ON DELETE CASCADE,
    revision bigint NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
COMMENT ON TABLE revision IS 'Counts the writes to a model; ETags and caches hang on it';
COMMENT ON COLUMN revision.model_id IS 'The model';
COMMENT ON COLUMN revision.revision IS 'One higher in every transaction that changes anything of the model';
COMMENT ON COLUMN revision.changed_at IS 'When that was';

CREATE TABLE source (
    source_id smallint PRIMARY KEY,
    name text NOT NULL UNIQUE
);
COMMENT ON TABLE source IS 'Where data comes from: one row for each kind of site or file that ingest reads';
COMMENT ON COLUMN source.source_id IS 'Key';
COMMENT ON COLUMN source.name IS 'Name on ingest''s command line';
INSERT INTO source VALUES (1, 'neuroscope');

CREATE TABLE text (
    text_id bigint PRIMARY KEY,
    vocabulary_id integer NOT NULL REFERENCES vocabulary,
    num_tokens integer NOT NULL CHECK (num_tokens > 0),
    tokens bytea NOT NULL
) WITH (toast_tuple_target = 8160);
ALTER TABLE text ALTER tokens SET STORAGE MAIN;
COMMENT ON TABLE text IS 'Texts as rows of token ids, each stored once however many neurons it excites';
COMMENT ON COLUMN text.text_id IS 'Hash of the vocabulary''s name and the tokens: the same text has the same id wherever it is stored';
COMMENT ON COLUMN text.vocabulary_id IS 'Vocabulary of the ids';
COMMENT ON COLUMN text.num_tokens IS 'Number of tokens';
COMMENT ON COLUMN text.tokens IS 'Token ids packed as LEB128 numbers (seven bits a byte, low bits first); unpack_tokens() reads them';

CREATE TABLE neuron (
    neuron_id bigint PRIMARY KEY,
    num_examples smallint NOT NULL,
    max_activation double precision NOT NULL,
    min_activation double precision NOT NULL,
    importance real NOT NULL GENERATED ALWAYS AS (max_activation::real - min_activation::real) STORED,
    activations bytea NOT NULL
);
-- All texts' activations in one value: it is cut into chunks of which four fill a page, where a row for each text
-- would leave a fifth of every page empty. Out of line, so that lists read 60 bytes a neuron.
ALTER TABLE neuron ALTER activations SET STORAGE EXTERNAL;
COMMENT ON TABLE neuron IS 'Numbers of one neuron that lists sort by';
COMMENT ON COLUMN neuron.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN neuron.num_examples IS 'Number of its maximum activating texts';
COMMENT ON COLUMN neuron.max_activation IS 'Highest activation in the first of them';
COMMENT ON COLUMN neuron.min_activation IS 'Lowest activation in the first of them';
COMMENT ON COLUMN neuron.importance IS 'max_activation - min_activation: what important_neurons of the API sorts by';
COMMENT ON COLUMN neuron.activations IS 'Activations on every token of its texts, packed one text after the other; unpack_activations() reads them';

CREATE TABLE example (
    neuron_id bigint NOT NULL,
    text_id bigint NOT NULL,
    data_index bigint NOT NULL,
    max_range double precision NOT NULL,
    min_range double precision NOT NULL,
    max_activation double precision NOT NULL,
    min_activation double precision NOT NULL,
    dataset_id integer NOT NULL REFERENCES dataset,
    max_position integer NOT NULL,
    max_token_id integer NOT NULL,
    activations_at integer NOT NULL,
    rank smallint NOT NULL,
    PRIMARY KEY (neuron_id, rank)
);
COMMENT ON TABLE example IS 'Maximum activating texts of a neuron, best first';
COMMENT ON COLUMN example.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN example.text_id IS 'The text';
COMMENT ON COLUMN example.data_index IS 'Number of the text in its dataset, as the source says';
COMMENT ON COLUMN example.max_range IS 'Upper end of the colour scale that the source gives';
COMMENT ON COLUMN example.min_range IS 'Lower end of it';
COMMENT ON COLUMN example.max_activation IS 'Highest activation in this text, as printed';
COMMENT ON COLUMN example.min_activation IS 'Lowest activation in this text, as printed';
COMMENT ON COLUMN example.dataset_id IS 'Dataset of this text';
COMMENT ON COLUMN example.max_position IS 'Index of the token with the highest activation, from 0';
COMMENT ON COLUMN example.max_token_id IS 'That token';
COMMENT ON COLUMN example.activations_at IS 'Where in neuron.activations this text''s numbers begin, in bytes from 0';
COMMENT ON COLUMN example.rank IS 'Place among the neuron''s texts, from 0';

CREATE TABLE logit_effect (
    neuron_id bigint NOT NULL,
    place smallint NOT NULL CHECK (place > 0),
    effect double precision NOT NULL,
    token text NOT NULL,
    PRIMARY KEY (neuron_id, place)
);
COMMENT ON TABLE logit_effect IS 'Direct effect of a neuron on the logits of tokens, as neuroscope prints it';
COMMENT ON COLUMN logit_effect.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN logit_effect.place IS 'Place on the page, from 1: the highest effects first, then the lowest';
COMMENT ON COLUMN logit_effect.effect IS 'Effect on the logit';
COMMENT ON COLUMN logit_effect.token IS 'Token as the page shows it';

CREATE TABLE neuron_source (
    neuron_id bigint NOT NULL,
    source_id smallint NOT NULL REFERENCES source,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (neuron_id, source_id)
);
COMMENT ON TABLE neuron_source IS 'What is stored: one row for each neuron and source';
COMMENT ON COLUMN neuron_source.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN neuron_source.source_id IS 'The source';
COMMENT ON COLUMN neuron_source.stored_at IS 'When it was stored';

CREATE TABLE model_source (
    model_id smallint NOT NULL REFERENCES model ON DELETE CASCADE,
    source_id smallint NOT NULL REFERENCES source,
    PRIMARY KEY (model_id, source_id)
);
COMMENT ON TABLE model_source IS 'Which sources have given anything of which model';
COMMENT ON COLUMN model_source.model_id IS 'Model';
COMMENT ON COLUMN model_source.source_id IS 'Source';

CREATE TABLE job (
    job_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_id smallint NOT NULL REFERENCES model ON DELETE CASCADE,
    source_id smallint NOT NULL REFERENCES source,
    layer integer NOT NULL,
    neurons integer[] NOT NULL CHECK (cardinality(neurons) BETWEEN 1 AND 1000),
    url text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz,
    num_stored integer,
    num_rejected integer
);
CREATE INDEX job_waiting ON job (job_id) WHERE done_at IS NULL;
COMMENT ON TABLE job IS 'The queue of ingest. A job is taken with FOR UPDATE SKIP LOCKED and done in the transaction that stores its rows';
COMMENT ON COLUMN job.job_id IS 'Key; jobs are taken in this order';
COMMENT ON COLUMN job.model_id IS 'Model';
COMMENT ON COLUMN job.source_id IS 'Source';
COMMENT ON COLUMN job.layer IS 'Layer of all the neurons';
COMMENT ON COLUMN job.neurons IS 'Their indexes in the layer';
COMMENT ON COLUMN job.url IS 'Base address of the site';
COMMENT ON COLUMN job.created_at IS 'When it was planned';
COMMENT ON COLUMN job.done_at IS 'When it was done; NULL while it waits or is being worked';
COMMENT ON COLUMN job.num_stored IS 'Neurons stored';
COMMENT ON COLUMN job.num_rejected IS 'Neurons refused, each with a row in rejected';

CREATE TABLE rejected (
    neuron_id bigint NOT NULL,
    source_id smallint NOT NULL REFERENCES source,
    kind text NOT NULL CHECK (kind IN ('missing', 'unreachable', 'unreadable')),
    reason text NOT NULL,
    url text NOT NULL,
    num_tries integer NOT NULL,
    rejected_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (neuron_id, source_id)
);
COMMENT ON TABLE rejected IS 'Neurons that a source did not give, and why';
COMMENT ON COLUMN rejected.neuron_id IS 'neuron_id(model, layer, neuron)';
COMMENT ON COLUMN rejected.source_id IS 'The source';
COMMENT ON COLUMN rejected.kind IS 'missing: the site has no such page; unreachable: no whole answer; unreadable: an answer that is no page of this neuron';
COMMENT ON COLUMN rejected.reason IS 'What was wrong';
COMMENT ON COLUMN rejected.url IS 'Base address of the site';
COMMENT ON COLUMN rejected.num_tries IS 'How often it was asked for';
COMMENT ON COLUMN rejected.rejected_at IS 'When it was given up';

-- Every bfloat16 number as neuroscope prints it: rounded to six decimals, halves to even.
CREATE TABLE bfloat16 (
    code integer PRIMARY KEY,
    value real
);
COMMENT ON TABLE bfloat16 IS 'The 65,536 bfloat16 numbers, rounded to six decimals as the sources print them';
COMMENT ON COLUMN bfloat16.code IS 'The sixteen bits';
COMMENT ON COLUMN bfloat16.value IS 'The number; NULL for infinities and NaN';

INSERT INTO bfloat16 (code, value)
SELECT code,
       CASE WHEN exponent < 255 THEN
           (CASE WHEN code >= 32768 THEN -1 ELSE 1 END)::real
           * ((floor(micro + 0.5) - CASE WHEN micro + 0.5 = floor(micro + 0.5) THEN mod(floor(micro + 0.5), 2) ELSE 0 END)
              / 1000000)::real
       END
FROM (SELECT code, exponent,
             1000000 * (CASE WHEN exponent = 0 THEN mantissa ELSE mantissa + 128 END)::numeric(3)
             * CASE WHEN scale >= 0 THEN 2::numeric ^ scale
                    WHEN scale > -60 THEN 0.5::numeric(100, 60) ^ -scale
                    ELSE 0 END AS micro
      FROM (SELECT code, (code >> 7) & 255 AS exponent, code & 127 AS mantissa,
                   CASE WHEN (code >> 7) & 255 = 0 THEN 1 ELSE (code >> 7) & 255 END - 134 AS scale
            FROM generate_series(0, 65535) AS code) AS parts) AS numbers;
