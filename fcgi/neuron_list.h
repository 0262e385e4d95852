/*
 * Lists of neurons: pages of JSON, and NDJSON or CSV of any length, which is sent while it is read.
 */
#ifndef DEEPDECIPHER_NEURON_LIST_H
#define DEEPDECIPHER_NEURON_LIST_H

#include "exchange.h"

/* GET /api/neurons and GET /api/{model}/neurons */
void handle_neurons(struct exchange *x);

#endif
