/*
 * The services neuron_explainer, OpenAI's explanation of a neuron as the original shows it, and explanations: all of a
 * neuron, of all sources, and with ?simulations=1 the texts that they were scored on.
 */
#ifndef DEEPDECIPHER_FCGI_EXPLANATION_H
#define DEEPDECIPHER_FCGI_EXPLANATION_H

#include "service.h"

extern const struct service neuron_explainer_service, explanations_service;

#endif
