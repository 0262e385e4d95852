#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *grow(struct text *text, size_t more)
{
    if (more > text->capacity - text->length) {
        text->capacity = 2 * text->capacity + more + 256;
        text->bytes = realloc(text->bytes, text->capacity);
        if (text->bytes == NULL)
            abort();
    }
    return text->bytes + text->length;
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

void text_reset(struct text *text)
{
    text->length = 0;
}

void text_add(struct text *text, const char *bytes, size_t length)
{
    char *end = grow(text, length);
    if (length > 0)
        memcpy(end, bytes, length);
    text->length += length;
}

void text_add_char(struct text *text, char c)
{
    text_add(text, &c, 1);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        abort();
    vsnprintf(grow(text, (size_t)length + 1), (size_t)length + 1, format, again);
    text->length += (size_t)length;
    va_end(again);
    va_end(arguments);
}
