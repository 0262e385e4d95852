/*
 * The service activation_statistics: moments and quantile boundaries of a neuron's activations; of a layer or a model the
 * lowest, mean and highest of them, of a layer also the percentiles. (A service named statistics is often a user's own.)
 */
#ifndef DEEPDECIPHER_FCGI_ACTIVATION_STATISTICS_H
#define DEEPDECIPHER_FCGI_ACTIVATION_STATISTICS_H

#include "service.h"

extern const struct service activation_statistics_service;

#endif
