/* Tokens as JSON strings; see token_cache.h. */
#include "token_cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "worker.h"

enum { MAX_VOCABULARIES = 16, COPY_BYTES = 16 };

struct entry {
    int32_t vocabulary_id;
    struct token_texts texts;
    uint32_t capacity;
    struct buffer buffer; /* its data is texts.bytes */
};

struct token_cache {
    unsigned connection; /* the tokens were read over this one */
    int count;
    struct entry entries[MAX_VOCABULARIES];
};

struct token_cache *token_cache_new(void)
{
    struct token_cache *cache = calloc(1, sizeof *cache);
    assert(cache != NULL);
    return cache;
}

static void entry_clear(struct entry *entry)
{
    free(entry->texts.tokens);
    buffer_clear(&entry->buffer);
    *entry = (struct entry){0};
}

static void forget_all(struct token_cache *cache)
{
    for (; cache->count > 0; cache->count--)
        entry_clear(&cache->entries[cache->count - 1]);
}

void token_cache_free(struct token_cache *cache)
{
    if (cache == NULL)
        return;
    forget_all(cache);
    free(cache);
}

/* The vocabulary's entry; an empty one when it is new. With too many of them all are forgotten: a worker of one
 * site hardly meets more than a handful. */
static struct entry *find(struct token_cache *cache, int32_t vocabulary_id)
{
    for (int i = 0; i < cache->count; i++)
        if (cache->entries[i].vocabulary_id == vocabulary_id)
            return &cache->entries[i];
    if (cache->count == MAX_VOCABULARIES)
        forget_all(cache);
    struct entry *entry = &cache->entries[cache->count++];
    entry->vocabulary_id = vocabulary_id;
    return entry;
}

static void add(struct entry *entry, const uint8_t *bytes, size_t length)
{
    struct token_texts *texts = &entry->texts;
    if (texts->count == entry->capacity) {
        entry->capacity = 2 * entry->capacity + 1024;
        texts->tokens = realloc(texts->tokens, entry->capacity * sizeof *texts->tokens);
        assert(texts->tokens != NULL);
    }
    size_t start = entry->buffer.length;
    json_string(&entry->buffer, (const char *)bytes, length);
    buffer_add_char(&entry->buffer, ',');
    assert(!entry->buffer.failed && entry->buffer.length <= UINT32_MAX);
    texts->tokens[texts->count++] = (struct token_text){(uint32_t)start, (uint32_t)(entry->buffer.length - start)};
}

const struct token_texts *token_cache_get(struct exchange *x, int32_t vocabulary_id, uint32_t highest_id)
{
    struct token_cache *cache = worker_tokens(x->state);
    if (cache->connection != db_num_connections(x->db))
        forget_all(cache);
    cache->connection = db_num_connections(x->db);
    struct entry *entry = find(cache, vocabulary_id);
    PGresult *rows;
    if (highest_id < entry->texts.count)
        return &entry->texts;
    db_continue(x->db);
    if (!exchange_db_ok(x, db_query(x->db, STATEMENT_VOCABULARY_TOKENS, 2,
                                    (struct db_param[]){db_int4(vocabulary_id), db_int4((int32_t)entry->texts.count)},
                                    &rows)))
        return NULL;
    for (int row = 0; row < PQntuples(rows) && db_get_int4(rows, row, 0) == (int32_t)entry->texts.count; row++) {
        size_t length;
        const uint8_t *bytes = db_get_bytes(rows, row, 1, &length);
        add(entry, bytes, length);
    }
    if (buffer_reserve(&entry->buffer, COPY_BYTES) == NULL) /* so that the last token, too, can be read over its end */
        abort();
    entry->texts.bytes = entry->buffer.data;
    if (highest_id < entry->texts.count)
        return &entry->texts;
    exchange_internal_error(x, "vocabulary %d has no token %u", vocabulary_id, highest_id);
    return NULL;
}

void token_texts_write(const struct token_texts *texts, const uint32_t *ids, uint32_t count, struct buffer *body)
{
    size_t length = 2 + COPY_BYTES;
    for (uint32_t i = 0; i < count; i++)
        length += texts->tokens[ids[i]].length;
    char *at = buffer_reserve(body, length);
    if (at == NULL)
        return;
    char *start = at;
    *at++ = '[';
    for (uint32_t i = 0; i < count; i++) {
        struct token_text token = texts->tokens[ids[i]];
        /* Nearly all are short: a copy of a fixed size is a single move. */
        if (token.length <= COPY_BYTES)
            memcpy(at, texts->bytes + token.offset, COPY_BYTES);
        else
            memcpy(at, texts->bytes + token.offset, token.length);
        at += token.length;
    }
    at -= count > 0; /* the last comma */
    *at++ = ']';
    buffer_advance(body, (size_t)(at - start));
}
