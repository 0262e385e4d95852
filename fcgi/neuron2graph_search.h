/*
 * The service neuron2graph-search: the neurons of a model that have tokens.
 *
 *     /api/gpt2-small/neuron2graph-search?query=activating:the,any:%20cat
 *
 * gives those that the token `the` activates and to which ` cat` matters in any way, as [{"layer":0,"neuron":17},…]. A
 * token is matched exactly and whole; one that holds a comma or a colon can not be asked for.
 */
#ifndef DEEPDECIPHER_FCGI_NEURON2GRAPH_SEARCH_H
#define DEEPDECIPHER_FCGI_NEURON2GRAPH_SEARCH_H

#include "service.h"

extern const struct service neuron2graph_search_service;

#endif
