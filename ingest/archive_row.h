/*
 * One row after the other out of an archive, each as COPY's binary form has it.
 */
#ifndef DEEPDECIPHER_ARCHIVE_ROW_H
#define DEEPDECIPHER_ARCHIVE_ROW_H

#include "archive_file.h"
#include "archive_table.h"

struct archive_value {
    const uint8_t *bytes; /* [length]; NULL: SQL NULL */
    size_t length;
};

struct archive_row {
    int num_columns;
    struct archive_value values[ARCHIVE_COLUMNS_MAX];
    uint8_t *bytes; /* of all values */
    size_t capacity;
};

enum archive_row_result { ROW_READ, ROW_END, ROW_WIDER, ROW_DAMAGED };

/* The head of a table's stream. */
bool archive_rows_begin(struct archive_file *file);
/* The next row of `num_columns`: those that it lacks at its end, which the table did not have when it was written, are
 * NULL. ROW_WIDER: it has more. What is damaged is told by archive_file_fault or, if that is empty, a row
 * that is none. The values live until the next call. */
enum archive_row_result archive_row_read(struct archive_file *file, int num_columns, struct archive_row *row);
void archive_row_clear(struct archive_row *row);

/* Whole numbers of exactly that many bytes; false when the value is no such. */
bool archive_value_int(struct archive_value value, size_t size, int64_t *number);

#endif
