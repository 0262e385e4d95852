/*
 * The hot loop of reading a page. Strings are copied and searched eight bytes at a time; most tokens
 * are shorter than that.
 */
#include "json_tokens.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "decimal.h"

#define REPEAT(byte) (UINT64_C(0x0101010101010101) * (byte))

static const char *stop(struct json_tokens *json, const char *at, const char *problem)
{
    json->stopped_at = at;
    json->problem = problem;
    return NULL;
}

/* Passes over `literal`; `problem` is what to say when it is not there. */
static const char *literal_skip(struct json_tokens *json, const char *at, const char *end, const char *literal,
                                const char *problem)
{
    size_t length = strlen(literal);
    if ((size_t)(end - at) < length || memcmp(at, literal, length) != 0)
        return stop(json, at, problem);
    return at + length;
}

/*
 * A bit is set over the first byte that is `"`, `\` or a control character (and perhaps over later ones).
 * x - 1 borrows only for a zero byte, and a borrow disturbs only the bytes above it.
 */
static uint64_t find_special(uint64_t word)
{
    uint64_t quote = word ^ REPEAT('"'), backslash = word ^ REPEAT('\\');
    return (((quote - REPEAT(1)) & ~quote) | ((backslash - REPEAT(1)) & ~backslash) | ((word - REPEAT(0x20)) & ~word)) &
           REPEAT(0x80);
}

/* Copies up to the next special byte; that may be `end`. */
static size_t plain_copy(char *out, const char *at, const char *end)
{
    const char *first = at;
    for (;;) {
        uint64_t word = 0;
        if (end - at >= 8)
            memcpy(&word, at, 8);
        else
            memcpy(&word, at, (size_t)(end - at));
        memcpy(out, &word, 8);
        uint64_t special = find_special(le64toh(word));
        if (special)
            return (size_t)(at - first) + (size_t)__builtin_ctzll(special) / 8;
        at += 8;
        out += 8;
    }
}

/* Four hexadecimal digits, or -1. */
static int32_t hex_read(const char *at, const char *end)
{
    if (end - at < 4)
        return -1;
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'                     ? c - '0'
                    : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                             : -1;
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* Writes 1-4 bytes; the escape it came from is longer. */
static char *codepoint_write(char *out, uint32_t codepoint)
{
    if (codepoint < 0x80) {
        *out++ = (char)codepoint;
        return out;
    }
    if (codepoint < 0x800) {
        *out++ = (char)(0xc0 | codepoint >> 6);
    } else if (codepoint < 0x10000) {
        *out++ = (char)(0xe0 | codepoint >> 12);
        *out++ = (char)(0x80 | (codepoint >> 6 & 0x3f));
    } else {
        *out++ = (char)(0xf0 | codepoint >> 18);
        *out++ = (char)(0x80 | (codepoint >> 12 & 0x3f));
        *out++ = (char)(0x80 | (codepoint >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (codepoint & 0x3f));
    return out;
}

/* `at` is behind `\u`. A surrogate without its other half becomes U+FFFD, as in Python's and browsers' decoders. */
static const char *unicode_unescape(const char *at, const char *end, char **out)
{
    int32_t unit = hex_read(at, end);
    if (unit < 0)
        return NULL;
    at += 4;
    if (unit >= 0xd800 && unit <= 0xdfff) {
        int32_t low = unit <= 0xdbff && end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hex_read(at + 2, end) : -1;
        bool is_pair = low >= 0xdc00 && low <= 0xdfff;
        unit = is_pair ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
        at += is_pair ? 6 : 0;
    }
    *out = codepoint_write(*out, (uint32_t)unit);
    return at;
}

/* `at` is behind the backslash. Returns the byte behind the escape, or NULL. */
static const char *unescape(const char *at, const char *end, char **out)
{
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (at == end)
        return NULL;
    if (*at == 'u')
        return unicode_unescape(at + 1, end, out);
    const char *escape = memchr(escapes, *at, sizeof escapes - 1);
    if (!escape)
        return NULL;
    *(*out)++ = meanings[escape - escapes];
    return at + 1;
}

/* `at` is behind the opening quote; returns the byte behind the closing one. */
static const char *token_read(struct json_tokens *json, const char *at, const char *end)
{
    char *out = json->bytes;
    for (;;) {
        size_t plain = plain_copy(out, at, end);
        at += plain;
        out += plain;
        if (at == end)
            return stop(json, at, "ends inside a string");
        if (*at == '"')
            break;
        if (*at != '\\')
            return stop(json, at, "has a bare control character in a string");
        const char *behind = unescape(at + 1, end, &out);
        if (!behind)
            return stop(json, at, "has a broken escape");
        at = behind;
    }
    size_t length = (size_t)(out - json->bytes);
    if (length > JSON_TOKEN_MAX_BYTES)
        return stop(json, at, "has a token of more than 1024 bytes that ends");
    json->tokens[json->num_tokens++] = (struct page_token){.bytes = json->bytes, .length = (uint32_t)length};
    json->bytes = out;
    return at + 1;
}

static const char *tokens_read(struct json_tokens *json, const char *at, const char *end)
{
    json->num_tokens = 0;
    if (at < end && *at == ']')
        return at;
    for (;;) {
        at = literal_skip(json, at, end, "\"", "has no string");
        if (!at)
            return NULL;
        if (json->num_tokens == JSON_TOKENS_MAX)
            return stop(json, at, "has more than 65536 tokens, the next");
        at = token_read(json, at, end);
        if (!at || end - at < 2 || at[0] != ',' || at[1] != ' ')
            return at;
        at += 2;
    }
}

static const char *number_read(struct json_tokens *json, const char *at, const char *end, double *value)
{
    const char *behind = decimal_read(at, end, value);
    return behind ? behind : stop(json, at, "has no finite number");
}

static const char *values_read(struct json_tokens *json, const char *at, const char *end)
{
    size_t count = 0, kept = json->num_tokens;
    double highest = -1.0 / 0.0, lowest = 1.0 / 0.0, value;
    if (at < end && *at != ']') {
        for (;;) {
            at = number_read(json, at, end, &value);
            if (!at)
                return NULL;
            highest = value > highest ? value : highest;
            lowest = value < lowest ? value : lowest;
            json->values[count < kept ? count : kept] = value;
            count++;
            if (end - at < 2 || at[0] != ',' || at[1] != ' ')
                break;
            at += 2;
        }
    }
    json->num_values = count;
    json->highest = highest;
    json->lowest = lowest;
    return at;
}

size_t json_tokens_capacity(size_t length)
{
    size_t most = length / 4 + 1; /* `"", ` is the shortest token */
    return most < JSON_TOKENS_MAX ? most : JSON_TOKENS_MAX;
}

bool json_tokens_read(struct json_tokens *json, const char *line, size_t length)
{
    const char *at = line, *end = line + length;
    at = literal_skip(json, at, end, "{\"tokens\": [", "does not begin with {\"tokens\": [");
    at = at ? tokens_read(json, at, end) : NULL;
    at = at ? literal_skip(json, at, end, "], \"values\": [", "lacks ], \"values\": [") : NULL;
    at = at ? values_read(json, at, end) : NULL;
    at = at ? literal_skip(json, at, end, "], \"minValue\": ", "lacks ], \"minValue\":") : NULL;
    at = at ? number_read(json, at, end, &json->min_value) : NULL;
    at = at ? literal_skip(json, at, end, ", \"maxValue\": ", "lacks , \"maxValue\":") : NULL;
    at = at ? number_read(json, at, end, &json->max_value) : NULL;
    at = at ? literal_skip(json, at, end, "}", "lacks its closing }") : NULL;
    if (at && at != end)
        stop(json, at, "has something behind its end");
    return at == end;
}
