/*
 * Rows of the search statements as JSON, for the searches themselves and for the one that shows a few of each.
 */
#ifndef DEEPDECIPHER_SEARCH_ITEMS_H
#define DEEPDECIPHER_SEARCH_ITEMS_H

#include "buffer.h"

#include "db.h"

/* "tokens":[…] of the first `limit` rows of search_tokens.sql. */
void search_write_tokens(const PGresult *rows, int64_t limit, struct buffer *body);
/* "explanations":[…] of the first `limit` rows of search_explanations.sql. */
void search_write_explanations(const PGresult *rows, int64_t limit, struct buffer *body);

#endif
