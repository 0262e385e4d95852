/*
 * What an archive holds: one row for each table, in the order in which they are written and read. The database lists them:
 * see archive_list() in sql/function/61_archive.sql, where a new table is to be added.
 */
#ifndef DEEPDECIPHER_ARCHIVE_TABLE_H
#define DEEPDECIPHER_ARCHIVE_TABLE_H

#include <stddef.h>

#include "../sql/client/db.h"

/* What a column holds, and so what import does with it. */
enum archive_column {
    COLUMN_PLAIN,
    COLUMN_NEURON,  /* int8: the model's part is added, the rest checked */
    COLUMN_SUBJECT, /* int8: likewise; may also stand for a layer or the model */
    COLUMN_MODEL,   /* int2: becomes the model's key here */
    COLUMN_DATASET, /* int4: key here of the dataset with that key there */
    COLUMN_SOURCE,  /* int2: likewise */
    COLUMN_TOKEN,   /* int4: likewise */
    COLUMN_TOKENS,  /* packed tokens: likewise */
    COLUMN_TEXT,    /* int8: a text that the archive has */
    COLUMN_TEXTS    /* int8[]: such texts */
};

/* How import takes the rows. */
enum archive_taking { TAKE_COPY, TAKE_DATASETS, TAKE_SOURCES, TAKE_TOKENS, TAKE_TEXTS };

enum { ARCHIVE_COLUMNS_MAX = 24 };

struct archive_table {
    char *name;
    char *copy_out; /* COPY … TO STDOUT */
    char *copy_in;  /* of TAKE_COPY: COPY … FROM STDIN */
    enum archive_taking taking;
    int num_columns;
    enum archive_column columns[ARCHIVE_COLUMNS_MAX];
};

struct archive_tables {
    struct archive_table *list;
    size_t count;
};

/* Asks the database for the tables of an archive of a model; for reading one any model will do. To be cleared in any case. */
enum db_status archive_tables_load(struct db *db, int16_t model_id, struct archive_tables *tables) MUST_CHECK;
void archive_tables_clear(struct archive_tables *tables);

/* NULL when there is none. */
const struct archive_table *archive_tables_find(const struct archive_tables *tables, const char *name);

#endif
