/*
 * Keys that differ between the machine that wrote an archive ("there") and this one ("here"). Pure.
 */
#ifndef DEEPDECIPHER_ARCHIVE_KEY_H
#define DEEPDECIPHER_ARCHIVE_KEY_H

#include "archive_row.h"
#include "../sql/client/rows.h"

enum { ARCHIVE_KEYS_MAX = 4096, ARCHIVE_TOKENS_MAX = 1 << 24 };

struct archive_key_map {
    int32_t there[ARCHIVE_KEYS_MAX], here[ARCHIVE_KEYS_MAX];
    int count;
};

struct archive_keys {
    int16_t model_id; /* here */
    int64_t num_layers, layer_size;
    struct archive_key_map datasets, sources;
    uint32_t *tokens; /* [num_tokens]: id of here by id of there; UINT32_MAX: none */
    size_t num_tokens;
    int64_t *texts; /* [num_texts], ascending: what the archive has; the same here and there */
    size_t num_texts, texts_capacity;
};

void archive_keys_clear(struct archive_keys *keys);

/* Notes a dataset or a source. False when there are ARCHIVE_KEYS_MAX already. */
bool archive_keys_add(struct archive_key_map *map, int32_t there, int32_t here) MUST_CHECK;
/* Notes a token; `there` from 0 to ARCHIVE_TOKENS_MAX - 1. */
void archive_keys_add_token(struct archive_keys *keys, uint32_t there, uint32_t here);
/* Notes a text. False when it does not come behind all others. */
bool archive_keys_add_text(struct archive_keys *keys, int64_t text_id) MUST_CHECK;

/* Appends packed tokens with the ids of here as a column. They must be `count`, or SIZE_MAX: as many as there are.
 * False when they can not be read, or the archive has no such token; the rows are then not to be used. */
bool archive_keys_add_packed(const struct archive_keys *keys, struct archive_value value, size_t count,
                             struct rows *rows) MUST_CHECK;
/* Appends a value with keys of here. False when the archive has no such key; the rows are then not to be used. */
bool archive_keys_add_value(const struct archive_keys *keys, enum archive_column column, struct archive_value value,
                            struct rows *rows) MUST_CHECK;

#endif
