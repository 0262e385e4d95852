/* JSON's strings and numbers; see json.h. */
#include "json.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

void json_int(struct buffer *b, int64_t value)
{
    buffer_printf(b, "%" PRId64, value);
}

void json_uint(struct buffer *b, uint64_t value)
{
    buffer_printf(b, "%" PRIu64, value);
}

void json_boolean(struct buffer *b, bool value)
{
    buffer_add_text(b, value ? "true" : "false");
}

/* A decimal number: its digits are digits[0].digits[1]digits[2]… times ten to the exponent. */
struct decimal {
    char sign[2]; /* "-" or "" */
    char digits[JSON_NUMBER_SIZE];
    int exponent;
};

static void decimal_read(struct decimal *d, const char *text)
{
    size_t count = 0;
    d->sign[0] = *text == '-' ? '-' : '\0';
    d->sign[1] = '\0';
    for (; *text != 'e'; text++)
        if (*text >= '0' && *text <= '9')
            d->digits[count++] = *text;
    while (count > 1 && d->digits[count - 1] == '0')
        count--;
    d->digits[count] = '\0';
    d->exponent = (int)strtol(text + 1, NULL, 10);
}

/* Lays it out as serde_json does: 100.0, 3.21, 0.00001, 1e-6, 1.5e16. */
static size_t decimal_write(const struct decimal *d, char text[JSON_NUMBER_SIZE])
{
    int count = (int)strlen(d->digits), whole = d->exponent + 1;
    if (whole > 16 || whole <= -5)
        return (size_t)snprintf(text, JSON_NUMBER_SIZE, "%s%c%s%se%d", d->sign, d->digits[0], count > 1 ? "." : "",
                                d->digits + 1, d->exponent);
    if (whole <= 0)
        return (size_t)snprintf(text, JSON_NUMBER_SIZE, "%s0.%.*s%s", d->sign, -whole, "00000", d->digits);
    if (count <= whole)
        return (size_t)snprintf(text, JSON_NUMBER_SIZE, "%s%s%.*s.0", d->sign, d->digits, whole - count,
                                "0000000000000000");
    return (size_t)snprintf(text, JSON_NUMBER_SIZE, "%s%.*s.%s", d->sign, whole, d->digits, d->digits + whole);
}

/* The decimal with so many digits that is nearest to `shown`. */
static void decimal_of(struct decimal *d, int digits, double shown)
{
    char text[JSON_NUMBER_SIZE];
    snprintf(text, sizeof text, "%.*e", digits - 1, shown);
    decimal_read(d, text);
}

static bool reads_back_float32(struct decimal *d, int digits, double shown, float value)
{
    char text[JSON_NUMBER_SIZE];
    decimal_of(d, digits, shown);
    decimal_write(d, text);
    return strtof(text, NULL) == value;
}

static bool reads_back_float64(struct decimal *d, int digits, double value)
{
    char text[JSON_NUMBER_SIZE];
    decimal_of(d, digits, value);
    decimal_write(d, text);
    return strtod(text, NULL) == value;
}

size_t json_format_float32(char text[JSON_NUMBER_SIZE], float value)
{
    assert(isfinite(value));
    /* The gap above a power of two is twice the gap below it: the nearest short decimal can lie below and
     * read back as another number, while the next one up is still its own (2^-96 is 1.2621775e-29). */
    double slightly_up = (double)value * (1 + 0x1p-25);
    struct decimal d = {0};
    /* Fewer digits are found by six as well, with zeros behind them; only subnormal numbers may have less. */
    for (int digits = fabsf(value) < FLT_MIN ? 1 : FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++)
        if (reads_back_float32(&d, digits, (double)value, value) || reads_back_float32(&d, digits, slightly_up, value))
            break;
    return decimal_write(&d, text);
}

size_t json_format_float64(char text[JSON_NUMBER_SIZE], double value)
{
    assert(isfinite(value));
    struct decimal d = {0};
    for (int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++)
        if (reads_back_float64(&d, digits, value))
            break;
    return decimal_write(&d, text);
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
