/*
 * Ids of tokens, as ingest needs them: token bytes in, ids out. New tokens are added to the database at once, in
 * a transaction of their own, so that all processes agree on ids whatever becomes of a batch.
 */
#ifndef DEEPDECIPHER_VOCABULARY_H
#define DEEPDECIPHER_VOCABULARY_H

#include <stddef.h>
#include <stdint.h>

#include "../sql/client/db.h"
#include "neuroscope_page.h"

struct vocabulary;

/* The vocabulary `vocabulary_id`; reads what it has on first use. `db` is borrowed, for this alone. */
struct vocabulary *vocabulary_new(struct db *db, int32_t vocabulary_id);
void vocabulary_free(struct vocabulary *vocabulary);

/* Tokens of one text. */
struct token_run {
    const struct page_token *tokens;
    size_t count;
};

/* Learns the ids of all tokens of the texts at one round trip at most, so that finding them afterwards costs none. */
enum db_status vocabulary_learn(struct vocabulary *vocabulary, const struct token_run texts[],
                                size_t num_texts) MUST_CHECK;

/* Ids of `count` tokens into `ids`. */
enum db_status vocabulary_find(struct vocabulary *vocabulary, const struct page_token *tokens, size_t count,
                               uint32_t *ids) MUST_CHECK;

#endif
