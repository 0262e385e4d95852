/*
 * Rows of STATEMENT_MODEL, kept by a worker. Whether one is still true is asked in every request, by a statement that
 * costs a tenth: each write to a model counts its revision up.
 */
#ifndef DEEPDECIPHER_MODEL_CACHE_H
#define DEEPDECIPHER_MODEL_CACHE_H

#include "exchange.h"
#include "model.h"

enum model_outcome {
    MODEL_FOUND,
    MODEL_ABSENT,  /* there is no such model */
    MODEL_CHANGED, /* what was kept is no longer true, and forgotten: end the exchange and ask again */
    MODEL_ANSWERED /* trouble, and the reply is made */
};

struct model_cache;
struct model_cache *model_cache_new(void);
void model_cache_free(struct model_cache *cache);

/* Queues the statement that model_cache_receive needs. */
enum db_status model_cache_send(struct exchange *x, const char *name) MUST_CHECK;
/* Takes its answer. The model's texts live until the next exchange at least. */
enum model_outcome model_cache_receive(struct exchange *x, const char *name, struct model *model) MUST_CHECK;

#endif
