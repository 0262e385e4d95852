/*
 * The service records: short texts with a neuron's activations: the highest, some at random, and some of each quantile.
 */
#ifndef DEEPDECIPHER_FCGI_RECORD_H
#define DEEPDECIPHER_FCGI_RECORD_H

#include "service.h"

extern const struct service records_service;

#endif
