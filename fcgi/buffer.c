/* A growable run of bytes; see buffer.h. */
#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>

enum { BUFFER_BYTES_FIRST = 4096 };

void buffer_clear(struct buffer *b)
{
    free(b->data);
    *b = (struct buffer){0};
}

void buffer_reset(struct buffer *b, size_t keep_bytes)
{
    if (b->capacity > keep_bytes)
        buffer_clear(b);
    b->length = 0;
    b->failed = false;
}

bool buffer_grow(struct buffer *b, size_t length)
{
    if (b->failed)
        return false;
    if (length > BUFFER_BYTES_MAX - b->length) {
        b->failed = true;
        return false;
    }
    size_t capacity = b->capacity > 0 ? b->capacity : BUFFER_BYTES_FIRST;
    while (capacity - b->length < length)
        capacity *= 2;
    char *data = realloc(b->data, capacity);
    if (data == NULL) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->capacity = capacity;
    return true;
}

void buffer_vprintf(struct buffer *b, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        b->failed = true;
    char *at = length >= 0 ? buffer_reserve(b, (size_t)length + 1) : NULL;
    if (at != NULL) {
        vsnprintf(at, (size_t)length + 1, format, again);
        buffer_advance(b, (size_t)length);
    }
    va_end(again);
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    buffer_vprintf(b, format, arguments);
    va_end(arguments);
}
