/* JSON's strings and numbers; see json.h. */
#include "json.h"

#include "shortest.h"
#include "utf8.h"

static void escape_character(struct buffer *b, char c)
{
    switch (c) {
    case '"': buffer_add_text(b, "\\\""); break;
    case '\\': buffer_add_text(b, "\\\\"); break;
    case '\b': buffer_add_text(b, "\\b"); break;
    case '\f': buffer_add_text(b, "\\f"); break;
    case '\n': buffer_add_text(b, "\\n"); break;
    case '\r': buffer_add_text(b, "\\r"); break;
    case '\t': buffer_add_text(b, "\\t"); break;
    default: buffer_printf(b, "\\u%04x", (unsigned char)c);
    }
}

static bool is_escaped(char c)
{
    return c == '"' || c == '\\' || (unsigned char)c < 0x20;
}

void json_string(struct buffer *b, const char *text, size_t length)
{
    buffer_add_char(b, '"');
    size_t at = 0;
    while (at < length) {
        size_t bytes = utf8_character(text + at, length - at);
        if (bytes == 0)
            buffer_add_text(b, "\xEF\xBF\xBD");
        else if (is_escaped(text[at]))
            escape_character(b, text[at]);
        else
            buffer_add(b, text + at, bytes);
        at += bytes > 0 ? bytes : 1;
    }
    buffer_add_char(b, '"');
}

void json_text(struct buffer *b, const char *text)
{
    if (text == NULL)
        buffer_add_text(b, "null");
    else
        json_string(b, text, strlen(text));
}

void json_key(struct buffer *b, const char *name)
{
    buffer_add_char(b, '"');
    buffer_add_text(b, name);
    buffer_add(b, "\":", 2);
}

void json_int(struct buffer *b, int64_t value)
{
    char *at = buffer_reserve(b, 21);
    if (at == NULL)
        return;
    if (value < 0)
        *at++ = '-';
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    buffer_advance(b, (value < 0) + uint64_print(at, size));
}

void json_uint(struct buffer *b, uint64_t value)
{
    char *at = buffer_reserve(b, 20);
    if (at != NULL)
        buffer_advance(b, uint64_print(at, value));
}

void json_boolean(struct buffer *b, bool value)
{
    buffer_add_text(b, value ? "true" : "false");
}

void json_float32(struct buffer *b, float value)
{
    char *at = buffer_reserve(b, NUMBER_TEXT_SIZE);
    if (at != NULL)
        buffer_advance(b, float32_print(at, value));
}

void json_float64(struct buffer *b, double value)
{
    char *at = buffer_reserve(b, NUMBER_TEXT_SIZE);
    if (at != NULL)
        buffer_advance(b, float64_print(at, value));
}
