-- Who may do what. The reader reads, the loader also writes, only the owner changes tables.

GRANT SELECT ON ALL TABLES IN SCHEMA public TO deepdecipher_loader, deepdecipher_reader;
GRANT INSERT, UPDATE, DELETE ON model, model_alias, revision, dataset, vocabulary, token, text, neuron, example,
    logit_effect, neuron_source, model_source, job, rejected, live_source, document TO deepdecipher_loader;
GRANT INSERT ON source TO deepdecipher_loader; -- services that users name
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO deepdecipher_loader;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO deepdecipher_loader;
GRANT EXECUTE ON FUNCTION neuron_id(smallint, integer, integer), neuron_model_id(bigint), neuron_layer(bigint),
    neuron_index(bigint), model_key(text), model_id(text), neuron_id(text, integer, integer), unpack_tokens(bytea),
    unpack_activations(bytea, integer), ieee_float(bytea, integer, integer), request_neuron(text, text, integer, integer),
    document_key(smallint, integer, integer) TO deepdecipher_reader;

-- What OpenAI's neuron explainer gave.
GRANT INSERT, UPDATE, DELETE ON explanation, simulation, statistics, record, connection, token_weight TO deepdecipher_loader;
GRANT EXECUTE ON FUNCTION packed_index(bytea, integer, integer, integer), exact_float(bigint, integer, integer),
    text_tokens(bigint) TO deepdecipher_reader;

-- What Neuron2Graph gave.
GRANT INSERT, UPDATE, DELETE ON neuron_graph, graph_fit, posting, similar_neuron TO deepdecipher_loader;
GRANT EXECUTE ON FUNCTION node_token(text) TO deepdecipher_reader;

-- What Neuronpedia exports.
GRANT INSERT, UPDATE, DELETE ON feature, feature_example TO deepdecipher_loader;

-- Search.
GRANT INSERT, UPDATE, DELETE ON search_stale, posting_list, search_token, search_token_count, search_token_model, explanation_word, snippet TO deepdecipher_loader;
GRANT EXECUTE ON FUNCTION replace_nul(bytea), search_fold(text), search_token_condition(text, boolean, text, text), tsquery_word(text),
    search_tokens(text, text, boolean, text[], integer, boolean, real, bigint, bytea), explanation_terms(text, text, smallint[]),
    search_explanations(text, text, text[], double precision, double precision, integer, integer, real, double precision, bigint,
                        smallint, smallint),
    search_box_explanations(text, integer), unpack_posting_list(bytea), posting_lists(text[], bytea[], smallint[], bigint), search_neurons(text[], text[], text[], integer),
    snippet_words(text), snippet_candidates(tsquery, integer), search_texts(text, text, text[], integer, integer, integer, integer, bigint),
    similar_lists(bigint, smallint[], bigint), shared_tokens(bigint, bigint[], integer),
    search_similar(text, integer, integer, text[], double precision, integer, bigint)
    TO deepdecipher_reader;
-- Lists.
GRANT INSERT, UPDATE, DELETE ON neuron_summary TO deepdecipher_loader;
GRANT EXECUTE ON FUNCTION neuron_list_part(text, int4multirange, boolean), neuron_list_bound(double precision, text, boolean),
    neuron_list_merge(smallint[], text, text, text, text, text, text, integer),
    neuron_list_query(smallint[], int4multirange, text, boolean, text[], double precision[], double precision[], double precision,
                      bigint, text[], integer, boolean),
    neuron_list(smallint[], int4multirange, text, boolean, text[], double precision[], double precision[], double precision,
                bigint, text[], integer),
    neuron_list_open(smallint[], int4multirange, text, boolean, text[], double precision[], double precision[], double precision,
                     bigint, text[], integer) TO deepdecipher_reader;
-- How much of a model is stored.
GRANT EXECUTE ON FUNCTION service_coverage(text) TO deepdecipher_reader;
