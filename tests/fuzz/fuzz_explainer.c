/*
 * Any bytes as each of the explainer's files. What is read must keep the promises of the parsers' headers.
 * Seeds: tests/data/explainer.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "ingest/explainer_explanation.h"
#include "ingest/explainer_records.h"
#include "ingest/explainer_weights.h"
#include "ingest/json_tokens.h"
#include "sql/client/utf8.h"

enum { LAYERS = 4, LAYER_SIZE = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_reason(bool is_read, const char *reason)
{
    assert(is_read || (reason[0] != '\0' && strlen(reason) < JSON_REASON_SIZE));
}

static void check_tokens(const struct page_token *tokens, const double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert(tokens[i].length <= JSON_TOKEN_MAX_BYTES && isfinite(numbers[i]));
        assert(utf8_valid_length(tokens[i].bytes, tokens[i].length) == tokens[i].length);
    }
}

static void try_explanations(const char *bytes, size_t size)
{
    struct explainer_explanations read;
    char reason[JSON_REASON_SIZE] = "";
    bool is_read = explainer_explanations_read(&read, bytes, size, 0, 0, reason);
    check_reason(is_read, reason);
    for (size_t i = 0; is_read && i < read.count; i++) {
        const struct explainer_explanation *explanation = &read.explanations[i];
        assert(memchr(explanation->text, '\0', explanation->length) == NULL);
        assert(utf8_valid_length(explanation->text, explanation->length) == explanation->length);
        for (size_t j = 0; j < explanation->num_sequences; j++) {
            const struct explainer_sequence *sequence = &explanation->sequences[j];
            assert(sequence->num_tokens >= 1 && sequence->num_tokens <= EXPLAINER_TOKENS_MAX);
            check_tokens(sequence->tokens, sequence->simulated, sequence->num_tokens);
            check_tokens(sequence->tokens, sequence->activations, sequence->num_tokens);
        }
    }
    explainer_explanations_clear(&read);
}

static void try_records(const char *bytes, size_t size)
{
    static struct explainer_records read;
    char reason[JSON_REASON_SIZE] = "";
    bool is_read = explainer_records_read(&read, bytes, size, 0, 0, reason);
    check_reason(is_read, reason);
    size_t count = read.num_top + read.num_random;
    for (size_t i = 0; is_read && i < read.num_quantiles; i++)
        count += read.quantile_sizes[i];
    assert(!is_read || (count == read.count && count <= EXPLAINER_RECORDS_MAX));
    for (size_t i = 0; is_read && i < read.count; i++)
        check_tokens(read.records[i].tokens, read.records[i].activations, read.records[i].num_tokens);
    explainer_records_clear(&read);
}

static void check_weights(struct explainer_weights *read, bool is_read, const char *reason)
{
    check_reason(is_read, reason);
    for (size_t i = 0; is_read && i < 2; i++) {
        const struct explainer_side *side = &read->sides[i];
        assert(side->num_positive <= side->count && side->count <= 2 * EXPLAINER_WEIGHTS_MAX);
        for (size_t j = 0; side->neurons != NULL && j < side->count; j++)
            assert(side->neurons[j] < LAYERS * LAYER_SIZE && isfinite(side->weights[j]));
        if (side->tokens != NULL)
            check_tokens(side->tokens, side->weights, side->count);
    }
    explainer_weights_clear(read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct explainer_weights read;
    char reason[JSON_REASON_SIZE] = "";
    try_explanations(bytes, size);
    try_records(bytes, size);
    check_weights(&read, explainer_connections_read(&read, bytes, size, LAYERS, LAYER_SIZE, reason), reason);
    check_weights(&read, explainer_token_weights_read(&read, bytes, size, reason), reason);
    check_weights(&read, explainer_token_averages_read(&read, bytes, size, reason), reason);
    return 0;
}
