/*
 * A growable run of bytes: fails once and stays failed, so that a writer checks
 * at the end only. It keeps its memory from one reply to the next.
 *
 *     buffer_add_text(b, "{\"ok\":true}");
 *     if (b->failed) ...
 *
 * A hot writer reserves its worst case once and writes straight into the memory:
 *
 *     char *at = buffer_reserve(b, 64 + 12 * count);
 *     if (at != NULL) buffer_advance(b, write_numbers(at) - at);
 */
#ifndef DEEPDECIPHER_BUFFER_H
#define DEEPDECIPHER_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { BUFFER_BYTES_MAX = 1 << 29 }; /* a larger one can only be a bug: it fails instead */

struct buffer {
    char *data;      /* [length], not terminated; NULL as long as nothing was reserved */
    size_t length;   /* bytes written */
    size_t capacity; /* bytes there are */
    bool failed;     /* no memory, or past BUFFER_BYTES_MAX; what was written since is lost */
};

/* An empty buffer is all zeros: struct buffer b = {0}. Frees the memory and makes it so again. */
void buffer_clear(struct buffer *b);

/* Empties it and forgets a failure; gives the memory back when it is over `keep_bytes`. */
void buffer_reset(struct buffer *b, size_t keep_bytes);

/* Makes room for `length` more bytes. False, and `failed`, when there is none. */
bool buffer_grow(struct buffer *b, size_t length);

/* Room for `length` more bytes at the end, or NULL when the buffer failed. */
static inline char *buffer_reserve(struct buffer *b, size_t length)
{
    if (b->failed || (b->capacity - b->length < length && !buffer_grow(b, length)))
        return NULL;
    return b->data + b->length;
}

/* Says that `length` bytes of the reserved room were written. */
static inline void buffer_advance(struct buffer *b, size_t length)
{
    b->length += length;
}

static inline void buffer_add(struct buffer *b, const void *bytes, size_t length)
{
    char *at = length > 0 ? buffer_reserve(b, length) : NULL;
    if (at == NULL)
        return;
    memcpy(at, bytes, length);
    b->length += length;
}

static inline void buffer_add_char(struct buffer *b, char c)
{
    buffer_add(b, &c, 1);
}

static inline void buffer_add_text(struct buffer *b, const char *text)
{
    buffer_add(b, text, strlen(text));
}

void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_vprintf(struct buffer *b, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

#endif
