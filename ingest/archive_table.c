#include "archive_table.h"
#include "must.h"

#include <assert.h>
#include <string.h>

static const char *const kinds[] = {
    [COLUMN_PLAIN] = "plain",     [COLUMN_NEURON] = "neuron", [COLUMN_SUBJECT] = "subject", [COLUMN_MODEL] = "model",
    [COLUMN_DATASET] = "dataset", [COLUMN_SOURCE] = "source", [COLUMN_TOKEN] = "token",     [COLUMN_TOKENS] = "tokens",
    [COLUMN_TEXT] = "text",       [COLUMN_TEXTS] = "text[]",
};

static const char *const looked_up[] = {
    [TAKE_DATASETS] = "dataset", [TAKE_SOURCES] = "source", [TAKE_TOKENS] = "token", [TAKE_TEXTS] = "text"};

static enum archive_column column_of(const char *kind)
{
    size_t column = 0, count = sizeof kinds / sizeof *kinds;
    while (column < count && strcmp(kinds[column], kind) != 0)
        column++;
    assert(column < count);
    return (enum archive_column)column;
}

static enum archive_taking taking_of(const char *name)
{
    for (size_t taking = TAKE_DATASETS; taking < sizeof looked_up / sizeof *looked_up; taking++)
        if (strcmp(looked_up[taking], name) == 0)
            return (enum archive_taking)taking;
    return TAKE_COPY;
}

static void read_table(struct archive_table *table, const PGresult *rows, int row)
{
    char *words = must(strdup(db_get_text(rows, row, 1))), *rest;
    table->name = must(strdup(db_get_text(rows, row, 0)));
    table->taking = taking_of(table->name);
    table->copy_out = must(strdup(db_get_text(rows, row, 2)));
    table->copy_in = must(strdup(db_get_text(rows, row, 3)));
    for (char *word = strtok_r(words, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        assert(table->num_columns < ARCHIVE_COLUMNS_MAX);
        table->columns[table->num_columns++] = column_of(word);
    }
    free(words);
}

enum db_status archive_tables_load(struct db *db, int16_t model_id, struct archive_tables *tables)
{
    PGresult *rows;
    enum db_status status = db_query(db, STATEMENT_ARCHIVE_TABLES, 1, (struct db_param[]){db_int2(model_id)}, &rows);
    *tables = (struct archive_tables){.count = status == DB_OK ? (size_t)PQntuples(rows) : 0};
    tables->list = must(calloc(tables->count + 1, sizeof *tables->list));
    for (size_t i = 0; i < tables->count; i++)
        read_table(&tables->list[i], rows, (int)i);
    db_finish(db);
    return status;
}

void archive_tables_clear(struct archive_tables *tables)
{
    for (size_t i = 0; i < tables->count; i++) {
        free(tables->list[i].name);
        free(tables->list[i].copy_out);
        free(tables->list[i].copy_in);
    }
    free(tables->list);
    *tables = (struct archive_tables){0};
}

const struct archive_table *archive_tables_find(const struct archive_tables *tables, const char *name)
{
    for (size_t i = 0; i < tables->count; i++)
        if (strcmp(tables->list[i].name, name) == 0)
            return &tables->list[i];
    return NULL;
}
