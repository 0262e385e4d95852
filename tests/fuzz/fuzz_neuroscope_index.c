/*
 * Any bytes as neuroscope's table of models. What is read must keep the promises of neuroscope_index.h.
 * Seed: tests/data/neuroscope/index.html.
 */
#include <assert.h>
#include <string.h>

#include "ingest/neuroscope_index.h"
#include "sql/client/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void text_check(const char *text, size_t most)
{
    size_t length = strlen(text);
    assert(length >= 1 && length <= most && utf8_valid_length(text, length) == length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct site_index index;
    char reason[INDEX_REASON_SIZE] = "";
    if (!site_index_read(&index, (const char *)data, size, reason)) {
        assert(index.count == 0 && index.models == NULL);
        assert(reason[0] != '\0' && !strchr(reason, '\n'));
        return 0;
    }
    assert(index.count >= 1);
    for (size_t i = 0; i < index.count; i++) {
        const struct site_model *model = &index.models[i];
        text_check(model->name, 100);
        text_check(model->activation_function, 200);
        text_check(model->dataset, 200);
        assert(model->num_layers >= 1 && model->num_layers <= 65535);
        assert(model->layer_size >= 1 && model->layer_size <= INT32_MAX);
        assert((uint64_t)model->num_layers * model->layer_size == model->num_total_neurons);
    }
    site_index_clear(&index);
    return 0;
}
