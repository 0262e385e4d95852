/*
 * The command archive: reads what export wrote, on this or another machine, in one transaction. Keys of there become
 * keys of here by what they stand for.
 */
#include "archive_key.h"
#include "command.h"
#include "must.h"
#include "service_name.h"
#include "site.h"
#include "vocabulary.h"
#include "../sql/client/rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLUSH_BYTES = 1 << 20, TOKENS_AT_ONCE = 1000 };

struct import {
    struct db *db;
    struct archive_file *file;
    const char *path;
    char fault[ARCHIVE_FAULT_SIZE];
    bool is_database; /* the fault is db_error's */
    char name[128], activation_function[256], dataset[1024], vocabulary_name[1024];
    int64_t num_parameters;
    int32_t vocabulary_id;
    struct vocabulary *vocabulary;
    struct archive_tables tables;
    struct archive_keys keys;
    struct archive_row row;
    struct rows rows; /* for COPY */
    struct rows text_ids, text_lengths, texts;
    size_t num_texts;
};

static bool refuse(struct import *import, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(struct import *import, const char *format, ...)
{
    const char *damage = import->file != NULL ? archive_file_fault(import->file) : "";
    if (import->fault[0] != '\0' || import->is_database)
        return false;
    if (damage[0] != '\0') {
        snprintf(import->fault, sizeof import->fault, "%s", damage);
        return false;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(import->fault, sizeof import->fault, format, arguments);
    va_end(arguments);
    return false;
}

/* Turns the database's trouble into this import's. */
static bool is_fine(struct import *import, enum db_status status)
{
    import->is_database |= status != DB_OK;
    return status == DB_OK;
}

static bool run(struct import *import, enum statement statement, int count, const struct db_param params[])
{
    PGresult *done;
    enum db_status status = db_query(import->db, statement, count, params, &done);
    db_finish(import->db);
    return is_fine(import, status);
}

static bool add_key(struct import *import, struct archive_key_map *map, int64_t there, int32_t here)
{
    return archive_keys_add(map, (int32_t)there, here) ||
           refuse(import, "%s has more than %d datasets or sources", import->path, ARCHIVE_KEYS_MAX);
}

static bool damaged(struct import *import, const struct archive_table *table, const char *what)
{
    return refuse(import, "%s is damaged: table %s: %s", import->path, table->name, what);
}

/* A value as a C string; names hold no NUL. */
static bool take_name(struct archive_value value, char *text, size_t size)
{
    if (value.bytes == NULL || value.length == 0 || value.length >= size ||
        memchr(value.bytes, '\0', value.length) != NULL)
        return false;
    memcpy(text, value.bytes, value.length);
    text[value.length] = '\0';
    return true;
}

static bool take_named(struct import *import, const struct archive_table *table, struct archive_key_map *map,
                       enum statement find)
{
    char name[1024], why[SERVICE_NAME_REASON_SIZE];
    int64_t there;
    PGresult *rows;
    bool is_source = table->taking == TAKE_SOURCES;
    if (!archive_value_int(import->row.values[0], is_source ? 2 : 4, &there) ||
        !take_name(import->row.values[1], name, sizeof name))
        return damaged(import, table, "a name that is none");
    if (is_source && there < SERVICE_SOURCE_MIN)
        return add_key(import, map, there, (int32_t)there);
    if (is_source && !service_name_check(name, why))
        return refuse(import, "%s has a service '%s', but %s", import->path, name, why);
    enum db_status status = db_query(import->db, find, 1, (struct db_param[]){db_text(name)}, &rows);
    int32_t here = status != DB_OK ? 0 : is_source ? db_get_int2(rows, 0, 0) : db_get_int4(rows, 0, 0);
    db_finish(import->db);
    return is_fine(import, status) && add_key(import, map, there, here);
}

/* Tokens of a batch: their bytes in a row. */
struct token_batch {
    struct page_token tokens[TOKENS_AT_ONCE];
    uint32_t there[TOKENS_AT_ONCE], here[TOKENS_AT_ONCE];
    size_t count;
};

static bool flush_tokens(struct import *import, struct token_batch *batch)
{
    bool fine = batch->count == 0 ||
                is_fine(import, vocabulary_find(import->vocabulary, batch->tokens, batch->count, batch->here));
    for (size_t i = 0; i < batch->count; i++) {
        if (fine)
            archive_keys_add_token(&import->keys, batch->there[i], batch->here[i]);
        free((void *)(uintptr_t)batch->tokens[i].bytes);
    }
    batch->count = 0;
    return fine;
}

static bool take_token(struct import *import, const struct archive_table *table, struct token_batch *batch)
{
    struct archive_value bytes = import->row.values[1];
    int64_t there;
    if (!archive_value_int(import->row.values[0], 4, &there) || there < 0 || there >= ARCHIVE_TOKENS_MAX ||
        bytes.bytes == NULL)
        return damaged(import, table, "a token that is none");
    char *copy = must(malloc(bytes.length + 1));
    memcpy(copy, bytes.bytes, bytes.length);
    batch->tokens[batch->count] = (struct page_token){.bytes = copy, .length = (uint32_t)bytes.length};
    batch->there[batch->count++] = (uint32_t)there;
    return batch->count < TOKENS_AT_ONCE || flush_tokens(import, batch);
}

static bool flush_texts(struct import *import)
{
    if (import->num_texts == 0)
        return true;
    bool fine =
        run(import, STATEMENT_INSERT_TEXTS, 4,
            (struct db_param[]){db_int4(import->vocabulary_id), array_param(&import->text_ids, import->num_texts),
                                array_param(&import->text_lengths, import->num_texts),
                                array_param(&import->texts, import->num_texts)});
    array_start(&import->text_ids, ARRAY_INT8);
    array_start(&import->text_lengths, ARRAY_INT4);
    array_start(&import->texts, ARRAY_BYTEA);
    import->num_texts = 0;
    return fine;
}

static bool take_text(struct import *import, const struct archive_table *table)
{
    const struct archive_value *values = import->row.values;
    int64_t text_id, num_tokens;
    if (!archive_value_int(values[0], 8, &text_id) || !archive_value_int(values[1], 4, &num_tokens) ||
        num_tokens <= 0 || !archive_keys_add_packed(&import->keys, values[2], (size_t)num_tokens, &import->texts))
        return damaged(import, table, "a text whose tokens can not be read");
    if (!archive_keys_add_text(&import->keys, text_id))
        return damaged(import, table, "a text in the wrong place");
    rows_int8(&import->text_ids, text_id);
    rows_int4(&import->text_lengths, (int32_t)num_tokens);
    import->num_texts++;
    return import->texts.length < FLUSH_BYTES || flush_texts(import);
}

static bool flush_rows(struct import *import, const struct archive_table *table)
{
    bool fine = is_fine(import, db_copy_sql(import->db, table->copy_in, &import->rows));
    rows_reset(&import->rows);
    return fine;
}

static bool take_row(struct import *import, const struct archive_table *table)
{
    rows_start(&import->rows, import->row.num_columns);
    for (int i = 0; i < import->row.num_columns; i++)
        if (!archive_keys_add_value(&import->keys, table->columns[i], import->row.values[i], &import->rows))
            return damaged(import, table, "a row about something that the archive does not have");
    return import->rows.length < FLUSH_BYTES || flush_rows(import, table);
}

static bool take(struct import *import, const struct archive_table *table, struct token_batch *batch)
{
    switch (table->taking) {
    case TAKE_DATASETS: return take_named(import, table, &import->keys.datasets, STATEMENT_DATASET_ID);
    case TAKE_SOURCES: return take_named(import, table, &import->keys.sources, STATEMENT_DOCUMENT_SOURCE);
    case TAKE_TOKENS: return take_token(import, table, batch);
    case TAKE_TEXTS: return take_text(import, table);
    case TAKE_COPY: break;
    }
    return take_row(import, table);
}

static bool take_table(struct import *import, const struct archive_table *table)
{
    enum archive_row_result result = ROW_DAMAGED;
    struct token_batch *batch = must(calloc(1, sizeof *batch));
    bool fine = archive_rows_begin(import->file) || damaged(import, table, "no rows begin here");
    while (fine && (result = archive_row_read(import->file, table->num_columns, &import->row)) == ROW_READ)
        fine = take(import, table, batch);
    if (fine && result == ROW_WIDER)
        fine = damaged(import, table, "a row of more columns than this version knows");
    fine = fine && (result == ROW_END || damaged(import, table, "a row that is none"));
    fine = flush_tokens(import, batch) && fine; /* frees them in any case */
    free(batch);
    return fine && flush_texts(import) && (table->taking != TAKE_COPY || flush_rows(import, table));
}

static bool take_tables(struct import *import)
{
    char name[64];
    for (;;) {
        if (!archive_read_text(import->file, name, sizeof name))
            return refuse(import, "%s is damaged: no table begins where one must", import->path);
        if (name[0] == '\0')
            return true;
        const struct archive_table *table = archive_tables_find(&import->tables, name);
        if (table == NULL)
            return refuse(import,
                          "%s has a table '%s' that this version does not know: use a newer deepdecipher-ingest",
                          import->path, name);
        if (!take_table(import, table))
            return false;
    }
}

static bool read_number(struct import *import, int64_t max, int64_t *number)
{
    char text[24], *end;
    if (!archive_read_text(import->file, text, sizeof text))
        return false;
    *number = strtoll(text, &end, 10);
    return end != text && *end == '\0' && *number >= 0 && *number <= max;
}

static bool read_model(struct import *import, const char *wanted)
{
    struct archive_file *file = import->file;
    if (!archive_read_text(file, import->name, sizeof import->name) ||
        !archive_read_text(file, import->activation_function, sizeof import->activation_function) ||
        !archive_read_text(file, import->dataset, sizeof import->dataset) ||
        !archive_read_text(file, import->vocabulary_name, sizeof import->vocabulary_name) ||
        !read_number(import, 65535, &import->keys.num_layers) ||
        !read_number(import, INT32_MAX, &import->keys.layer_size) ||
        !read_number(import, INT64_MAX, &import->num_parameters))
        return refuse(import, "%s is damaged: it does not say what model it holds", import->path);
    if (!site_is_same_name(wanted, import->name))
        return refuse(import, "%s holds the model %s, not %s", import->path, import->name, wanted);
    return true;
}

static bool make_model(struct import *import, bool again)
{
    PGresult *rows;
    enum db_status status = db_query(
        import->db, STATEMENT_ARCHIVE_MAKE, 8,
        (struct db_param[]){db_text(import->name), db_text(import->activation_function), db_text(import->dataset),
                            db_text(import->vocabulary_name), db_int4((int32_t)import->keys.num_layers),
                            db_int4((int32_t)import->keys.layer_size), db_int8(import->num_parameters), db_bool(again)},
        &rows);
    bool is_made = status == DB_OK && PQntuples(rows) == 1;
    if (is_made) {
        import->keys.model_id = db_get_int2(rows, 0, 0);
        import->vocabulary_id = db_get_int4(rows, 0, 1);
        import->vocabulary = vocabulary_new(import->db, import->vocabulary_id);
    }
    db_finish(import->db);
    if (!is_fine(import, status))
        return false;
    return is_made || refuse(import, "the model %s is stored already; --again replaces it", import->name);
}

/* All within one transaction, whose end is the caller's. */
static bool import_all(struct import *import, const char *wanted, bool again)
{
    array_start(&import->text_ids, ARRAY_INT8);
    array_start(&import->text_lengths, ARRAY_INT4);
    array_start(&import->texts, ARRAY_BYTEA);
    if (!read_model(import, wanted) || !is_fine(import, archive_tables_load(import->db, 0, &import->tables)) ||
        !run(import, STATEMENT_BEGIN, 0, NULL) || !make_model(import, again) || !take_tables(import))
        return false;
    struct archive_file *file = import->file;
    import->file = NULL;
    return archive_file_finish(file, import->fault) &&
           run(import, STATEMENT_SUMMARY_REFILL, 1, (struct db_param[]){db_int2(import->keys.model_id)}) &&
           run(import, STATEMENT_BUMP_REVISION, 3,
               (struct db_param[]){db_int2(import->keys.model_id), db_int2(1), db_bool(false)}) &&
           run(import, STATEMENT_SEARCH_FILL, 1, (struct db_param[]){db_int2(import->keys.model_id)}) &&
           run(import, STATEMENT_COMMIT, 0, NULL);
}

static void clear(struct import *import)
{
    if (import->file != NULL)
        archive_file_abandon(import->file);
    vocabulary_free(import->vocabulary);
    archive_row_clear(&import->row);
    rows_free(&import->rows);
    rows_free(&import->text_ids);
    rows_free(&import->text_lengths);
    rows_free(&import->texts);
    archive_keys_clear(&import->keys);
    archive_tables_clear(&import->tables);
    db_free(import->db); /* what was not committed goes with the connection */
}

int command_archive(const struct options *options)
{
    static struct import import;
    import = (struct import){.path = options->source, .db = db_new(options->db_url, "deepdecipher-ingest archive", 0)};
    import.file = archive_file_open(options->source, import.fault);
    bool is_done = import.file != NULL && import_all(&import, options->model, options->again);
    if (is_done)
        printf("%s is now stored\n", import.name);
    else
        fprintf(stderr, "deepdecipher-ingest: %s%s; nothing was stored\n", import.is_database ? "the database: " : "",
                import.is_database ? db_error(import.db) : import.fault);
    clear(&import);
    return is_done ? 0 : 1;
}
