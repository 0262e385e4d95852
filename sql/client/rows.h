/*
 * Rows and arrays in PostgreSQL's binary form, gathered in memory: for COPY and for array parameters.
 *
 *     rows_start(&rows, 2);  rows_int8(&rows, id);  rows_int2(&rows, source);     one row of two columns
 *     db_copy(db, STATEMENT_COPY_NEURON_SOURCE, &rows)
 *
 * Lack of memory ends the program.
 */
#ifndef DEEPDECIPHER_ROWS_H
#define DEEPDECIPHER_ROWS_H

#include "db.h"

struct rows {
    uint8_t *bytes;
    size_t length, capacity;
    size_t count; /* rows started */
};

void rows_free(struct rows *rows);
/* Empties it; keeps the memory. */
void rows_reset(struct rows *rows);

/* Begins a row of `columns` columns; as many of the following calls make it whole. */
void rows_start(struct rows *rows, int columns);
void rows_int2(struct rows *rows, int16_t value);
void rows_int4(struct rows *rows, int32_t value);
void rows_int8(struct rows *rows, int64_t value);
void rows_float4(struct rows *rows, float value);
void rows_float8(struct rows *rows, double value);
void rows_text(struct rows *rows, const char *text);
void rows_bytes(struct rows *rows, const void *bytes, size_t length);
void rows_null(struct rows *rows);
/* NaN becomes NULL. */
void rows_float8_or_null(struct rows *rows, double value);
/* Columns that are arrays. In that of numbers NaN becomes NULL. */
void rows_int2s(struct rows *rows, const int16_t *values, size_t count);
void rows_int8s(struct rows *rows, const int64_t *values, size_t count);
void rows_float8s(struct rows *rows, const double *values, size_t count);

/* A column whose length is known only when it is written: room for `capacity` bytes, then the length it got. */
uint8_t *rows_reserve(struct rows *rows, size_t capacity);
void rows_commit(struct rows *rows, size_t length);

/* Bytes alone, without a length before them: room for `capacity` at the end, then how many of it were written. */
uint8_t *rows_room(struct rows *rows, size_t capacity);
void rows_fill(struct rows *rows, size_t length);

/* Sends all rows with the COPY statement and waits until they are taken. No rows: nothing is sent.
 * Only on a connection without a timeout, outside any exchange. */
enum db_status db_copy(struct db *db, enum statement copy, const struct rows *rows) MUST_CHECK;
/* The same with a statement that the database has made. */
enum db_status db_copy_sql(struct db *db, const char *copy, const struct rows *rows) MUST_CHECK;

/* An array parameter of one dimension: elements are added by the calls above (without rows_start). */
enum array_type {
    ARRAY_BYTEA = 17,
    ARRAY_INT8 = 20,
    ARRAY_INT2 = 21,
    ARRAY_INT4 = 23,
    ARRAY_TEXT = 25,
    ARRAY_FLOAT4 = 700,
    ARRAY_FLOAT8 = 701
}; /* PostgreSQL's type oids */
void array_start(struct rows *array, enum array_type type);
/* Ends it; `array` must stay as it is until the statement is sent. */
struct db_param array_param(struct rows *array, size_t count);
/* The same as a column of a row. */
void rows_array(struct rows *rows, struct rows *array, size_t count);

/* Elements of an int4[] column without NULLs; NULL when it is empty. Freed by the caller. */
int32_t *db_get_int4_array(const PGresult *result, int row, int column, size_t *count);
/* The same for int2[]. */
int16_t *db_get_int2_array(const PGresult *result, int row, int column, size_t *count);
/* The same for float8[], where NULL reads as NaN. */
double *db_get_float8_array(const PGresult *result, int row, int column, size_t *count);

#endif
