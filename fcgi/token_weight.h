/*
 * The service tokens: the tokens that a neuron is tied to most strongly, by its mean activation on them, by the weights
 * it reads with and by those it writes to the logits with.
 */
#ifndef DEEPDECIPHER_FCGI_TOKEN_WEIGHT_H
#define DEEPDECIPHER_FCGI_TOKEN_WEIGHT_H

#include "service.h"

extern const struct service tokens_service;

#endif
