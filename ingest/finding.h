/*
 * What verify found: neurons gathered by finding, printed with what to run to mend them.
 */
#ifndef DEEPDECIPHER_FINDING_H
#define DEEPDECIPHER_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mend_kind {
    MEND_AGAIN, /* read again */
    MEND_READ,  /* read */
    MEND_RETRY, /* ask again for what was refused */
    MEND_SQL    /* `sql` says how */
};

struct finding {
    char *what, *source; /* of MEND_AGAIN, _READ, _RETRY: where from */
    char *sql;           /* what to run first, or NULL */
    enum mend_kind kind;
    int64_t *neurons; /* [count] keys, in order of being added */
    size_t count, capacity;
};

/* Where a source was last read from. */
struct finding_site {
    char *source, *url;
};

struct findings {
    const char *model;
    struct finding_site *sites; /* [num_sites] */
    size_t num_sites, sites_capacity;
    struct finding *list;
    size_t count, capacity;
};

/* Notes a site. Both texts are copied. */
void findings_add_site(struct findings *findings, const char *source, const char *url);
/* Adds one; those of the same words are one finding. All texts are copied. `neuron_id` -1: about the model. */
void findings_add(struct findings *findings, const char *what, enum mend_kind kind, const char *source, const char *sql,
                  int64_t neuron_id);
void findings_print(const struct findings *findings);
void findings_clear(struct findings *findings);

#endif
