/*
 * Where in a text the words are that a search found. The database puts U+E000 before and U+E001 behind each; clients get
 * places instead: [[0,4],…], in code points, from and to.
 */
#ifndef DEEPDECIPHER_SEARCH_MARKS_H
#define DEEPDECIPHER_SEARCH_MARKS_H

#include "buffer.h"

/* Writes the places of `marked` as JSON; the text without its marks goes to `plain`. */
void search_write_marks(const char *marked, struct buffer *plain, struct buffer *body);

#endif
