/*
 * What a search for neurons asks for: its `token`, `or`, `not` and `peak` parameters as groups of terms.
 *
 *     token=activating: he & or=activating: He & token=any:she & not=any:it
 *
 * is group 0 with two terms, group 1 with one, and one term that must not be. The first colon ends the kind; what follows
 * is the token, whole.
 */
#ifndef DEEPDECIPHER_SEARCH_TERMS_H
#define DEEPDECIPHER_SEARCH_TERMS_H

#include "exchange.h"

/* A parameter may stand for two terms: see search_terms.c. */
enum { SEARCH_TERMS_MAX = 2 * REQUEST_PARAMS_MAX };

struct search_term {
    const char *kind; /* activating, important, any or peak */
    char *token;      /* [length] */
    size_t length;
    int group; /* POSTING_GROUP_NOT: neurons that have it are left out */
};

struct search_terms {
    int count, num_groups;
    struct search_term terms[SEARCH_TERMS_MAX];
};

/* Reads them; a text may be there several times. Answers 400. `terms` must be cleared in any case. */
bool search_terms_read(struct exchange *x, struct search_terms *terms) MUST_CHECK;
void search_terms_clear(struct search_terms *terms);

#endif
