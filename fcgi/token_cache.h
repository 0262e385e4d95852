/*
 * The tokens of vocabularies as JSON strings, kept by a worker: ids in, text out. Ids never change and only
 * grow in number, so what is here stays true; an id that is not here yet is read from the database.
 */
#ifndef DEEPDECIPHER_TOKEN_CACHE_H
#define DEEPDECIPHER_TOKEN_CACHE_H

#include "exchange.h"

/* One token: "\"the\"," with the comma, so that a writer copies and moves on. At least 16 bytes may be read at `text`. */
struct token_text {
    uint32_t offset, length; /* in the vocabulary's `bytes` */
};

struct token_texts {
    uint32_t count; /* tokens 0 .. count - 1 are here */
    struct token_text *tokens;
    char *bytes;
};

struct token_cache;
struct token_cache *token_cache_new(void);
void token_cache_free(struct token_cache *cache);

/* The texts of vocabulary `vocabulary_id`, with at least those of the ids up to `highest_id`; NULL when that could not be
 * (the reply is then made). Reads the database within the present exchange, all of whose answers must be received. */
const struct token_texts *token_cache_get(struct exchange *x, int32_t vocabulary_id, uint32_t highest_id) MUST_CHECK;

/* Writes `["a","b",…]` of `count` ids, all of which are there. */
void token_texts_write(const struct token_texts *texts, const uint32_t *ids, uint32_t count, struct buffer *body);

#endif
