/* Tensors in the safetensors format; see safetensors.h. */
#include "safetensors.h"

#include <assert.h>
#include <stdint.h>

#include "json.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are sent as they lie in memory");

enum { ALIGNMENT = 8 };

static const struct {
    const char *name;
    size_t size;
} types[] = {
    [TENSOR_F32] = {"F32", 4}, [TENSOR_F64] = {"F64", 8}, [TENSOR_I32] = {"I32", 4}, [TENSOR_I64] = {"I64", 8}};

void safetensors_meta(struct safetensors *file, const char *key, const char *text, size_t length)
{
    if (file->metadata.length > 0)
        buffer_add_char(&file->metadata, ',');
    json_text(&file->metadata, key);
    buffer_add_char(&file->metadata, ':');
    json_string(&file->metadata, text, length);
}

void *safetensors_add(struct safetensors *file, const char *name, enum tensor_type type, const size_t shape[], int rank)
{
    struct buffer *header = &file->header;
    size_t start = file->numbers.length, bytes = types[type].size;
    json_text(header, name);
    buffer_printf(header, ":{\"dtype\":\"%s\",\"shape\":[", types[type].name);
    for (int i = 0; i < rank; i++) {
        if (shape[i] > 0 && bytes > BUFFER_BYTES_MAX / shape[i]) {
            header->failed = true;
            return NULL;
        }
        bytes *= shape[i];
        buffer_printf(header, "%s%zu", i > 0 ? "," : "", shape[i]);
    }
    buffer_printf(header, "],\"data_offsets\":[%zu,%zu]},", start, start + bytes);
    void *place = bytes > 0 ? buffer_reserve(&file->numbers, bytes) : NULL;
    if (place != NULL)
        buffer_advance(&file->numbers, bytes);
    return place;
}

void safetensors_write(const struct safetensors *file, struct buffer *body)
{
    static const char begin[] = "{", middle[] = "\"__metadata__\":{", end[] = "}}";
    size_t length = sizeof begin + sizeof middle + sizeof end - 3 + file->header.length + file->metadata.length;
    uint64_t padded = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    buffer_add(body, &padded, sizeof padded);
    buffer_add_text(body, begin);
    buffer_add(body, file->header.data, file->header.length);
    buffer_add_text(body, middle);
    buffer_add(body, file->metadata.data, file->metadata.length);
    buffer_add_text(body, end);
    for (; length < padded; length++)
        buffer_add_char(body, ' ');
    buffer_add(body, file->numbers.data, file->numbers.length);
    body->failed |= file->header.failed || file->metadata.failed || file->numbers.failed;
}

void safetensors_clear(struct safetensors *file)
{
    buffer_clear(&file->header);
    buffer_clear(&file->metadata);
    buffer_clear(&file->numbers);
}
