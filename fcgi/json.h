/*
 * JSON's strings and numbers, written into a buffer. Objects and commas are written by hand:
 *
 *     buffer_add_text(b, "{\"name\":");
 *     json_text(b, name);
 *     buffer_add_text(b, ",\"value\":");
 *     json_float32(b, value);
 *     buffer_add_char(b, '}');
 */
#ifndef DEEPDECIPHER_JSON_H
#define DEEPDECIPHER_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"

/* `text` in quotes. Only " \ and U+0000 to U+001F are escaped; a byte that is not UTF-8 becomes U+FFFD. */
void json_string(struct buffer *b, const char *text, size_t length);
/* The same for a C string; NULL gives null. */
void json_text(struct buffer *b, const char *text);

/* `"name":`, of a name that needs no escapes. */
void json_key(struct buffer *b, const char *name);

void json_int(struct buffer *b, int64_t value);
void json_uint(struct buffer *b, uint64_t value);
void json_boolean(struct buffer *b, bool value);

/* The shortest text that reads back as the same float32: 3.21, 100.0, -0.0, 1e-6; no number and infinity: null. */
void json_float32(struct buffer *b, float value);
/* The same for float64. */
void json_float64(struct buffer *b, double value);

#endif
