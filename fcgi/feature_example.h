/*
 * The service feature_examples: texts with a feature's activations, by bins of its activation, as Neuronpedia exports them.
 */
#ifndef DEEPDECIPHER_FCGI_FEATURE_EXAMPLE_H
#define DEEPDECIPHER_FCGI_FEATURE_EXAMPLE_H

#include "service.h"

extern const struct service feature_examples_service;

#endif
