/*
 * The command archive: reads what export wrote, on this or another machine, in one transaction. Keys of there become
 * keys of here by what they stand for.
 */
#include "archive_row.h"
#include "command.h"
#include "service_name.h"
#include "site.h"
#include "vocabulary.h"
#include "../sql/client/packing.h"
#include "../sql/client/rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLUSH_BYTES = 1 << 20, TOKENS_AT_ONCE = 1000, TOKENS_MAX = 1 << 24, KEYS_MAX = 4096 };

/* Keys of there and of here. */
struct key_map {
    int32_t there[KEYS_MAX], here[KEYS_MAX];
    int count;
};

struct import {
    struct db *db;
    struct archive_file *file;
    const char *path;
    char fault[ARCHIVE_FAULT_SIZE];
    bool is_database; /* the fault is db_error's */
    char name[128], activation_function[256], dataset[1024], vocabulary_name[1024];
    int64_t num_layers, layer_size, num_parameters;
    int16_t model_id;
    int32_t vocabulary_id;
    struct key_map datasets, sources;
    struct vocabulary *vocabulary;
    uint32_t *tokens; /* [num_tokens]: id of here by id of there; UINT32_MAX: none */
    size_t num_tokens;
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

static bool find_key(const struct key_map *map, int64_t there, int32_t *here)
{
    for (int i = 0; i < map->count; i++) {
        if (map->there[i] == there) {
            *here = map->here[i];
            return true;
        }
    }
    return false;
}

static bool add_key(struct import *import, struct key_map *map, int64_t there, int32_t here)
{
    if (map->count == KEYS_MAX)
        return refuse(import, "%s has more than %d datasets or sources", import->path, KEYS_MAX);
    map->there[map->count] = (int32_t)there;
    map->here[map->count++] = here;
    return true;
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

static bool take_named(struct import *import, const struct archive_table *table, struct key_map *map,
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
            import->tokens[batch->there[i]] = batch->here[i];
        free((void *)(uintptr_t)batch->tokens[i].bytes);
    }
    batch->count = 0;
    return fine;
}

static bool take_token(struct import *import, const struct archive_table *table, struct token_batch *batch)
{
    struct archive_value bytes = import->row.values[1];
    int64_t there;
    if (!archive_value_int(import->row.values[0], 4, &there) || there < 0 || there >= TOKENS_MAX || bytes.bytes == NULL)
        return damaged(import, table, "a token that is none");
    if ((size_t)there >= import->num_tokens) {
        size_t count = 2 * (size_t)there + 1024;
        import->tokens = realloc(import->tokens, count * sizeof *import->tokens);
        if (import->tokens == NULL)
            abort();
        memset(import->tokens + import->num_tokens, 0xff, (count - import->num_tokens) * sizeof *import->tokens);
        import->num_tokens = count;
    }
    char *copy = malloc(bytes.length + 1);
    if (copy == NULL)
        abort();
    memcpy(copy, bytes.bytes, bytes.length);
    batch->tokens[batch->count] = (struct page_token){.bytes = copy, .length = (uint32_t)bytes.length};
    batch->there[batch->count++] = (uint32_t)there;
    return batch->count < TOKENS_AT_ONCE || flush_tokens(import, batch);
}

static bool find_token(const struct import *import, int64_t there, uint32_t *here)
{
    if (there < 0 || (size_t)there >= import->num_tokens || import->tokens[there] == UINT32_MAX)
        return false;
    *here = import->tokens[there];
    return true;
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
    bool fine = archive_value_int(values[0], 8, &text_id) && archive_value_int(values[1], 4, &num_tokens) &&
                num_tokens > 0 && values[2].bytes != NULL && (uint64_t)num_tokens <= values[2].length;
    uint32_t *ids = fine ? malloc((size_t)num_tokens * sizeof *ids) : NULL;
    if (fine && ids == NULL)
        abort();
    fine = fine && unpack_tokens(values[2].bytes, values[2].length, ids, (size_t)num_tokens);
    for (int64_t i = 0; fine && i < num_tokens; i++)
        fine = find_token(import, ids[i], &ids[i]);
    if (fine) {
        rows_int8(&import->text_ids, text_id);
        rows_int4(&import->text_lengths, (int32_t)num_tokens);
        uint8_t *place = rows_reserve(&import->texts, pack_tokens_bound((size_t)num_tokens));
        rows_commit(&import->texts, pack_tokens(ids, (size_t)num_tokens, place));
        import->num_texts++;
    }
    free(ids);
    if (!fine)
        return damaged(import, table, "a text whose tokens can not be read");
    return import->texts.length < FLUSH_BYTES || flush_texts(import);
}

/* The model has this neuron; or it is the key of a document about a layer or the model. */
static bool is_neuron(const struct import *import, int64_t local)
{
    int64_t layer = local >> 32, index = local & UINT32_MAX;
    if (index == INT32_MAX)
        return layer == MODEL_LAYER || (layer >= 0 && layer < import->num_layers);
    return layer >= 0 && layer < import->num_layers && index < import->layer_size;
}

/* Appends a value to the rows for COPY, with keys of here. */
static bool take_value(struct import *import, enum archive_column column, struct archive_value value)
{
    int64_t number;
    int32_t here = 0;
    uint32_t token;
    switch (column) {
    case COLUMN_NEURON:
        if (!archive_value_int(value, 8, &number) || !is_neuron(import, number))
            return false;
        rows_int8(&import->rows, (int64_t)((uint64_t)import->model_id << 48) | number);
        return true;
    case COLUMN_MODEL: rows_int2(&import->rows, import->model_id); return true;
    case COLUMN_DATASET:
        if (!archive_value_int(value, 4, &number) || !find_key(&import->datasets, number, &here))
            return false;
        rows_int4(&import->rows, here);
        return true;
    case COLUMN_SOURCE:
        if (!archive_value_int(value, 2, &number) || !find_key(&import->sources, number, &here))
            return false;
        rows_int2(&import->rows, (int16_t)here);
        return true;
    case COLUMN_TOKEN:
        if (!archive_value_int(value, 4, &number) || !find_token(import, number, &token))
            return false;
        rows_int4(&import->rows, (int32_t)token);
        return true;
    case COLUMN_PLAIN:
        if (value.bytes == NULL)
            rows_null(&import->rows);
        else
            rows_bytes(&import->rows, value.bytes, value.length);
        return true;
    case COLUMN_TOKENS:
    case COLUMN_END: break;
    }
    return false;
}

static bool flush_rows(struct import *import, const struct archive_table *table)
{
    bool fine = is_fine(import, db_copy(import->db, table->in, &import->rows));
    rows_reset(&import->rows);
    return fine;
}

static bool take_row(struct import *import, const struct archive_table *table)
{
    rows_start(&import->rows, import->row.num_columns);
    for (int i = 0; i < import->row.num_columns; i++)
        if (!take_value(import, table->columns[i], import->row.values[i]))
            return damaged(import, table, "a row about something that the archive does not have");
    return import->rows.length < FLUSH_BYTES || flush_rows(import, table);
}

static bool take(struct import *import, const struct archive_table *table, struct token_batch *batch)
{
    switch (table->taking) {
    case TAKE_DATASETS: return take_named(import, table, &import->datasets, STATEMENT_DATASET_ID);
    case TAKE_SOURCES: return take_named(import, table, &import->sources, STATEMENT_DOCUMENT_SOURCE);
    case TAKE_TOKENS: return take_token(import, table, batch);
    case TAKE_TEXTS: return take_text(import, table);
    case TAKE_COPY: break;
    }
    return take_row(import, table);
}

static bool take_table(struct import *import, const struct archive_table *table)
{
    enum archive_row_result result = ROW_DAMAGED;
    struct token_batch *batch = calloc(1, sizeof *batch);
    int num_columns = 0;
    if (batch == NULL)
        abort();
    while (table->columns[num_columns] != COLUMN_END)
        num_columns++;
    bool fine = archive_rows_begin(import->file) || damaged(import, table, "no rows begin here");
    while (fine && (result = archive_row_read(import->file, num_columns, &import->row)) == ROW_READ)
        fine = take(import, table, batch);
    fine = fine && (result == ROW_END || damaged(import, table, "a row that is none"));
    fine = flush_tokens(import, batch) && fine; /* frees them in any case */
    free(batch);
    return fine && flush_texts(import) && (table->taking != TAKE_COPY || flush_rows(import, table));
}

static const struct archive_table *find_table(const char *name)
{
    for (size_t i = 0; i < num_archive_tables; i++)
        if (strcmp(archive_tables[i].name, name) == 0)
            return &archive_tables[i];
    return NULL;
}

static bool take_tables(struct import *import)
{
    char name[64];
    for (;;) {
        if (!archive_read_text(import->file, name, sizeof name))
            return refuse(import, "%s is damaged: no table begins where one must", import->path);
        if (name[0] == '\0')
            return true;
        const struct archive_table *table = find_table(name);
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
        !read_number(import, 65535, &import->num_layers) || !read_number(import, INT32_MAX, &import->layer_size) ||
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
                            db_text(import->vocabulary_name), db_int4((int32_t)import->num_layers),
                            db_int4((int32_t)import->layer_size), db_int8(import->num_parameters), db_bool(again)},
        &rows);
    bool is_made = status == DB_OK && PQntuples(rows) == 1;
    if (is_made) {
        import->model_id = db_get_int2(rows, 0, 0);
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
    if (!read_model(import, wanted) || !run(import, STATEMENT_BEGIN, 0, NULL) || !make_model(import, again) ||
        !take_tables(import))
        return false;
    struct archive_file *file = import->file;
    import->file = NULL;
    return archive_file_finish(file, import->fault) &&
           run(import, STATEMENT_BUMP_REVISION, 3,
               (struct db_param[]){db_int2(import->model_id), db_int2(1), db_bool(false)}) &&
           run(import, STATEMENT_SEARCH_FILL, 1, (struct db_param[]){db_int2(import->model_id)}) &&
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
    free(import->tokens);
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
