#include "explainer_weights.h"

#include <string.h>

/* Room for two lists of `side`. */
static bool side_start(struct explainer_weights *weights, struct explainer_side *side, const struct json_place *place)
{
    side->is_there = !json_is_null(place);
    return side->is_there && (side->weights = explainer_document_memory(&weights->document, 2 * EXPLAINER_WEIGHTS_MAX,
                                                                        sizeof(double))) != NULL;
}

/* Reads as many numbers as there are `items` behind the weights read so far. */
static bool numbers_add(struct explainer_weights *weights, struct explainer_side *side, const struct json_place *list,
                        size_t items, const char *what)
{
    double *numbers;
    if (!explainer_numbers_read(&weights->document, list, items, what, &numbers))
        return false;
    memcpy(side->weights + side->count, numbers, items * sizeof *numbers);
    side->count += items;
    return true;
}

static bool index_read(const char **at, uint32_t below, uint32_t *index)
{
    uint64_t value = 0;
    const char *start = *at;
    for (; **at >= '0' && **at <= '9' && *at - start < 10; ++*at)
        value = 10 * value + (uint64_t)(**at - '0');
    *index = (uint32_t)value;
    return *at > start && value < below;
}

/* "3_517" */
static bool label_read(const struct json_place *place, int32_t num_layers, int32_t layer_size, uint32_t *neuron)
{
    const char *text, *at;
    size_t length;
    uint32_t layer, index;
    if (!json_get_string(place, 32, &text, &length))
        return false;
    at = text;
    bool is_label = index_read(&at, (uint32_t)num_layers, &layer) && *at++ == '_' &&
                    index_read(&at, (uint32_t)layer_size, &index) && at == text + length;
    if (!is_label)
        return json_refuse(place, "is '%s', not layer_neuron of a model of %d layers of %d neurons", text, num_layers,
                           layer_size);
    uint64_t ordinal = (uint64_t)layer * (uint64_t)layer_size + index;
    *neuron = (uint32_t)ordinal;
    return ordinal <= UINT32_MAX || json_refuse(place, "is neuron %llu of the model", (unsigned long long)ordinal);
}

static bool connected_read(struct explainer_weights *weights, struct explainer_side *side,
                           const struct json_place *place, const char *neurons_key, const char *weights_key,
                           int32_t num_layers, int32_t layer_size)
{
    struct json_place labels, numbers;
    size_t count;
    if (!json_member(place, neurons_key, &labels) || !json_member(place, weights_key, &numbers) ||
        !json_get_list(&labels, EXPLAINER_WEIGHTS_MAX, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct json_place label = json_element(&labels, i);
        if (!label_read(&label, num_layers, layer_size, &side->neurons[side->count + i]))
            return false;
    }
    return numbers_add(weights, side, &numbers, count, "neurons");
}

static bool connections_side_read(struct explainer_weights *weights, struct explainer_side *side, const char *key,
                                  int32_t num_layers, int32_t layer_size)
{
    struct json_place place;
    if (!json_member(&weights->document.root, key, &place))
        return false;
    if (!side_start(weights, side, &place))
        return true;
    side->neurons = explainer_document_memory(&weights->document, 2 * EXPLAINER_WEIGHTS_MAX, sizeof *side->neurons);
    if (!connected_read(weights, side, &place, "top_positive_neurons", "top_positive_weights", num_layers, layer_size))
        return false;
    side->num_positive = side->count;
    return connected_read(weights, side, &place, "top_negative_neurons", "top_negative_weights", num_layers,
                          layer_size);
}

bool explainer_connections_read(struct explainer_weights *weights, const char *bytes, size_t length, int32_t num_layers,
                                int32_t layer_size, char reason[JSON_REASON_SIZE])
{
    *weights = (struct explainer_weights){0};
    return explainer_document_open(&weights->document, bytes, length, reason) &&
           connections_side_read(weights, &weights->sides[SIDE_UPSTREAM], "c_fc", num_layers, layer_size) &&
           connections_side_read(weights, &weights->sides[SIDE_DOWNSTREAM], "c_proj", num_layers, layer_size);
}

/* Adds a list of tokens with their numbers. */
static bool tokens_add(struct explainer_weights *weights, struct explainer_side *side, const struct json_place *place,
                       const char *numbers_key)
{
    struct json_place tokens, numbers;
    struct page_token *read;
    size_t count;
    if (!json_member(place, "tokens", &tokens) || !json_member(place, numbers_key, &numbers) ||
        !explainer_tokens_read(&weights->document, &tokens, EXPLAINER_WEIGHTS_MAX, &read, &count))
        return false;
    memcpy(side->tokens + side->count, read, count * sizeof *read);
    return numbers_add(weights, side, &numbers, count, "tokens");
}

static bool token_side_read(struct explainer_weights *weights, struct explainer_side *side, const char *positive_key,
                            const char *negative_key)
{
    struct json_place positive, negative;
    if (!json_member(&weights->document.root, positive_key, &positive) ||
        !json_member(&weights->document.root, negative_key, &negative))
        return false;
    if (!side_start(weights, side, json_is_null(&positive) ? &negative : &positive))
        return true;
    side->tokens = explainer_document_memory(&weights->document, 2 * EXPLAINER_WEIGHTS_MAX, sizeof *side->tokens);
    if (!json_is_null(&positive) && !tokens_add(weights, side, &positive, "strengths"))
        return false;
    side->num_positive = side->count;
    return json_is_null(&negative) || tokens_add(weights, side, &negative, "strengths");
}

bool explainer_token_weights_read(struct explainer_weights *weights, const char *bytes, size_t length,
                                  char reason[JSON_REASON_SIZE])
{
    *weights = (struct explainer_weights){0};
    return explainer_document_open(&weights->document, bytes, length, reason) &&
           token_side_read(weights, &weights->sides[SIDE_INPUT], "input_positive", "input_negative") &&
           token_side_read(weights, &weights->sides[SIDE_OUTPUT], "output_positive", "output_negative");
}

bool explainer_token_averages_read(struct explainer_weights *weights, const char *bytes, size_t length,
                                   char reason[JSON_REASON_SIZE])
{
    struct explainer_side *side = &weights->sides[0];
    *weights = (struct explainer_weights){0};
    if (!explainer_document_open(&weights->document, bytes, length, reason) ||
        !side_start(weights, side, &weights->document.root))
        return false;
    side->tokens = explainer_document_memory(&weights->document, 2 * EXPLAINER_WEIGHTS_MAX, sizeof *side->tokens);
    if (!tokens_add(weights, side, &weights->document.root, "average_activations"))
        return false;
    side->num_positive = side->count;
    return true;
}

void explainer_weights_clear(struct explainer_weights *weights)
{
    explainer_document_close(&weights->document);
}
