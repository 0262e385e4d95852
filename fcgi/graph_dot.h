/*
 * A graph of Neuron2Graph as DOT text, from the JSON it is stored as.
 */
#ifndef DEEPDECIPHER_FCGI_GRAPH_DOT_H
#define DEEPDECIPHER_FCGI_GRAPH_DOT_H

#include <stdbool.h>

#include "buffer.h"

/*
 * Appends {"graph":[NODE,…],"subgraph_indices":[…]} as DOT, byte for byte as the original system renders it: nodes
 * numbered from 0, edges from what is required to what requires it, one cluster for each distance from the activating tokens.
 * False when `json` is not such a graph.
 */
bool graph_dot_write(const char *json, struct buffer *dot) __attribute__((warn_unused_result));

#endif
