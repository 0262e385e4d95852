/*
 * A walk along a model's connections from one neuron, hop by hop in one direction, strongest first. It knows no database:
 * it is given the connections of the neurons that it has reached.
 *
 * Hop h of depth d gives at most the d - h + 1st part of what is left of the limit, so that every hop gives something.
 */
#ifndef DEEPDECIPHER_FCGI_CONNECTION_WALK_H
#define DEEPDECIPHER_FCGI_CONNECTION_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WALK_NEURONS_MAX = 500 };

/* Neurons are numbered layer * layer_size + index. */
struct walk_edge {
    uint32_t from, to; /* `from` was reached before `to`, or with it */
    double weight;
};

struct walk {
    int depth, hop; /* hops in all, hops made */
    size_t limit;   /* neurons at most, without the first; WALK_NEURONS_MAX at most */
    size_t count;   /* neurons reached; the first is where the walk began */
    uint32_t neurons[WALK_NEURONS_MAX + 1];
    uint8_t hops[WALK_NEURONS_MAX + 1]; /* [count] */
    size_t frontier;                    /* neurons from here on were reached by the last hop */
    struct walk_edge *edges;            /* between neurons reached, in the order in which they were met */
    size_t num_edges;
    /* private: */
    struct walk_edge *offers; /* connections of the frontier */
    size_t num_offers, offers_capacity, edges_capacity;
};

void walk_start(struct walk *walk, uint32_t neuron, int depth, size_t limit);
void walk_clear(struct walk *walk);

/* Offers a connection of a neuron of the frontier. */
void walk_offer(struct walk *walk, uint32_t from, uint32_t to, double weight);

/* Makes a hop along what was offered. True when there is a frontier whose connections are to be offered for another. */
bool walk_hop(struct walk *walk);

#endif
