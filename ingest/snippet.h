/*
 * What stands round the maxima of a neuron's texts, as the search over texts reads it: the column snippet.snippets.
 *
 *     ten tokens before the maximum, it, two behind it U+001E the same of the next text U+001E …
 *
 * A word that an end would cut is taken whole, as far as four tokens more make it so. snippet() in the database makes the
 * same of stored texts. Pure.
 */
#ifndef DEEPDECIPHER_SNIPPET_H
#define DEEPDECIPHER_SNIPPET_H

#include "neuroscope_page.h"

/* Room that snippets_write needs at most. */
size_t snippets_bound(const struct neuroscope_page *page);

/* Writes the snippets of all texts in order, U+001E between them; returns the number of bytes, not terminated. A NUL in a token
 * becomes U+2400, a U+001E becomes U+241E. Snippets behind the first 64 KiB are left empty: there is no end to what a page
 * may hold, but to what can be indexed of a row. */
size_t snippets_write(const struct neuroscope_page *page, char *place);

#endif
