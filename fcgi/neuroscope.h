/*
 * The service neuroscope: maximum activating texts of a neuron, and the neurons of a layer or model by importance.
 * A neuron's texts are the hot path of the whole program: some 20,000 tokens and as many numbers a reply.
 */
#ifndef DEEPDECIPHER_FCGI_NEUROSCOPE_H
#define DEEPDECIPHER_FCGI_NEUROSCOPE_H

#include "service.h"

extern const struct service neuroscope_service;

#endif
