/* A request's method and target, taken apart and decoded; see request.h. */
#include "request.h"

#include <ctype.h>
#include <string.h>

#include "utf8.h"

/* Where the decoding stands: the raw bytes still to read and the next free byte of request->text. */
struct decoder {
    const char *at, *end;
    char *to;
};

static enum request_method read_method(const char *method)
{
    if (strcmp(method, "GET") == 0)
        return METHOD_GET;
    if (strcmp(method, "HEAD") == 0)
        return METHOD_HEAD;
    if (strcmp(method, "POST") == 0)
        return METHOD_POST;
    if (strcmp(method, "OPTIONS") == 0)
        return METHOD_OPTIONS;
    return METHOD_OTHER;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Decodes up to the first byte of `stops` (or the end) and ends the piece with NUL. False: broken escape. */
static bool decode_piece(struct decoder *d, const char *stops, bool plus_is_blank, struct request_text *piece)
{
    char *start = d->to;
    while (d->at < d->end && strchr(stops, *d->at) == NULL) {
        char c = *d->at++;
        if (c == '%') {
            int high = d->end - d->at >= 2 ? hex_digit(d->at[0]) : -1;
            int low = high >= 0 ? hex_digit(d->at[1]) : -1;
            if (low < 0)
                return false;
            c = (char)(high << 4 | low);
            d->at += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        *d->to++ = c;
    }
    size_t length = (size_t)(d->to - start);
    *d->to++ = '\0';
    *piece = (struct request_text){start, length,
                                   memchr(start, '\0', length) == NULL && utf8_valid_length(start, length) == length};
    return true;
}

/* Every piece but the first stands behind a separator, which pays for the NUL of the piece before it. */
static enum request_fault parse_path(struct request *r, struct decoder *d)
{
    while (d->at < d->end) {
        if (*d->at == '/') {
            d->at++;
            continue;
        }
        struct request_text segment;
        if (!decode_piece(d, "/", false, &segment))
            return REQUEST_ESCAPE_BROKEN;
        if (r->segment_count < REQUEST_SEGMENTS_MAX)
            r->segments[r->segment_count] = segment;
        r->segment_count++;
    }
    return REQUEST_FINE;
}

static enum request_fault parse_param(struct request *r, struct decoder *d)
{
    struct request_param param = {.value = {"", 0, true}};
    if (!decode_piece(d, "=&", true, &param.name))
        return REQUEST_ESCAPE_BROKEN;
    if (d->at < d->end && *d->at == '=') {
        d->at++;
        if (!decode_piece(d, "&", true, &param.value))
            return REQUEST_ESCAPE_BROKEN;
    }
    if (!param.name.is_clean || !param.value.is_clean) {
        r->culprit = param.name.is_clean ? param.name.text : "";
        return REQUEST_PARAM_UNCLEAN;
    }
    if (r->param_count == REQUEST_PARAMS_MAX)
        return REQUEST_PARAMS_TOO_MANY;
    r->params[r->param_count++] = param;
    return REQUEST_FINE;
}

static enum request_fault parse_query(struct request *r, struct decoder *d)
{
    enum request_fault fault = REQUEST_FINE;
    while (fault == REQUEST_FINE && d->at < d->end) {
        if (*d->at == '&')
            d->at++;
        else
            fault = parse_param(r, d);
    }
    return fault;
}

enum request_fault request_parse(struct request *r, const char *method, const char *target)
{
    r->method = read_method(method != NULL ? method : "");
    r->target = target != NULL ? target : "";
    r->id = r->culprit = "";
    r->if_none_match = NULL;
    r->accepted_form = "";
    r->accepts_gzip = false;
    r->segment_count = r->param_count = 0;

    size_t length = strnlen(r->target, REQUEST_TARGET_MAX + 1);
    if (length > REQUEST_TARGET_MAX)
        return REQUEST_TARGET_TOO_LONG;
    if (r->target[0] != '/')
        return REQUEST_TARGET_NO_PATH;

    const char *end = r->target + length;
    const char *query = memchr(r->target, '?', length);
    struct decoder d = {.at = r->target, .end = query != NULL ? query : end, .to = r->text};
    enum request_fault fault = parse_path(r, &d);
    if (fault != REQUEST_FINE || query == NULL)
        return fault;
    d.at = query + 1;
    d.end = end;
    return parse_query(r, &d);
}

/* Looks a name up among "id* texts"; `repeats` says whether it has the star. */
static bool is_allowed(const char *allowed, const struct request_text *name, bool *repeats)
{
    while (*allowed != '\0') {
        size_t length = strcspn(allowed, " ");
        *repeats = length > 0 && allowed[length - 1] == '*';
        size_t bare = length - (*repeats ? 1 : 0);
        if (bare > 0 && bare == name->length && memcmp(allowed, name->text, bare) == 0)
            return true;
        allowed += length;
        allowed += strspn(allowed, " ");
    }
    return false;
}

enum request_fault request_check_params(struct request *r, const char *allowed)
{
    for (size_t i = 0; i < r->param_count; i++) {
        const struct request_text *name = &r->params[i].name;
        bool repeats = false;
        r->culprit = name->text;
        if (!is_allowed(allowed != NULL ? allowed : "", name, &repeats))
            return REQUEST_PARAM_UNKNOWN;
        for (size_t j = 0; j < i && !repeats; j++)
            if (strcmp(r->params[j].name.text, name->text) == 0)
                return REQUEST_PARAM_TWICE;
    }
    r->culprit = "";
    return REQUEST_FINE;
}

bool request_accepts_any_version(const struct request *request)
{
    const char *list = request->if_none_match;
    return list != NULL && list[strspn(list, " \t")] == '*';
}

const struct request_text *request_param(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->param_count; i++)
        if (strcmp(r->params[i].name.text, name) == 0)
            return &r->params[i].value;
    return NULL;
}

bool request_looks_like_index(const struct request_text *text)
{
    size_t at = text->length > 0 && text->text[0] == '+' ? 1 : 0;
    if (at == text->length)
        return false;
    for (; at < text->length; at++)
        if (!isdigit((unsigned char)text->text[at]))
            return false;
    return true;
}

bool request_read_index(const struct request_text *text, uint32_t *index)
{
    if (!request_looks_like_index(text))
        return false;
    uint64_t value = 0;
    for (size_t at = text->text[0] == '+' ? 1 : 0; at < text->length; at++) {
        value = value * 10 + (uint64_t)(text->text[at] - '0');
        if (value > UINT32_MAX)
            return false;
    }
    *index = (uint32_t)value;
    return true;
}

bool request_read_int(const char *text, size_t length, int64_t min, int64_t max, int64_t *value)
{
    bool negative = length > 0 && text[0] == '-';
    size_t at = negative ? 1 : 0;
    if (at == length)
        return false;
    int64_t number = 0;
    for (; at < length; at++) {
        if (!isdigit((unsigned char)text[at]))
            return false;
        int digit = text[at] - '0';
        if (__builtin_mul_overflow(number, 10, &number))
            return false;
        if (__builtin_add_overflow(number, negative ? -digit : digit, &number))
            return false;
    }
    if (number < min || number > max)
        return false;
    *value = number;
    return true;
}

bool request_read_pair(const struct request_text *text, int64_t min, int64_t max, int64_t values[2])
{
    const char *comma = memchr(text->text, ',', text->length);
    if (comma == NULL)
        return false;
    size_t first = (size_t)(comma - text->text);
    return request_read_int(text->text, first, min, max, &values[0]) &&
           request_read_int(comma + 1, text->length - first - 1, min, max, &values[1]);
}
