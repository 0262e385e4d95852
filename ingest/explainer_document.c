#include "explainer_document.h"
#include "json_tokens.h"

#include <inttypes.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>

struct explainer_block {
    struct explainer_block *next;
    alignas(max_align_t) unsigned char bytes[];
};

bool explainer_document_open(struct explainer_document *document, const char *bytes, size_t length,
                             char reason[JSON_REASON_SIZE])
{
    *document = (struct explainer_document){.json = json_read(bytes, length, reason)};
    document->root = json_root(document->json, reason);
    return document->json != NULL;
}

void explainer_document_close(struct explainer_document *document)
{
    while (document->blocks != NULL) {
        struct explainer_block *next = document->blocks->next;
        free(document->blocks);
        document->blocks = next;
    }
    json_object_put(document->json);
    document->json = NULL;
}

void *explainer_document_memory(struct explainer_document *document, size_t count, size_t size)
{
    if (count > (SIZE_MAX / 2 - sizeof(struct explainer_block)) / size)
        abort();
    struct explainer_block *block = calloc(1, sizeof *block + count * size);
    if (block == NULL)
        abort();
    block->next = document->blocks;
    document->blocks = block;
    return block->bytes;
}

bool explainer_neuron_check(const struct explainer_document *document, int32_t layer, int32_t neuron)
{
    struct json_place id, layer_index, neuron_index;
    int64_t found_layer, found_neuron;
    if (!json_member(&document->root, "neuron_id", &id) || !json_member(&id, "layer_index", &layer_index) ||
        !json_member(&id, "neuron_index", &neuron_index) || !json_get_int(&layer_index, 0, INT32_MAX, &found_layer) ||
        !json_get_int(&neuron_index, 0, INT32_MAX, &found_neuron))
        return false;
    return (found_layer == layer && found_neuron == neuron) ||
           json_refuse(&id, "is neuron l%" PRId64 "n%" PRId64 ", not l%" PRId32 "n%" PRId32, found_layer, found_neuron,
                       layer, neuron);
}

bool explainer_tokens_read(struct explainer_document *document, const struct json_place *list, size_t max,
                           struct page_token **tokens, size_t *count)
{
    if (!json_get_list(list, max, count))
        return false;
    *tokens = explainer_document_memory(document, *count, sizeof **tokens);
    for (size_t i = 0; i < *count; i++) {
        struct json_place element = json_element(list, i);
        size_t length;
        if (!json_get_string(&element, JSON_TOKEN_MAX_BYTES, &(*tokens)[i].bytes, &length))
            return false;
        (*tokens)[i].length = (uint32_t)length;
    }
    return true;
}

bool explainer_numbers_read(struct explainer_document *document, const struct json_place *list, size_t count,
                            const char *what, double **numbers)
{
    size_t found;
    if (!json_get_list(list, SIZE_MAX, &found))
        return false;
    if (found != count)
        return json_refuse(list, "has %zu numbers, but there are %zu %s", found, count, what);
    *numbers = explainer_document_memory(document, count, sizeof **numbers);
    for (size_t i = 0; i < count; i++) {
        struct json_place element = json_element(list, i);
        if (!json_get_number(&element, &(*numbers)[i]))
            return false;
    }
    return true;
}
