#include "db.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

/* The bytes of a column of a fixed size; NULL for SQL NULL. */
static const char *fixed(const PGresult *result, int row, int column, int size)
{
    if (PQgetisnull(result, row, column))
        return NULL;
    assert(PQgetlength(result, row, column) == size);
    return PQgetvalue(result, row, column);
}

bool db_is_null(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) == 1;
}

bool db_get_bool(const PGresult *result, int row, int column)
{
    const char *bytes = fixed(result, row, column, 1);
    return bytes != NULL && *bytes != 0;
}

int16_t db_get_int2(const PGresult *result, int row, int column)
{
    const char *bytes = fixed(result, row, column, 2);
    uint16_t value = 0;
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return (int16_t)be16toh(value);
}

int32_t db_get_int4(const PGresult *result, int row, int column)
{
    const char *bytes = fixed(result, row, column, 4);
    uint32_t value = 0;
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return (int32_t)be32toh(value);
}

int64_t db_get_int8(const PGresult *result, int row, int column)
{
    const char *bytes = fixed(result, row, column, 8);
    uint64_t value = 0;
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return (int64_t)be64toh(value);
}

float db_get_float4(const PGresult *result, int row, int column)
{
    int32_t bits = db_get_int4(result, row, column);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double db_get_float8(const PGresult *result, int row, int column)
{
    int64_t bits = db_get_int8(result, row, column);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

const char *db_get_text(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column);
}

const uint8_t *db_get_bytes(const PGresult *result, int row, int column, size_t *length)
{
    *length = (size_t)PQgetlength(result, row, column);
    return (const uint8_t *)PQgetvalue(result, row, column);
}
