/*
 * From a parsed request to its handler. What is the same for every route is answered here:
 * 400 and 414 for a bad target, 404 for an unknown path, 405 with Allow, OPTIONS, unknown parameters.
 */
#ifndef DEEPDECIPHER_DISPATCH_H
#define DEEPDECIPHER_DISPATCH_H

#include "exchange.h"

/* Answers x->request, whose parsing ended with `fault`, by the routes in `table`: sets x->match and x->reply. */
void dispatch(struct exchange *x, enum request_fault fault, const struct route table[], size_t count);

#endif
