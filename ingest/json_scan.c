#include "json_scan.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "utf8.h"

bool json_scan_fail(struct json_scan *scan, const char *format, ...)
{
    if (scan->reason[0] != '\0')
        return false;
    size_t line = 1;
    const char *line_start = scan->start;
    for (const char *at = scan->start; at < scan->at; at++)
        if (*at == '\n') {
            line++;
            line_start = at + 1;
        }
    int length = snprintf(scan->reason, JSON_SCAN_REASON_SIZE, "line %zu column %zu: ", line,
                          (size_t)(scan->at - line_start) + 1);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(scan->reason + length, JSON_SCAN_REASON_SIZE - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

bool json_scan_open(struct json_scan *scan, const char *bytes, size_t length, char reason[JSON_SCAN_REASON_SIZE])
{
    scan->start = bytes;
    scan->end = bytes + length;
    scan->reason = reason;
    scan->is_first = false;
    reason[0] = '\0';
    scan->at = bytes + utf8_valid_length(bytes, length);
    if (scan->at < scan->end)
        return json_scan_fail(scan, "this is not UTF-8");
    scan->at = bytes;
    return true;
}

void json_scan_free(struct json_scan *scan)
{
    free(scan->scratch);
    *scan = (struct json_scan){0};
}

bool json_scan_is_fine(const struct json_scan *scan)
{
    return scan->reason[0] == '\0';
}

static void skip_blanks(struct json_scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
}

static bool fail_wanted(struct json_scan *scan, const char *wanted)
{
    int length = 0;
    if (scan->at == scan->end)
        return json_scan_fail(scan, "the file ends where %s should come", wanted);
    while (length < 24 && length < scan->end - scan->at && (unsigned char)scan->at[length] > ' ')
        length++;
    return json_scan_fail(scan, "%s should come where \"%.*s\" stands", wanted, length, scan->at);
}

/* The next byte that is no blank must be `c`, which is passed over. */
static bool take(struct json_scan *scan, char c, const char *wanted)
{
    skip_blanks(scan);
    if (scan->at == scan->end || *scan->at != c)
        return fail_wanted(scan, wanted);
    scan->at++;
    return true;
}

bool json_scan_enter(struct json_scan *scan, char open)
{
    if (!json_scan_is_fine(scan) || !take(scan, open, open == '{' ? "an object" : "an array"))
        return false;
    scan->is_first = true;
    return true;
}

/* Stands before the next member; false behind `close`. */
static bool next_member(struct json_scan *scan, char close)
{
    bool was_first = scan->is_first;
    scan->is_first = false;
    if (!json_scan_is_fine(scan))
        return false;
    skip_blanks(scan);
    if (scan->at < scan->end && *scan->at == close) {
        scan->at++;
        return false;
    }
    return was_first || take(scan, ',', close == '}' ? ", or }" : ", or ]");
}

bool json_scan_key(struct json_scan *scan, struct json_text *key)
{
    return next_member(scan, '}') && json_scan_string(scan, key) && take(scan, ':', "a colon");
}

bool json_scan_element(struct json_scan *scan)
{
    return next_member(scan, ']');
}

static int32_t hex_unit(const char *at, const char *end)
{
    int32_t unit = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i], lower = c | 0x20;
        int digit = c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* Passes over what follows `\u` and writes it; NULL when it is no character. */
static char *undo_unit(struct json_scan *scan, char *out)
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    int32_t unit = hex_unit(scan->at, scan->end), low;
    if (unit < 0 || (unit >= 0xdc00 && unit < 0xe000))
        return NULL;
    uint32_t c = (uint32_t)unit;
    scan->at += 4;
    if (unit >= 0xd800 && unit < 0xdc00) {
        if (scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u')
            return NULL;
        low = hex_unit(scan->at + 2, scan->end);
        if (low < 0xdc00 || low >= 0xe000)
            return NULL;
        c = 0x10000u + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
        scan->at += 6;
    }
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(lead[length] | c);
    return out + length;
}

/* Undoes escapes up to the closing quote, which the caller has seen. Never longer than what is read. */
static bool undo_escapes(struct json_scan *scan, size_t room, struct json_text *text)
{
    static const char codes[] = "\"\\/bfnrt", characters[] = "\"\\/\b\f\n\r\t";
    if (room > scan->scratch_capacity) {
        free(scan->scratch);
        scan->scratch_capacity = 2 * room;
        scan->scratch = malloc(scan->scratch_capacity);
        if (scan->scratch == NULL)
            abort();
    }
    char *out = scan->scratch;
    while (*scan->at != '"') {
        if (*scan->at != '\\') {
            *out++ = *scan->at++;
            continue;
        }
        const char *code = memchr(codes, scan->at[1], sizeof codes - 1);
        if (code != NULL) {
            *out++ = characters[code - codes];
            scan->at += 2;
        } else if (scan->at[1] != 'u') {
            return json_scan_fail(scan, "a string has the escape \\%c, which JSON does not know", scan->at[1]);
        } else {
            scan->at += 2;
            if ((out = undo_unit(scan, out)) == NULL)
                return json_scan_fail(scan, "a string has a \\u that is no character");
        }
    }
    *text = (struct json_text){scan->scratch, (size_t)(out - scan->scratch)};
    return true;
}

bool json_scan_string(struct json_scan *scan, struct json_text *text)
{
    bool has_escapes = false;
    if (!json_scan_is_fine(scan) || !take(scan, '"', "a string"))
        return false;
    const char *from = scan->at, *at = from;
    for (; at < scan->end && *at != '"'; at++) {
        if ((unsigned char)*at < ' ') {
            scan->at = at;
            return json_scan_fail(scan, "a string has a bare control character");
        }
        has_escapes |= *at == '\\';
        at += *at == '\\' && at + 1 < scan->end;
    }
    if (at >= scan->end) {
        scan->at = from - 1;
        return json_scan_fail(scan, "a string is not closed");
    }
    *text = (struct json_text){from, (size_t)(at - from)};
    if (has_escapes && !undo_escapes(scan, (size_t)(at - from), text))
        return false;
    scan->at = at + 1;
    return true;
}

static bool stands(const struct json_scan *scan, const char *literal)
{
    size_t length = strlen(literal);
    return (size_t)(scan->end - scan->at) >= length && memcmp(scan->at, literal, length) == 0;
}

bool json_scan_number(struct json_scan *scan, double *value)
{
    if (!json_scan_is_fine(scan))
        return false;
    skip_blanks(scan);
    if (stands(scan, "NaN")) {
        *value = NAN;
        scan->at += 3;
        return true;
    }
    const char *behind = decimal_read(scan->at, scan->end, value);
    if (behind == NULL)
        return fail_wanted(scan, "a finite number or NaN");
    scan->at = behind;
    return true;
}

bool json_scan_skip(struct json_scan *scan)
{
    static const char *const words[] = {"true", "false", "null"};
    struct json_text text;
    double value;
    if (!json_scan_is_fine(scan))
        return false;
    skip_blanks(scan);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (stands(scan, words[i])) {
            scan->at += strlen(words[i]);
            return true;
        }
    return stands(scan, "\"") ? json_scan_string(scan, &text) : json_scan_number(scan, &value);
}

bool json_scan_close(struct json_scan *scan)
{
    if (!json_scan_is_fine(scan))
        return false;
    skip_blanks(scan);
    return scan->at == scan->end || fail_wanted(scan, "nothing more");
}

bool json_text_is(const struct json_text *text, const char *wanted)
{
    return text->length == strlen(wanted) && memcmp(text->bytes, wanted, text->length) == 0;
}
