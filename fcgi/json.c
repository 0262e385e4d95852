/* JSON's strings and numbers; see json.h. */
#include "json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

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

/* Most digits first; returns how many. */
static size_t write_digits(char *at, uint64_t value)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < count; i++)
        at[i] = digits[count - 1 - i];
    return count;
}

void json_int(struct buffer *b, int64_t value)
{
    char *at = buffer_reserve(b, 21);
    if (at == NULL)
        return;
    if (value < 0)
        *at++ = '-';
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    buffer_advance(b, (value < 0) + write_digits(at, size));
}

void json_uint(struct buffer *b, uint64_t value)
{
    char *at = buffer_reserve(b, 20);
    if (at != NULL)
        buffer_advance(b, write_digits(at, value));
}

void json_boolean(struct buffer *b, bool value)
{
    buffer_add_text(b, value ? "true" : "false");
}

static char *write_zeros(char *at, int count)
{
    memset(at, '0', (size_t)count);
    return at + count;
}

/* digits * 10^exponent as serde_json lays it out: 100.0, 3.21, 0.00001, 1e-6, 1.5e16. */
static size_t write_decimal(char text[JSON_NUMBER_SIZE], bool is_negative, struct shortest decimal)
{
    char digits[20], *at = text;
    int count = (int)write_digits(digits, decimal.digits), whole = count + decimal.exponent;
    if (is_negative)
        *at++ = '-';
    if (whole > 16 || whole <= -5)
        return (size_t)(at - text) + (size_t)snprintf(at, (size_t)(text + JSON_NUMBER_SIZE - at), "%c%s%.*se%d",
                                                      digits[0], count > 1 ? "." : "", count - 1, digits + 1,
                                                      whole - 1);
    if (whole <= 0) {
        *at++ = '0';
        *at++ = '.';
        at = write_zeros(at, -whole);
        whole = 0;
    } else {
        int before = whole < count ? whole : count;
        memcpy(at, digits, (size_t)before);
        at = write_zeros(at + before, whole - before);
        *at++ = '.';
        if (count <= whole)
            *at++ = '0';
    }
    if (count > whole) {
        memcpy(at, digits + whole, (size_t)(count - whole));
        at += count - whole;
    }
    *at = '\0';
    return (size_t)(at - text);
}

size_t json_format_float32(char text[JSON_NUMBER_SIZE], float value)
{
    assert(isfinite(value));
    return write_decimal(text, signbit(value), value == 0 ? (struct shortest){0, 0} : shortest_float32(value));
}

size_t json_format_float64(char text[JSON_NUMBER_SIZE], double value)
{
    assert(isfinite(value));
    return write_decimal(text, signbit(value), value == 0 ? (struct shortest){0, 0} : shortest_float64(value));
}

static void add_number(struct buffer *b, bool finite, const char *text, size_t length)
{
    if (finite)
        buffer_add(b, text, length);
    else
        buffer_add_text(b, "null");
}

void json_float32(struct buffer *b, float value)
{
    char text[JSON_NUMBER_SIZE] = "";
    bool finite = isfinite(value);
    add_number(b, finite, text, finite ? json_format_float32(text, value) : 0);
}

void json_float64(struct buffer *b, double value)
{
    char text[JSON_NUMBER_SIZE] = "";
    bool finite = isfinite(value);
    add_number(b, finite, text, finite ? json_format_float64(text, value) : 0);
}
