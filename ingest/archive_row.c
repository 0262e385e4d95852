#include "archive_row.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_SIZE = 19, FLAGS_AT = 11, VALUE_MAX = 64 << 20 };

bool archive_rows_begin(struct archive_file *file)
{
    static const char expected[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
    char head[HEAD_SIZE];
    return archive_read(file, head, sizeof head) && memcmp(head, expected, HEAD_SIZE) == 0;
}

/* Room for `more` bytes behind `used`. */
static uint8_t *fit(struct archive_row *row, size_t used, size_t more)
{
    if (used + more > row->capacity) {
        row->capacity = 2 * (used + more) + 4096;
        row->bytes = realloc(row->bytes, row->capacity);
        if (row->bytes == NULL)
            abort();
    }
    return row->bytes + used;
}

/* Reads the values; their places are set at the end, as the memory may move. */
static bool read_values(struct archive_file *file, struct archive_row *row)
{
    size_t starts[ARCHIVE_COLUMNS_MAX], used = 0;
    bool is_null[ARCHIVE_COLUMNS_MAX];
    for (int i = 0; i < row->num_columns; i++) {
        uint32_t big;
        if (!archive_read(file, &big, sizeof big))
            return false;
        uint32_t length = be32toh(big);
        is_null[i] = length == UINT32_MAX;
        length = is_null[i] ? 0 : length;
        if (length > VALUE_MAX || !archive_read(file, fit(row, used, length), length))
            return false;
        starts[i] = used;
        row->values[i].length = length;
        used += length;
    }
    for (int i = 0; i < row->num_columns; i++)
        row->values[i].bytes = is_null[i] ? NULL : row->bytes + starts[i];
    return true;
}

enum archive_row_result archive_row_read(struct archive_file *file, int num_columns, struct archive_row *row)
{
    uint16_t big;
    if (!archive_read(file, &big, sizeof big))
        return ROW_DAMAGED;
    int told = (int16_t)be16toh(big);
    if (told == -1)
        return ROW_END;
    if (told > num_columns)
        return ROW_WIDER;
    if (told < 1)
        return ROW_DAMAGED;
    row->num_columns = told;
    if (!read_values(file, row))
        return ROW_DAMAGED;
    for (; row->num_columns < num_columns; row->num_columns++)
        row->values[row->num_columns] = (struct archive_value){0};
    return ROW_READ;
}

void archive_row_clear(struct archive_row *row)
{
    free(row->bytes);
    *row = (struct archive_row){0};
}

bool archive_value_int(struct archive_value value, size_t size, int64_t *number)
{
    uint64_t bits = 0;
    if (value.bytes == NULL || value.length != size)
        return false;
    for (size_t i = 0; i < size; i++)
        bits = bits << 8 | value.bytes[i];
    unsigned unused = 64 - 8 * (unsigned)size;
    *number = (int64_t)(bits << unused) >> unused;
    return true;
}
