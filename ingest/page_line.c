/*
 * Lines and line patterns: exact bytes but for the places of a few conversions.
 */
#include "page_line.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "decimal.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool page_lines_next(struct page_lines *lines)
{
    const char *start = lines->at, *end = lines->end;
    lines->line = (struct span){start, start};
    if (start == end)
        return false;
    const char *newline = memchr(start, '\n', (size_t)(end - start));
    lines->at = newline ? newline + 1 : end;
    lines->number++;
    end = newline ? newline : end;
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    lines->line = (struct span){start, end};
    return true;
}

bool span_is_blank(struct span text)
{
    while (text.start < text.end && (is_blank(*text.start) || *text.start == '\n'))
        text.start++;
    return text.start == text.end;
}

static const char *digits_read(const char *at, const char *end, int64_t *number)
{
    const char *first = at;
    *number = 0;
    for (; at < end && *at >= '0' && *at <= '9' && at - first < 18; at++)
        *number = *number * 10 + (*at - '0');
    return at == first ? NULL : at;
}

/* Matches one conversion; `rest` is the pattern behind it. */
static const char *conversion_match(struct span text, char conversion, const char *rest, void *target)
{
    size_t rest_length = strlen(rest);
    switch (conversion) {
    case 'f': return decimal_read(text.start, text.end, target);
    case 'd': return digits_read(text.start, text.end, target);
    default:
        assert(conversion == 's' || conversion == '*');
        if ((size_t)(text.end - text.start) < rest_length)
            return NULL;
        if (target)
            *(struct span *)target = (struct span){text.start, text.end - rest_length};
        return text.end - rest_length;
    }
}

bool span_vmatches(struct span text, const char *pattern, va_list targets)
{
    while (text.start && *pattern) {
        if (*pattern == '%') {
            void *target = pattern[1] == '*' ? NULL : va_arg(targets, void *);
            text.start = conversion_match(text, pattern[1], pattern + 2, target);
            pattern += 2;
        } else {
            text.start = text.start < text.end && *text.start == *pattern ? text.start + 1 : NULL;
            pattern++;
        }
    }
    return text.start == text.end;
}

bool span_matches(struct span text, const char *pattern, ...)
{
    va_list targets;
    va_start(targets, pattern);
    bool matches = span_vmatches(text, pattern, targets);
    va_end(targets);
    return matches;
}
