/*
 * A worker process: connects to the database when the first request needs it, answers one request
 * at a time, and leaves when the master says so, when it has served its share, or when the master is gone.
 */
#ifndef DEEPDECIPHER_WORKER_H
#define DEEPDECIPHER_WORKER_H

#include <sys/types.h>

#include "options.h"
#include "scoreboard.h"

struct worker_state;
struct token_cache;
struct model_cache;

/* Tokens as JSON text, kept from one request to the next. */
struct token_cache *worker_tokens(struct worker_state *state);
/* Models' rows, likewise. */
struct model_cache *worker_models(struct worker_state *state);

/* The whole life of a worker, in its own process, right after the fork. All signals that the master
 * uses are blocked then. Returns the exit code: 0 when it left in order. */
int worker_run(const struct fcgi_options *options, struct scoreboard *board, int slot, int listener, pid_t master)
    __attribute__((warn_unused_result));

#endif
