/*
 * The sources explainer-related-neurons, explainer-related-tokens and explainer-token-activations: what a neuron is tied
 * to most strongly. The two files about tokens are two sources, as the site may have one without the other.
 */
#include "explainer.h"
#include "explainer_weights.h"
#include "../sql/client/packing.h"

static char *neurons_url(const struct job *job, int32_t neuron)
{
    return explainer_page_url(job, "related-neurons/weight-based", neuron, "json");
}

static char *tokens_url(const struct job *job, int32_t neuron)
{
    return explainer_page_url(job, "related-tokens/weight-based", neuron, "json");
}

static char *averages_url(const struct job *job, int32_t neuron)
{
    return explainer_page_url(job, "related-tokens/activation-based", neuron, "json");
}

static void *open_batch(struct loader *loader, const struct job *job)
{
    return explainer_batch_new(sizeof(struct explainer_batch), loader, job);
}

/* A row of connection or token_weight up to its list. */
static struct rows *start_row(struct explainer_batch *batch, int64_t neuron_id, const char *name,
                              const struct explainer_side *side)
{
    struct rows *rows = &batch->tables[0];
    rows_start(rows, 5);
    rows_int8(rows, neuron_id);
    rows_text(rows, name);
    rows_int2(rows, (int16_t)side->num_positive);
    return rows;
}

static void add_connections(struct explainer_batch *batch, int64_t neuron_id, const char *direction,
                            const struct explainer_side *side)
{
    if (!side->is_there)
        return;
    struct rows *rows = start_row(batch, neuron_id, direction, side);
    uint8_t *place = rows_reserve(rows, pack_tokens_bound(side->count));
    rows_commit(rows, pack_tokens(side->neurons, side->count, place));
    explainer_rows_numbers(rows, side->weights, side->count);
}

static void add_tokens(struct explainer_batch *batch, int64_t neuron_id, const char *kind,
                       const struct explainer_side *side)
{
    if (!side->is_there)
        return;
    struct rows *rows = start_row(batch, neuron_id, kind, side);
    explainer_rows_tokens(batch, rows, side->tokens, side->count);
    explainer_rows_numbers(rows, side->weights, side->count);
}

static bool read_neurons(void *opaque, int32_t neuron, const char *body, size_t length, char reason[SOURCE_REASON_SIZE])
{
    struct explainer_batch *batch = opaque;
    const struct job *job = batch->job;
    struct explainer_weights weights;
    bool is_read = explainer_connections_read(&weights, body, length, job->num_layers, job->layer_size, reason);
    if (is_read) {
        int64_t neuron_id = explainer_batch_neuron(batch, neuron);
        add_connections(batch, neuron_id, "upstream", &weights.sides[SIDE_UPSTREAM]);
        add_connections(batch, neuron_id, "downstream", &weights.sides[SIDE_DOWNSTREAM]);
    }
    explainer_weights_clear(&weights);
    return is_read;
}

static bool read_tokens(void *opaque, int32_t neuron, const char *body, size_t length, char reason[SOURCE_REASON_SIZE])
{
    struct explainer_batch *batch = opaque;
    struct explainer_weights weights;
    bool is_read = explainer_token_weights_read(&weights, body, length, reason);
    if (is_read) {
        int64_t neuron_id = explainer_batch_neuron(batch, neuron);
        add_tokens(batch, neuron_id, "input", &weights.sides[SIDE_INPUT]);
        add_tokens(batch, neuron_id, "output", &weights.sides[SIDE_OUTPUT]);
    }
    explainer_weights_clear(&weights);
    return is_read;
}

static bool read_averages(void *opaque, int32_t neuron, const char *body, size_t length,
                          char reason[SOURCE_REASON_SIZE])
{
    struct explainer_batch *batch = opaque;
    struct explainer_weights weights;
    bool is_read = explainer_token_averages_read(&weights, body, length, reason);
    if (is_read)
        add_tokens(batch, explainer_batch_neuron(batch, neuron), "activation", &weights.sides[0]);
    explainer_weights_clear(&weights);
    return is_read;
}

static enum db_status store_neurons(void *batch)
{
    static const enum statement copies[] = {STATEMENT_COPY_CONNECTION, STATEMENT_COUNT};
    return explainer_batch_store(batch, STATEMENT_CLEAR_CONNECTION, copies);
}

static enum db_status store_tokens(void *batch)
{
    static const enum statement copies[] = {STATEMENT_COPY_TOKEN_WEIGHT, STATEMENT_COUNT};
    return explainer_batch_store(batch, STATEMENT_CLEAR_TOKEN_WEIGHT, copies);
}

const struct source explainer_neurons_source = {
    .source_id = 4,
    .name = "explainer-related-neurons",
    .family = "explainer",
    .kind = "related-neurons",
    .default_url = explainer_default_url,
    .known_models = explainer_models,
    .page_url = neurons_url,
    .open = open_batch,
    .read = read_neurons,
    .store = store_neurons,
    .close = explainer_batch_close,
};

const struct source explainer_averages_source = {
    .source_id = 11,
    .name = "explainer-token-activations",
    .default_url = explainer_default_url,
    .known_models = explainer_models,
    .page_url = averages_url,
    .open = open_batch,
    .read = read_averages,
    .store = store_tokens,
    .close = explainer_batch_close,
};

const struct source explainer_tokens_source = {
    .source_id = 5,
    .name = "explainer-related-tokens",
    .family = "explainer",
    .kind = "related-tokens",
    .companion = &explainer_averages_source,
    .default_url = explainer_default_url,
    .known_models = explainer_models,
    .page_url = tokens_url,
    .open = open_batch,
    .read = read_tokens,
    .store = store_tokens,
    .close = explainer_batch_close,
};
