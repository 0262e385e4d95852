/*
 * Many neurons in one reply: services of each, in the order of the request.
 */
#ifndef DEEPDECIPHER_BATCH_H
#define DEEPDECIPHER_BATCH_H

#include "exchange.h"

/* GET and POST /api/batch */
void handle_batch(struct exchange *x);

#endif
