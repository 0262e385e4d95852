#include "archive_key.h"
#include "must.h"
#include "source.h"
#include "../sql/client/packing.h"

#include <string.h>

enum { ARRAY_HEAD = 12, ARRAY_DIMENSION = 8, INT8_ELEMENT = 12 }; /* bytes of an int8[] in binary form */

void archive_keys_clear(struct archive_keys *keys)
{
    free(keys->tokens);
    free(keys->texts);
    *keys = (struct archive_keys){0};
}

bool archive_keys_add(struct archive_key_map *map, int32_t there, int32_t here)
{
    if (map->count == ARCHIVE_KEYS_MAX)
        return false;
    map->there[map->count] = there;
    map->here[map->count++] = here;
    return true;
}

void archive_keys_add_token(struct archive_keys *keys, uint32_t there, uint32_t here)
{
    if (there >= keys->num_tokens) {
        size_t count = 2 * (size_t)there + 1024;
        keys->tokens = must(realloc(keys->tokens, count * sizeof *keys->tokens));
        memset(keys->tokens + keys->num_tokens, 0xff, (count - keys->num_tokens) * sizeof *keys->tokens);
        keys->num_tokens = count;
    }
    keys->tokens[there] = here;
}

bool archive_keys_add_text(struct archive_keys *keys, int64_t text_id)
{
    if (keys->num_texts > 0 && keys->texts[keys->num_texts - 1] >= text_id)
        return false;
    if (keys->num_texts == keys->texts_capacity) {
        keys->texts_capacity = 2 * keys->texts_capacity + 1024;
        keys->texts = must(realloc(keys->texts, keys->texts_capacity * sizeof *keys->texts));
    }
    keys->texts[keys->num_texts++] = text_id;
    return true;
}

static bool find_key(const struct archive_key_map *map, int64_t there, int32_t *here)
{
    for (int i = 0; i < map->count; i++) {
        if (map->there[i] == there) {
            *here = map->here[i];
            return true;
        }
    }
    return false;
}

static bool find_token(const struct archive_keys *keys, int64_t there, uint32_t *here)
{
    if (there < 0 || (size_t)there >= keys->num_tokens || keys->tokens[there] == UINT32_MAX)
        return false;
    *here = keys->tokens[there];
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static bool has_text(const struct archive_keys *keys, int64_t text_id)
{
    return keys->num_texts > 0 &&
           bsearch(&text_id, keys->texts, keys->num_texts, sizeof *keys->texts, compare_texts) != NULL;
}

static bool has_texts(const struct archive_keys *keys, struct archive_value array)
{
    int64_t dimensions, length, text_id;
    if (array.length < ARRAY_HEAD || !archive_value_int((struct archive_value){array.bytes, 4}, 4, &dimensions) ||
        dimensions < 0 || dimensions > 1)
        return false;
    size_t at = ARRAY_HEAD + (dimensions == 1 ? ARRAY_DIMENSION : 0);
    for (; at + INT8_ELEMENT <= array.length; at += INT8_ELEMENT)
        if (!archive_value_int((struct archive_value){array.bytes + at, 4}, 4, &length) || length != 8 ||
            !archive_value_int((struct archive_value){array.bytes + at + 4, 8}, 8, &text_id) ||
            !has_text(keys, text_id))
            return false;
    return at == array.length;
}

/* The model has this neuron; or it is the key of a document about a layer or the model. */
static bool is_subject(const struct archive_keys *keys, int64_t local, bool may_be_larger)
{
    int64_t layer = local >> 32, index = local & UINT32_MAX;
    if (index == INT32_MAX)
        return may_be_larger && (layer == MODEL_LAYER || (layer >= 0 && layer < keys->num_layers));
    return layer >= 0 && layer < keys->num_layers && index < keys->layer_size;
}

bool archive_keys_add_packed(const struct archive_keys *keys, struct archive_value value, size_t count,
                             struct rows *rows)
{
    size_t found = 0;
    for (size_t i = 0; i < value.length; i++)
        found += value.bytes[i] < 0x80;
    if (value.bytes == NULL || (count != SIZE_MAX && count != found))
        return false;
    uint32_t *ids = must(calloc(found + 1, sizeof *ids));
    bool is_fine = unpack_tokens(value.bytes, value.length, ids, found);
    for (size_t i = 0; is_fine && i < found; i++)
        is_fine = find_token(keys, ids[i], &ids[i]);
    if (is_fine) {
        uint8_t *place = rows_reserve(rows, pack_tokens_bound(found));
        rows_commit(rows, pack_tokens(ids, found, place));
    }
    free(ids);
    return is_fine;
}

static bool add_neuron(const struct archive_keys *keys, int64_t local, bool may_be_larger, struct rows *rows)
{
    if (!is_subject(keys, local, may_be_larger))
        return false;
    rows_int8(rows, (int64_t)((uint64_t)keys->model_id << 48) | local);
    return true;
}

static bool add_token(const struct archive_keys *keys, int64_t there, struct rows *rows)
{
    uint32_t here;
    if (!find_token(keys, there, &here))
        return false;
    rows_int4(rows, (int32_t)here);
    return true;
}

static bool add_plain(struct archive_value value, struct rows *rows)
{
    rows_bytes(rows, value.bytes, value.length);
    return true;
}

bool archive_keys_add_value(const struct archive_keys *keys, enum archive_column column, struct archive_value value,
                            struct rows *rows)
{
    int64_t number;
    int32_t here = 0;
    if (value.bytes == NULL) {
        rows_null(rows);
        return true;
    }
    switch (column) {
    case COLUMN_PLAIN: return add_plain(value, rows);
    case COLUMN_NEURON: return archive_value_int(value, 8, &number) && add_neuron(keys, number, false, rows);
    case COLUMN_SUBJECT: return archive_value_int(value, 8, &number) && add_neuron(keys, number, true, rows);
    case COLUMN_TOKEN: return archive_value_int(value, 4, &number) && add_token(keys, number, rows);
    case COLUMN_TOKENS: return archive_keys_add_packed(keys, value, SIZE_MAX, rows);
    case COLUMN_TEXT: return archive_value_int(value, 8, &number) && has_text(keys, number) && add_plain(value, rows);
    case COLUMN_TEXTS: return has_texts(keys, value) && add_plain(value, rows);
    case COLUMN_MODEL: rows_int2(rows, keys->model_id); return true;
    case COLUMN_DATASET:
        if (!archive_value_int(value, 4, &number) || !find_key(&keys->datasets, number, &here))
            return false;
        rows_int4(rows, here);
        return true;
    case COLUMN_SOURCE:
        if (!archive_value_int(value, 2, &number) || !find_key(&keys->sources, number, &here))
            return false;
        rows_int2(rows, (int16_t)here);
        return true;
    }
    return false;
}
