#include "rows.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

static const char copy_signature[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* flags and header extension: 0 */
enum { COPY_HEADER = 19, ARRAY_HEADER = 20 };

void rows_free(struct rows *rows)
{
    free(rows->bytes);
    *rows = (struct rows){0};
}

void rows_reset(struct rows *rows)
{
    rows->length = rows->count = 0;
}

static uint8_t *grow(struct rows *rows, size_t more)
{
    if (more > SIZE_MAX / 4 - rows->length)
        abort();
    if (rows->length + more > rows->capacity) {
        size_t capacity = 2 * rows->capacity + more + 4096;
        uint8_t *bytes = realloc(rows->bytes, capacity);
        if (bytes == NULL)
            abort();
        rows->bytes = bytes;
        rows->capacity = capacity;
    }
    return rows->bytes + rows->length;
}

static void append(struct rows *rows, const void *bytes, size_t length)
{
    uint8_t *place = grow(rows, length);
    if (length > 0)
        memcpy(place, bytes, length);
    rows->length += length;
}

static void append_int2(struct rows *rows, int16_t value)
{
    uint16_t big = htobe16((uint16_t)value);
    append(rows, &big, sizeof big);
}

static void append_int4(struct rows *rows, int32_t value)
{
    uint32_t big = htobe32((uint32_t)value);
    append(rows, &big, sizeof big);
}

void rows_start(struct rows *rows, int columns)
{
    if (rows->count++ == 0)
        append(rows, copy_signature, COPY_HEADER);
    append_int2(rows, (int16_t)columns);
}

void rows_bytes(struct rows *rows, const void *bytes, size_t length)
{
    assert(length <= INT32_MAX);
    append_int4(rows, (int32_t)length);
    append(rows, bytes, length);
}

void rows_text(struct rows *rows, const char *text)
{
    rows_bytes(rows, text, strlen(text));
}

void rows_int2(struct rows *rows, int16_t value)
{
    append_int4(rows, sizeof value);
    append_int2(rows, value);
}

void rows_int4(struct rows *rows, int32_t value)
{
    append_int4(rows, sizeof value);
    append_int4(rows, value);
}

void rows_int8(struct rows *rows, int64_t value)
{
    uint64_t big = htobe64((uint64_t)value);
    rows_bytes(rows, &big, sizeof big);
}

void rows_float4(struct rows *rows, float value)
{
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    rows_int4(rows, bits);
}

void rows_null(struct rows *rows)
{
    append_int4(rows, -1);
}

void rows_float8(struct rows *rows, double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    rows_int8(rows, bits);
}

uint8_t *rows_reserve(struct rows *rows, size_t capacity)
{
    return grow(rows, capacity + sizeof(int32_t)) + sizeof(int32_t);
}

void rows_commit(struct rows *rows, size_t length)
{
    assert(length <= INT32_MAX);
    append_int4(rows, (int32_t)length);
    rows->length += length;
}

void array_start(struct rows *array, enum array_type type)
{
    rows_reset(array);
    append_int4(array, 1); /* dimensions */
    append_int4(array, 0); /* no NULLs */
    append_int4(array, (int32_t)type);
    append_int4(array, 0); /* number of elements, filled in at the end */
    append_int4(array, 1); /* first index */
}

struct db_param array_param(struct rows *array, size_t count)
{
    assert(array->length >= ARRAY_HEADER && count <= INT32_MAX);
    uint32_t big = htobe32((uint32_t)count);
    memcpy(array->bytes + 12, &big, sizeof big);
    return db_bytes(array->bytes, array->length);
}

void rows_array(struct rows *rows, struct rows *array, size_t count)
{
    struct db_param param = array_param(array, count);
    rows_bytes(rows, param.data, (size_t)param.length);
}

int32_t *db_get_int4_array(const PGresult *result, int row, int column, size_t *count)
{
    size_t length;
    const uint8_t *bytes = db_get_bytes(result, row, column, &length);
    *count = 0;
    if (length < ARRAY_HEADER)
        return NULL;
    size_t elements = (length - ARRAY_HEADER) / 8;
    int32_t *values = calloc(elements, sizeof *values);
    if (values == NULL)
        abort();
    for (size_t i = 0; i < elements; i++) {
        uint32_t big;
        memcpy(&big, bytes + ARRAY_HEADER + 8 * i + 4, sizeof big);
        values[i] = (int32_t)be32toh(big);
    }
    *count = elements;
    return values;
}
