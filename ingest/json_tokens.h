/*
 * The one line of JSON that a block of coloured tokens on a neuroscope page is made from:
 *     {"tokens": ["the", " cat"], "values": [0.5, -0.0], "minValue": -0.5, "maxValue": 0.5}
 * as Python's json.dumps writes it. Bytes in, tokens and values out. Pure.
 */
#ifndef DEEPDECIPHER_JSON_TOKENS_H
#define DEEPDECIPHER_JSON_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "neuroscope_page.h"

enum {
    JSON_TOKENS_MAX = 65536,
    JSON_TOKEN_MAX_BYTES = 1024, /* of one token, unescaped */
    JSON_TOKENS_SLACK = 8        /* bytes that may be written behind the last token */
};

struct json_tokens {
    /* The caller's memory: */
    char *bytes;               /* room for the line's length + JSON_TOKENS_SLACK; on return, behind the last token */
    struct page_token *tokens; /* room for json_tokens_capacity() */
    double *values;            /* room for json_tokens_capacity() + 1 */
    /* The result: */
    size_t num_tokens, num_values; /* values beyond num_tokens are counted but not kept */
    double highest, lowest;        /* of the values; undefined without any */
    double min_value, max_value;
    /* Or, where it failed: */
    const char *problem; /* "ends inside a string": what JSON does at `stopped_at` */
    const char *stopped_at;
};

/* Tokens that a line of `length` bytes can hold at most. */
size_t json_tokens_capacity(size_t length);

/* Reads the whole of `line`. False sets `problem` and `stopped_at` (in `line`, or its end). */
bool json_tokens_read(struct json_tokens *json, const char *line, size_t length) __attribute__((warn_unused_result));

#endif
