/*
 * A graph of Neuron2Graph in the forms that are stored: the JSON that the API serves, and the tokens of its nodes. Pure.
 *
 * The JSON keeps labels as DOT writes them, always in quotes: {"importance":0.47,"required":[9],"token":"\" the\""}.
 */
#ifndef DEEPDECIPHER_NEURON_GRAPH_H
#define DEEPDECIPHER_NEURON_GRAPH_H

#include <stddef.h>

#include "dot_graph.h"
#include "text.h"

/* Importance of a node: 1 - green / 255 of its colour, as float32. */
float neuron_graph_importance(const struct dot_node *node);

/* Appends {"graph":[NODE,…],"subgraph_indices":[…]} without blanks. */
void neuron_graph_write(const struct dot_graph *graph, struct text *json);

/*
 * Appends the token that a label stands for. Neuron2Graph writes a token as JSON does, takes [ ] and " off its ends and
 * escapes \ for DOT; a token that holds " is not written as JSON and keeps its ends; one of blanks only stands between ' '.
 * All but the brackets is undone here; NUL, which no text column can hold, becomes U+2400.
 */
void neuron_graph_token(const struct dot_label *label, struct text *token);

#endif
