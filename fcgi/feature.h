/*
 * The service features: what Neuronpedia says of a feature in numbers: how often it is active, which logits it moves, and which
 * features and neurons it is like.
 */
#ifndef DEEPDECIPHER_FCGI_FEATURE_H
#define DEEPDECIPHER_FCGI_FEATURE_H

#include "service.h"

extern const struct service features_service;

/* SERVICE_ABSENT, with the reason that `what` of the neuron is not stored, and the command that stores it. */
enum service_outcome feature_absent(const struct target *target, const char *what, char reason[SERVICE_REASON_SIZE]);

#endif
