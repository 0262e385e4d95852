#include "vocabulary.h"
#include "must.h"
#include "../sql/client/rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { NO_ID = UINT32_MAX };

/* A cell of the hash table; open addressing, a power of two, at most half full. */
struct cell {
    uint32_t hash, id; /* NO_ID: empty */
    uint32_t offset, length;
};

struct vocabulary {
    struct db *db;
    int32_t vocabulary_id;
    bool is_read;
    struct cell *cells;
    size_t capacity, count;
    char *bytes; /* of all tokens */
    size_t bytes_length, bytes_capacity;
};

static struct cell *empty_cells(size_t capacity)
{
    struct cell *cells = must(malloc(capacity * sizeof *cells));
    for (size_t i = 0; i < capacity; i++)
        cells[i].id = NO_ID;
    return cells;
}

struct vocabulary *vocabulary_new(struct db *db, int32_t vocabulary_id)
{
    struct vocabulary *vocabulary = must(calloc(1, sizeof *vocabulary));
    vocabulary->db = db;
    vocabulary->vocabulary_id = vocabulary_id;
    vocabulary->capacity = 1 << 14;
    vocabulary->cells = empty_cells(vocabulary->capacity);
    return vocabulary;
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    if (vocabulary == NULL)
        return;
    free(vocabulary->cells);
    free(vocabulary->bytes);
    free(vocabulary);
}

static uint32_t hash_of(const char *bytes, size_t length)
{
    return (uint32_t)XXH3_64bits(bytes, length);
}

/* The token's cell, or the empty one where it would go. */
static struct cell *probe(const struct vocabulary *vocabulary, const char *bytes, size_t length, uint32_t hash)
{
    for (size_t place = hash;; place++) {
        struct cell *cell = &vocabulary->cells[place & (vocabulary->capacity - 1)];
        if (cell->id == NO_ID || (cell->hash == hash && cell->length == length &&
                                  memcmp(vocabulary->bytes + cell->offset, bytes, length) == 0))
            return cell;
    }
}

static void double_cells(struct vocabulary *vocabulary)
{
    struct cell *old = vocabulary->cells;
    size_t old_capacity = vocabulary->capacity;
    vocabulary->capacity *= 2;
    vocabulary->cells = empty_cells(vocabulary->capacity);
    for (size_t i = 0; i < old_capacity; i++) {
        if (old[i].id == NO_ID)
            continue;
        size_t place = old[i].hash;
        while (vocabulary->cells[place & (vocabulary->capacity - 1)].id != NO_ID)
            place++;
        vocabulary->cells[place & (vocabulary->capacity - 1)] = old[i];
    }
    free(old);
}

static void add(struct vocabulary *vocabulary, uint32_t id, const uint8_t *bytes, size_t length)
{
    uint32_t hash = hash_of((const char *)bytes, length);
    struct cell *cell = probe(vocabulary, (const char *)bytes, length, hash);
    if (cell->id != NO_ID)
        return;
    if (vocabulary->bytes_length + length > vocabulary->bytes_capacity) {
        vocabulary->bytes_capacity = 2 * vocabulary->bytes_capacity + length + 4096;
        vocabulary->bytes = must(realloc(vocabulary->bytes, vocabulary->bytes_capacity));
    }
    if (length > 0)
        memcpy(vocabulary->bytes + vocabulary->bytes_length, bytes, length);
    *cell = (struct cell){hash, id, (uint32_t)vocabulary->bytes_length, (uint32_t)length};
    vocabulary->bytes_length += length;
    if (++vocabulary->count * 2 > vocabulary->capacity)
        double_cells(vocabulary);
}

/* Adds the rows (token_id, bytes) that a statement gives. */
static enum db_status learn(struct vocabulary *vocabulary, enum statement statement, int count,
                            const struct db_param params[])
{
    PGresult *rows;
    enum db_status status = db_query(vocabulary->db, statement, count, params, &rows);
    for (int row = 0; status == DB_OK && row < PQntuples(rows); row++) {
        size_t length;
        const uint8_t *bytes = db_get_bytes(rows, row, 1, &length);
        add(vocabulary, (uint32_t)db_get_int4(rows, row, 0), bytes, length);
    }
    db_finish(vocabulary->db);
    return status;
}

static enum db_status learn_all(struct vocabulary *vocabulary)
{
    const struct db_param params[] = {db_int4(vocabulary->vocabulary_id), db_int4((int32_t)vocabulary->count)};
    enum db_status status = learn(vocabulary, STATEMENT_VOCABULARY_TOKENS, 2, params);
    vocabulary->is_read = status == DB_OK;
    return status;
}

/* Looks all tokens up; returns how many have no id. */
static size_t look_up(const struct vocabulary *vocabulary, const struct page_token *tokens, size_t count, uint32_t *ids)
{
    size_t unknown = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t hash = hash_of(tokens[i].bytes, tokens[i].length);
        ids[i] = probe(vocabulary, tokens[i].bytes, tokens[i].length, hash)->id;
        unknown += ids[i] == NO_ID;
    }
    return unknown;
}

/* Adds the tokens that have no id to the array; returns how many. */
static size_t list_unknown(const struct vocabulary *vocabulary, struct token_run text, struct rows *array)
{
    size_t unknown = 0;
    for (size_t i = 0; i < text.count; i++) {
        const struct page_token *token = &text.tokens[i];
        if (probe(vocabulary, token->bytes, token->length, hash_of(token->bytes, token->length))->id != NO_ID)
            continue;
        rows_bytes(array, token->bytes, token->length);
        unknown++;
    }
    return unknown;
}

enum db_status vocabulary_learn(struct vocabulary *vocabulary, const struct token_run texts[], size_t num_texts)
{
    struct rows array = {0};
    size_t unknown = 0;
    enum db_status status = vocabulary->is_read || num_texts == 0 ? DB_OK : learn_all(vocabulary);
    array_start(&array, ARRAY_BYTEA);
    for (size_t i = 0; status == DB_OK && i < num_texts; i++)
        unknown += list_unknown(vocabulary, texts[i], &array);
    if (status == DB_OK && unknown > 0)
        status = learn(vocabulary, STATEMENT_TOKEN_IDS, 2,
                       (struct db_param[]){db_int4(vocabulary->vocabulary_id), array_param(&array, unknown)});
    rows_free(&array);
    return status;
}

enum db_status vocabulary_find(struct vocabulary *vocabulary, const struct page_token *tokens, size_t count,
                               uint32_t *ids)
{
    enum db_status status = vocabulary->is_read ? DB_OK : learn_all(vocabulary);
    if (status != DB_OK || look_up(vocabulary, tokens, count, ids) == 0)
        return status;
    status = vocabulary_learn(vocabulary, &(struct token_run){tokens, count}, 1);
    if (status == DB_OK && look_up(vocabulary, tokens, count, ids) != 0)
        abort(); /* token_ids gives an id to every token */
    return status;
}
