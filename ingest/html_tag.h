/*
 * Tags and the text between them, enough for a table of HTML: no tree, no recursion, nothing kept. Pure.
 */
#ifndef DEEPDECIPHER_HTML_TAG_H
#define DEEPDECIPHER_HTML_TAG_H

#include <stdbool.h>
#include <stddef.h>

/* One tag and the text before it; both point into the page. */
struct html_tag {
    const char *text; /* what stands before the tag */
    size_t text_length;
    const char *name; /* "td", in any case; empty for a comment or a declaration */
    size_t name_length;
    bool is_closing; /* </td> */
};

/*
 * Finds the first tag at or behind `*at` and moves `*at` behind it. Quoted attributes may hold `>`.
 * False when there is none or it does not end.
 */
bool html_tag_next(struct html_tag *tag, const char **at, const char *end);

/* Is the tag called `name` (given in lower case)? */
bool html_tag_is(const struct html_tag *tag, const char *name);

/*
 * Turns `length` bytes at `text`, in place, into what a reader sees: &amp; &lt; &gt; &quot; &#39; decoded, white space
 * at the ends dropped, runs of it inside made one blank. Returns the new length.
 */
size_t html_text_decode(char *text, size_t length);

#endif
