/*
 * Fetches a batch of addresses, many at once, and tries again what may come right: libcurl's multi interface.
 * What a body means is the reader's affair; a body that it can not read counts as a failed try.
 *
 * Bounds: the bytes of a body, also unpacked, and of all bodies under way; a time for each transfer; a number of tries.
 */
#ifndef DEEPDECIPHER_FETCH_H
#define DEEPDECIPHER_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "limiter.h"

enum { FETCH_BODY_MAX = 4 << 20, FETCH_REASON_SIZE = 256 };

struct fetch_settings {
    int transfers; /* at once */
    int retries;   /* tries after the first */
    int timeout_s; /* of one transfer */
    struct limiter *limiter;
};

enum fetch_kind {
    FETCH_DONE,
    FETCH_MISSING,     /* the site says that there is no such page */
    FETCH_UNREACHABLE, /* no whole answer */
    FETCH_UNREADABLE   /* an answer that the reader refused */
};

struct fetch_outcome {
    enum fetch_kind kind;
    int num_tries;
    char reason[FETCH_REASON_SIZE]; /* of the last try */
};

/* Takes the body of address `index`; true when it is good, or false with a one-line reason. */
typedef bool fetch_reader(void *context, size_t index, const char *body, size_t length, char reason[FETCH_REASON_SIZE]);

struct fetcher;
struct fetcher *fetcher_new(const struct fetch_settings *settings);
void fetcher_free(struct fetcher *fetcher);

/* Bodies of the following batches may have `bytes` at most (at first FETCH_BODY_MAX). */
void fetcher_limit(struct fetcher *fetcher, size_t bytes);

/* Works through all `count` addresses. Every one has an outcome at the end. `stop` is looked at between events:
 * when it becomes non-zero, returns false at once. */
bool fetch_all(struct fetcher *fetcher, size_t count, char *const urls[], fetch_reader *reader, void *context,
               struct fetch_outcome outcomes[], const volatile int *stop);

#endif
