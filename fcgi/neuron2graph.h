/*
 * The service neuron2graph: a neuron's graph, as JSON and as DOT, and the neurons that are like it. In a neuron's one
 * document also how well the graph foretells where the neuron fires.
 */
#ifndef DEEPDECIPHER_FCGI_NEURON2GRAPH_H
#define DEEPDECIPHER_FCGI_NEURON2GRAPH_H

#include "service.h"

extern const struct service neuron2graph_service;

#endif
