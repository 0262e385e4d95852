/*
 * The service similar: neurons that share tokens with a neuron, the most similar first, with these tokens.
 */
#ifndef DEEPDECIPHER_FCGI_SIMILAR_H
#define DEEPDECIPHER_FCGI_SIMILAR_H

#include "service.h"

extern const struct service similar_service;

#endif
