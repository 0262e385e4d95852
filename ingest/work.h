/*
 * One job after another: take it, fetch and read its pages, store all of it in one transaction.
 */
#ifndef DEEPDECIPHER_WORK_H
#define DEEPDECIPHER_WORK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "fetch.h"
#include "loader.h"

enum work_result {
    WORK_DONE,    /* a job was worked */
    WORK_NONE,    /* none is waiting, or others work them all */
    WORK_STOPPED, /* `stop` was set; the job is left as it was */
    WORK_FAILED   /* the database: see db_error(loader_db()) and, of tokens, db_error(loader_catalogue()) */
};

/* Which jobs; 0 is any. */
struct work_scope {
    int16_t model_id, source_id;
};

/* Counters in memory that processes share. */
struct work_counts {
    _Atomic uint64_t stored, rejected, bytes; /* neurons, neurons, bytes of pages read */
};

/* Works one job of the scope. */
enum work_result work_job(struct loader *loader, struct fetcher *fetcher, struct work_scope scope,
                          struct work_counts *counts, const volatile int *stop);

#endif
