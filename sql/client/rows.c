#include "rows.h"

#include <assert.h>
#include <endian.h>
#include <math.h>
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

void rows_float8(struct rows *rows, double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    rows_int8(rows, bits);
}

void rows_null(struct rows *rows)
{
    append_int4(rows, -1);
}

void rows_float8_or_null(struct rows *rows, double value)
{
    if (isnan(value))
        rows_null(rows);
    else
        rows_float8(rows, value);
}

uint8_t *rows_room(struct rows *rows, size_t capacity)
{
    return grow(rows, capacity);
}

void rows_fill(struct rows *rows, size_t length)
{
    assert(length <= rows->capacity - rows->length);
    rows->length += length;
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

/* Begins a column that is an array; returns where it begins, for end_array. */
static size_t start_array(struct rows *rows, enum array_type type, bool has_nulls, size_t count)
{
    size_t start = rows->length;
    assert(count <= INT32_MAX);
    append_int4(rows, 0);         /* the length of it all, filled in at the end */
    append_int4(rows, count > 0); /* dimensions */
    append_int4(rows, has_nulls);
    append_int4(rows, (int32_t)type);
    if (count > 0) {
        append_int4(rows, (int32_t)count);
        append_int4(rows, 1); /* first index */
    }
    return start;
}

static void end_array(struct rows *rows, size_t start)
{
    size_t length = rows->length - start - sizeof(int32_t);
    assert(length <= INT32_MAX);
    uint32_t big = htobe32((uint32_t)length);
    memcpy(rows->bytes + start, &big, sizeof big);
}

void rows_int2s(struct rows *rows, const int16_t *values, size_t count)
{
    size_t start = start_array(rows, ARRAY_INT2, false, count);
    for (size_t i = 0; i < count; i++)
        rows_int2(rows, values[i]);
    end_array(rows, start);
}

void rows_int8s(struct rows *rows, const int64_t *values, size_t count)
{
    size_t start = start_array(rows, ARRAY_INT8, false, count);
    for (size_t i = 0; i < count; i++)
        rows_int8(rows, values[i]);
    end_array(rows, start);
}

void rows_float8s(struct rows *rows, const double *values, size_t count)
{
    size_t start = start_array(rows, ARRAY_FLOAT8, true, count);
    for (size_t i = 0; i < count; i++)
        rows_float8_or_null(rows, values[i]);
    end_array(rows, start);
}

/* Walks the elements of an array column of one dimension. */
struct elements {
    const uint8_t *at, *end;
    size_t count;
};

static struct elements elements_of(const PGresult *result, int row, int column)
{
    size_t length;
    uint32_t count = 0;
    const uint8_t *bytes = db_get_bytes(result, row, column, &length);
    if (length < ARRAY_HEADER)
        return (struct elements){0};
    memcpy(&count, bytes + 12, sizeof count);
    return (struct elements){bytes + ARRAY_HEADER, bytes + length, be32toh(count)};
}

/* The next element, `size` bytes long, or NULL for NULL. */
static const uint8_t *element_next(struct elements *elements, int32_t size)
{
    uint32_t length;
    assert(elements->end - elements->at >= 4);
    memcpy(&length, elements->at, sizeof length);
    elements->at += sizeof length;
    if ((int32_t)be32toh(length) < 0)
        return NULL;
    assert((int32_t)be32toh(length) == size && elements->end - elements->at >= size);
    elements->at += size;
    return elements->at - size;
}

static void *element_memory(const struct elements *elements, size_t size)
{
    void *values = elements->count > 0 ? calloc(elements->count, size) : NULL;
    if (elements->count > 0 && values == NULL)
        abort();
    return values;
}

int32_t *db_get_int4_array(const PGresult *result, int row, int column, size_t *count)
{
    struct elements elements = elements_of(result, row, column);
    int32_t *values = element_memory(&elements, sizeof *values);
    *count = elements.count;
    for (size_t i = 0; i < elements.count; i++) {
        const uint8_t *element = element_next(&elements, sizeof *values);
        uint32_t big = 0;
        if (element != NULL)
            memcpy(&big, element, sizeof big);
        values[i] = (int32_t)be32toh(big);
    }
    return values;
}

int16_t *db_get_int2_array(const PGresult *result, int row, int column, size_t *count)
{
    struct elements elements = elements_of(result, row, column);
    int16_t *values = element_memory(&elements, sizeof *values);
    *count = elements.count;
    for (size_t i = 0; i < elements.count; i++) {
        const uint8_t *element = element_next(&elements, sizeof *values);
        uint16_t big = 0;
        if (element != NULL)
            memcpy(&big, element, sizeof big);
        values[i] = (int16_t)be16toh(big);
    }
    return values;
}

double *db_get_float8_array(const PGresult *result, int row, int column, size_t *count)
{
    struct elements elements = elements_of(result, row, column);
    double *values = element_memory(&elements, sizeof *values);
    *count = elements.count;
    for (size_t i = 0; i < elements.count; i++) {
        const uint8_t *element = element_next(&elements, sizeof *values);
        uint64_t big = 0;
        if (element != NULL)
            memcpy(&big, element, sizeof big);
        big = be64toh(big);
        memcpy(&values[i], &big, sizeof big);
        if (element == NULL)
            values[i] = NAN;
    }
    return values;
}
