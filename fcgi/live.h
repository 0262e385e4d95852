/*
 * Live reading: a neuron that is not stored, of a model that allows it, is asked of ingest through the queue. The reply
 * waits a short time for it. Untrusted pages are thus never parsed in the process that faces the web.
 */
#ifndef DEEPDECIPHER_LIVE_H
#define DEEPDECIPHER_LIVE_H

#include "exchange.h"

enum live_outcome {
    LIVE_OFF,     /* nothing was asked: say that it is absent */
    LIVE_ARRIVED, /* something was stored meanwhile: look again */
    LIVE_ANSWERED /* 202, 503 or trouble; the reply is made */
};

/* Asks for the neuron and waits for it, at most two seconds, and at most with half of the workers. All answers of the
 * present exchange must be received; their rows stay. */
enum live_outcome live_request(struct exchange *x, const char *model, const char *source, uint32_t layer,
                               uint32_t neuron) MUST_CHECK;

#endif
