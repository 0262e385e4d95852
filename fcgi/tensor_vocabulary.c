/* Tokens of a file of tensors; see tensor_vocabulary.h. */
#include "tensor_vocabulary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "token_cache.h"

static int compare_ids(const void *a, const void *b)
{
    const int32_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static void write_entries(const struct token_texts *texts, const int32_t *ids, size_t count, struct buffer *json)
{
    buffer_add_char(json, '{');
    for (size_t i = 0; i < count; i++) {
        if (ids[i] < 0 || (i > 0 && ids[i] == ids[i - 1]))
            continue;
        const struct token_text *token = &texts->tokens[ids[i]];
        buffer_printf(json, "\"%" PRId32 "\":", ids[i]);
        buffer_add(json, texts->bytes + token->offset, token->length); /* with a comma */
    }
    if (json->length > 1)
        json->length--;
    buffer_add_char(json, '}');
}

bool tensor_vocabulary_add(struct exchange *x, const struct target *target, const int32_t *ids, size_t count,
                           struct safetensors *file)
{
    int32_t *sorted = malloc((count + 1) * sizeof *sorted);
    const struct token_texts *texts = NULL;
    struct buffer json = {0};
    if (sorted == NULL)
        abort();
    if (count > 0)
        memcpy(sorted, ids, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_ids);
    int32_t highest = count > 0 ? sorted[count - 1] : -1;
    bool is_fine = highest < 0 || (texts = token_cache_get(x, target->model.vocabulary_id, (uint32_t)highest)) != NULL;
    if (is_fine) {
        write_entries(texts, sorted, count, &json);
        file->metadata.failed |= json.failed;
        if (!json.failed)
            safetensors_meta(file, "vocabulary", json.data, json.length);
    }
    buffer_clear(&json);
    free(sorted);
    return is_fine;
}
