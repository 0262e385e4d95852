/*
 * The service connections: the neurons that a neuron is connected to most strongly, on both sides and with both signs;
 * and with ?depth=2 or 3 those that they are connected to in turn, `limit` neurons at most.
 */
#ifndef DEEPDECIPHER_FCGI_CONNECTION_H
#define DEEPDECIPHER_FCGI_CONNECTION_H

#include "service.h"

enum { CONNECTION_DEPTH_MAX = 3, CONNECTION_LIMIT = 100, CONNECTION_LIMIT_MAX = 500 };

extern const struct service connections_service;

#endif
