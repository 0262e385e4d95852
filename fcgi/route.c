/* From a request's path and method to a route; see route.h. */
#include "route.h"

#include <assert.h>
#include <string.h>

static bool capture_segment(struct route_match *m, const char *part, size_t length, const struct request_text *text)
{
    const char *name = part + 1, *close = part + length - 1;
    assert(*close == '}');
    const char *colon = memchr(name, ':', (size_t)(close - name));
    if (colon != NULL && !request_looks_like_index(text))
        return false;
    assert(m->capture_count < ROUTE_CAPTURES_MAX);
    m->captures[m->capture_count++] =
        (struct route_capture){name, (size_t)((colon != NULL ? colon : close) - name), text};
    return true;
}

static bool fits_segment(struct route_match *m, const char *part, size_t length, const struct request_text *text)
{
    if (part[0] == '{')
        return capture_segment(m, part, length, text);
    return length == text->length && memcmp(part, text->text, length) == 0;
}

static bool fits_path(struct route_match *m, const char *pattern, const struct request *request)
{
    size_t segment = 0;
    m->capture_count = 0;
    while (*pattern == '/' && pattern[1] != '\0') {
        pattern++;
        size_t length = strcspn(pattern, "/");
        if (segment == request->segment_count || segment == REQUEST_SEGMENTS_MAX)
            return false;
        if (!fits_segment(m, pattern, length, &request->segments[segment++]))
            return false;
        pattern += length;
    }
    return segment == request->segment_count;
}

static unsigned methods_of(const struct route *route)
{
    return route->methods | METHOD_OPTIONS | (route->methods & METHOD_GET ? METHOD_HEAD : 0);
}

void route_find(const struct route table[], size_t count, const struct request *request, struct route_match *match)
{
    *match = (struct route_match){0};
    for (size_t i = 0; i < count; i++) {
        struct route_match candidate = {.route = &table[i]};
        if (!fits_path(&candidate, table[i].pattern, request))
            continue;
        unsigned allowed = match->allowed | methods_of(&table[i]);
        if (match->route == NULL && methods_of(&table[i]) & request->method)
            *match = candidate;
        match->allowed = allowed;
    }
}

const struct request_text *route_capture(const struct route_match *m, const char *name)
{
    for (size_t i = 0; i < m->capture_count; i++)
        if (m->captures[i].name_length == strlen(name) && memcmp(m->captures[i].name, name, strlen(name)) == 0)
            return m->captures[i].text;
    return NULL;
}

const struct request_text *route_unclean_capture(const struct route_match *m)
{
    for (size_t i = 0; i < m->capture_count; i++)
        if (!m->captures[i].text->is_clean)
            return m->captures[i].text;
    return NULL;
}
