#include "json_strict.h"

#include <stdio.h>
#include <string.h>

struct scan {
    const char *start, *at, *end;
    bool with_nan;
    size_t num_members;
    char *reason;
};

static bool refuse(const struct scan *scan, const char *what)
{
    size_t place = (size_t)(scan->at - scan->start);
    if (scan->at == scan->end)
        snprintf(scan->reason, JSON_STRICT_REASON_SIZE, "the JSON ends too early, after %zu bytes", place);
    else if (*scan->at == '\0')
        snprintf(scan->reason, JSON_STRICT_REASON_SIZE, "not JSON: a NUL at byte %zu", place);
    else
        snprintf(scan->reason, JSON_STRICT_REASON_SIZE, "not JSON at byte %zu: %s", place, what);
    return false;
}

static char look(const struct scan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_digits(struct scan *scan)
{
    if (!is_digit(look(scan)))
        return refuse(scan, "a digit must be here");
    while (is_digit(look(scan)))
        scan->at++;
    return true;
}

static bool take_number(struct scan *scan)
{
    scan->at += look(scan) == '-';
    if (look(scan) == '0')
        scan->at++;
    else if (!take_digits(scan))
        return false;
    if (look(scan) == '.') {
        scan->at++;
        if (!take_digits(scan))
            return false;
    }
    if (look(scan) != 'e' && look(scan) != 'E')
        return true;
    scan->at++;
    scan->at += look(scan) == '+' || look(scan) == '-';
    return take_digits(scan);
}

static bool take_escape(struct scan *scan)
{
    char name = look(scan);
    if (name == '\0' || strchr("\"\\/bfnrtu", name) == NULL)
        return refuse(scan, "there is no such escape");
    scan->at++;
    for (int i = 0; name == 'u' && i < 4; i++, scan->at++)
        if (look(scan) == '\0' || strchr("0123456789abcdefABCDEF", look(scan)) == NULL)
            return refuse(scan, "\\u needs four hexadecimal digits");
    return true;
}

static bool take_string(struct scan *scan)
{
    if (look(scan) != '"')
        return refuse(scan, "a string must be here");
    scan->at++;
    while (look(scan) != '"') {
        if (scan->at == scan->end || (unsigned char)*scan->at < ' ')
            return refuse(scan, "a control character in a string");
        if (*scan->at++ == '\\' && !take_escape(scan))
            return false;
    }
    scan->at++;
    return true;
}

static bool take_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
        return refuse(scan, "no value (such as NaN, which JSON does not have)");
    scan->at += length;
    return true;
}

/* A number, or where that is allowed NaN, Infinity or -Infinity. */
static bool take_number_or_nan(struct scan *scan)
{
    bool is_negative = look(scan) == '-';
    char first = is_negative && scan->at + 1 < scan->end ? scan->at[1] : look(scan);
    if (scan->with_nan && (first == 'I' || (first == 'N' && !is_negative))) {
        scan->at += is_negative;
        return take_word(scan, first == 'I' ? "Infinity" : "NaN");
    }
    if (is_negative || is_digit(first))
        return take_number(scan);
    return refuse(scan, "no value (such as NaN, which JSON does not have)");
}

static bool take_value(struct scan *scan, int depth);

static bool take_member(struct scan *scan, int depth)
{
    skip_blanks(scan);
    if (!take_string(scan))
        return false;
    skip_blanks(scan);
    if (look(scan) != ':')
        return refuse(scan, "a colon must be here");
    scan->at++;
    scan->num_members++;
    return take_value(scan, depth);
}

/* An object or a list, from its bracket on. */
static bool take_nested(struct scan *scan, int depth)
{
    char close = *scan->at == '{' ? '}' : ']';
    if (depth >= JSON_STRICT_DEPTH_MAX) {
        snprintf(scan->reason, JSON_STRICT_REASON_SIZE, "more than %d levels deep at byte %zu", JSON_STRICT_DEPTH_MAX,
                 (size_t)(scan->at - scan->start));
        return false;
    }
    scan->at++;
    skip_blanks(scan);
    if (look(scan) == close) {
        scan->at++;
        return true;
    }
    for (;;) {
        if (!(close == '}' ? take_member(scan, depth + 1) : take_value(scan, depth + 1)))
            return false;
        char next = look(scan);
        if (next != ',' && next != close)
            return refuse(scan, "a comma or the closing bracket must be here");
        scan->at++;
        if (next == close)
            return true;
    }
}

/* One value and the blanks around it. */
static bool take_value(struct scan *scan, int depth)
{
    bool is_fine;
    skip_blanks(scan);
    switch (look(scan)) {
    case '{':
    case '[': is_fine = take_nested(scan, depth); break;
    case '"': is_fine = take_string(scan); break;
    case 't': is_fine = take_word(scan, "true"); break;
    case 'f': is_fine = take_word(scan, "false"); break;
    case 'n': is_fine = take_word(scan, "null"); break;
    default: is_fine = take_number_or_nan(scan);
    }
    skip_blanks(scan);
    return is_fine;
}

bool json_strict_scan(const char *bytes, size_t length, bool with_nan, size_t *num_members,
                      char reason[JSON_STRICT_REASON_SIZE])
{
    struct scan scan = {.start = bytes, .at = bytes, .end = bytes + length, .with_nan = with_nan, .reason = reason};
    if (!take_value(&scan, 0))
        return false;
    *num_members = scan.num_members;
    return scan.at == scan.end || refuse(&scan, "more than one JSON document");
}

bool json_strict_check(const char *bytes, size_t length, char reason[JSON_STRICT_REASON_SIZE])
{
    size_t num_members;
    return json_strict_scan(bytes, length, false, &num_members, reason);
}
