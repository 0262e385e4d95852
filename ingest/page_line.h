/*
 * The lines of a page and the patterns they are matched with. Pure.
 */
#ifndef DEEPDECIPHER_PAGE_LINE_H
#define DEEPDECIPHER_PAGE_LINE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct span {
    const char *start, *end; /* end: one past the last byte */
};

/* Walks through bytes line by line; the lines end with \n, the last one may lack it. */
struct page_lines {
    const char *at, *end; /* what is left */
    size_t number;        /* of the line read last, from 1; 0 before the first */
    struct span line;     /* read last; without its \n and without blanks at its ends */
};

/* Reads the next line into `line`; false, with an empty line, when nothing is left. */
bool page_lines_next(struct page_lines *lines);

/*
 * Does all of `text` match `pattern`? In a pattern %f is a number (double *), %d is 1-18 digits (int64_t *),
 * %s is whatever stands before the rest of the pattern (struct span *), %* the same but not kept;
 * behind %s and %* a pattern may hold only plain characters. The targets are undefined when it does not match.
 */
bool span_matches(struct span text, const char *pattern, ...);
bool span_vmatches(struct span text, const char *pattern, va_list targets);

bool span_is_blank(struct span text);

#endif
