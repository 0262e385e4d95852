/*
 * What an archive holds: one row for each table, in the order in which they are written and read. A new table is a row
 * here and a statement archive_NAME that gives its rows; copy_NAME takes them.
 */
#ifndef DEEPDECIPHER_ARCHIVE_TABLE_H
#define DEEPDECIPHER_ARCHIVE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "statement.h"

/* What import does with a column. */
enum archive_column {
    COLUMN_END, /* behind the last */
    COLUMN_PLAIN,
    COLUMN_NEURON,  /* int8: the model's part is added, the rest checked */
    COLUMN_MODEL,   /* int2: becomes the model's key here */
    COLUMN_DATASET, /* int4: key here of the dataset with that key there */
    COLUMN_SOURCE,  /* int2: likewise */
    COLUMN_TOKEN,   /* int4: likewise */
    COLUMN_TOKENS   /* packed tokens: likewise, behind a column with their number */
};

/* How import takes the rows. */
enum archive_taking { TAKE_COPY, TAKE_DATASETS, TAKE_SOURCES, TAKE_TOKENS, TAKE_TEXTS };

enum { ARCHIVE_COLUMNS_MAX = 24 };

struct archive_table {
    const char *name;
    enum statement out; /* COPY … TO STDOUT */
    enum archive_taking taking;
    enum statement in; /* of TAKE_COPY: COPY … FROM STDIN */
    enum archive_column columns[ARCHIVE_COLUMNS_MAX];
};

extern const struct archive_table archive_tables[];
extern const size_t num_archive_tables;

#endif
