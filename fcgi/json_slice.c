/* A value out of a JSON text; see json_slice.h. */
#include "json_slice.h"

#include <stdint.h>
#include <string.h>

/* What is left to be read. */
struct scan {
    const char *at, *end;
};

/* A piece of the text or of the path. */
struct slice {
    const char *bytes;
    size_t length;
};

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

/* Takes `c` with blanks before it. */
static bool take(struct scan *scan, char c)
{
    skip_blanks(scan);
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

/* Steps over a string; gives what is between its quotes. */
static bool take_string(struct scan *scan, struct slice *inside)
{
    if (!take(scan, '"'))
        return false;
    inside->bytes = scan->at;
    while (scan->at < scan->end && *scan->at != '"') {
        if (*scan->at == '\\' && scan->end - scan->at > 1)
            scan->at++;
        scan->at++;
    }
    inside->length = (size_t)(scan->at - inside->bytes);
    return take(scan, '"');
}

/* Steps over a list or an object by counting brackets. */
static bool take_nested(struct scan *scan)
{
    size_t depth = 0;
    do {
        struct slice ignored;
        if (scan->at == scan->end)
            return false;
        if (*scan->at == '"') {
            if (!take_string(scan, &ignored))
                return false;
            continue;
        }
        depth += *scan->at == '{' || *scan->at == '[';
        depth -= *scan->at == '}' || *scan->at == ']';
        scan->at++;
    } while (depth > 0);
    return true;
}

static bool take_value(struct scan *scan, struct slice *value)
{
    struct slice ignored;
    skip_blanks(scan);
    value->bytes = scan->at;
    bool is_fine = scan->at < scan->end;
    if (is_fine && *scan->at == '"')
        is_fine = take_string(scan, &ignored);
    else if (is_fine && (*scan->at == '{' || *scan->at == '['))
        is_fine = take_nested(scan);
    else
        while (scan->at < scan->end && memchr(",]} \t\r\n", *scan->at, 7) == NULL)
            scan->at++;
    value->length = (size_t)(scan->at - value->bytes);
    return is_fine && value->length > 0;
}

static uint32_t read_hex(const char *digits, size_t left)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        static const char known[] = "0123456789abcdef";
        const char *found = (size_t)i < left && digits[i] != '\0' ? strchr(known, digits[i] | 0x20) : NULL;
        if (found == NULL)
            return UINT32_MAX;
        value = value << 4 | (uint32_t)(found - known);
    }
    return value;
}

static size_t put_utf8(char out[4], uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(leads[length] | code);
    return length;
}

/* Decodes the escape at `raw` (behind the backslash); steps over it. 0: it is none. */
static size_t take_escape(struct scan *raw, char out[4])
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (raw->at == raw->end || *raw->at == '\0')
        return 0;
    char name = *raw->at++;
    const char *found = strchr(names, name);
    if (found != NULL) {
        out[0] = meant[found - names];
        return 1;
    }
    uint32_t code = name == 'u' ? read_hex(raw->at, (size_t)(raw->end - raw->at)) : UINT32_MAX;
    if (code == UINT32_MAX)
        return 0;
    raw->at += 4;
    if (code >= 0xd800 && code < 0xdc00 && raw->end - raw->at >= 6 && raw->at[0] == '\\' && raw->at[1] == 'u') {
        uint32_t low = read_hex(raw->at + 2, (size_t)(raw->end - raw->at) - 2);
        if (low >= 0xdc00 && low < 0xe000) {
            raw->at += 6;
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return put_utf8(out, code);
}

/* Compares a key as it is written with a name. */
static bool is_key(struct slice key, struct slice name)
{
    struct scan raw = {key.bytes, key.bytes + key.length};
    size_t place = 0;
    while (raw.at < raw.end) {
        char decoded[4] = {*raw.at++};
        size_t length = decoded[0] == '\\' ? take_escape(&raw, decoded) : 1;
        if (length == 0 || name.length - place < length || memcmp(name.bytes + place, decoded, length) != 0)
            return false;
        place += length;
    }
    return place == name.length;
}

/* Finds a member: that of the whole path, or of its first word; `rest` is what of the path is left then, nothing: NULL. */
static bool find_member(struct scan *scan, struct slice path, struct slice *value, struct slice *rest)
{
    const char *dot = memchr(path.bytes, '.', path.length);
    struct slice word = {path.bytes, dot != NULL ? (size_t)(dot - path.bytes) : path.length}, key, member;
    bool is_found = false;
    do {
        if (!take_string(scan, &key) || !take(scan, ':') || !take_value(scan, &member))
            return is_found;
        if (is_key(key, path)) {
            *value = member;
            *rest = (struct slice){0};
            return true;
        }
        if (dot != NULL && !is_found && is_key(key, word)) {
            *value = member;
            *rest = (struct slice){dot + 1, path.length - word.length - 1};
            is_found = true;
        }
    } while (take(scan, ','));
    return is_found;
}

static bool find_element(struct scan *scan, struct slice path, struct slice *value, struct slice *rest)
{
    const char *dot = memchr(path.bytes, '.', path.length);
    size_t digits = dot != NULL ? (size_t)(dot - path.bytes) : path.length, index = 0;
    if (digits == 0 || digits > 9)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (path.bytes[i] < '0' || path.bytes[i] > '9')
            return false;
        index = 10 * index + (size_t)(path.bytes[i] - '0');
    }
    *rest = dot != NULL ? (struct slice){dot + 1, path.length - digits - 1} : (struct slice){0};
    for (;; index--) {
        if (!take_value(scan, value))
            return false;
        if (index == 0)
            return true;
        if (!take(scan, ','))
            return false;
    }
}

bool json_slice_find(const char *text, size_t length, const char *path, size_t path_length, const char **value,
                     size_t *value_length)
{
    struct slice found = {text, length}, rest = {path, path_length};
    do {
        struct scan scan = {found.bytes, found.bytes + found.length};
        struct slice wanted = rest;
        bool is_object = take(&scan, '{');
        if (!is_object && !take(&scan, '['))
            return false;
        if (is_object ? !find_member(&scan, wanted, &found, &rest) : !find_element(&scan, wanted, &found, &rest))
            return false;
    } while (rest.bytes != NULL);
    *value = found.bytes;
    *value_length = found.length;
    return true;
}
