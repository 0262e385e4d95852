/*
 * What a batch asks for, from the address of a GET or the JSON of a POST.
 */
#ifndef DEEPDECIPHER_BATCH_REQUEST_H
#define DEEPDECIPHER_BATCH_REQUEST_H

#include "exchange.h"

enum { BATCH_GET_MAX = 100, BATCH_POST_MAX = 1000, BATCH_SERVICES_MAX = 20, BATCH_BODY_MAX = 1 << 20 };

struct batch_item {
    char *model; /* as the client wrote it */
    uint32_t layer, neuron;
};

struct batch_request {
    size_t num_items, num_services;
    struct batch_item items[BATCH_POST_MAX];
    char *services[BATCH_SERVICES_MAX]; /* sorted, each once; one at least */
};

/* Reads the request; NULL: answered. */
struct batch_request *batch_request_read(struct exchange *x) MUST_CHECK;
void batch_request_free(struct batch_request *batch);

#endif
