/* A walk along connections; see connection_walk.h. */
#include "connection_walk.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

void walk_start(struct walk *walk, uint32_t neuron, int depth, size_t limit)
{
    assert(limit <= WALK_NEURONS_MAX);
    *walk = (struct walk){.depth = depth, .limit = limit, .count = 1, .neurons = {neuron}};
}

void walk_clear(struct walk *walk)
{
    free(walk->edges);
    free(walk->offers);
    walk->edges = walk->offers = NULL;
}

static void add_edge(struct walk_edge **edges, size_t *count, size_t *capacity, struct walk_edge edge)
{
    if (*count == *capacity) {
        *capacity = 2 * *capacity + 256;
        *edges = realloc(*edges, *capacity * sizeof **edges);
        assert(*edges != NULL);
    }
    (*edges)[(*count)++] = edge;
}

void walk_offer(struct walk *walk, uint32_t from, uint32_t to, double weight)
{
    add_edge(&walk->offers, &walk->num_offers, &walk->offers_capacity, (struct walk_edge){from, to, weight});
}

/* Strongest first; a fixed order among equals. */
static int compare_offers(const void *a, const void *b)
{
    const struct walk_edge *left = a, *right = b;
    double difference = fabs(right->weight) - fabs(left->weight);
    if (difference != 0)
        return difference > 0 ? 1 : -1;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return left->to < right->to ? -1 : left->to > right->to;
}

/* Neurons reached, by number: cells hold a place in `neurons` and one, 0 is empty. */
enum { CELLS = 2048 };
_Static_assert(CELLS >= 2 * (WALK_NEURONS_MAX + 1), "probing must end");

static uint16_t *find_cell(const struct walk *walk, uint16_t cells[CELLS], uint32_t neuron)
{
    for (uint32_t place = neuron * 2654435761u >> 16;; place++) {
        uint16_t *cell = &cells[place % CELLS];
        if (*cell == 0 || walk->neurons[*cell - 1] == neuron)
            return cell;
    }
}

bool walk_hop(struct walk *walk)
{
    uint16_t cells[CELLS] = {0};
    size_t hops_left = (size_t)(walk->depth - walk->hop), left = walk->limit + 1 - walk->count;
    size_t end = walk->count + (left + hops_left - 1) / hops_left;
    for (size_t i = 0; i < walk->count; i++)
        *find_cell(walk, cells, walk->neurons[i]) = (uint16_t)(i + 1);
    if (walk->num_offers > 0)
        qsort(walk->offers, walk->num_offers, sizeof *walk->offers, compare_offers);
    walk->frontier = walk->count;
    walk->hop++;
    for (size_t i = 0; i < walk->num_offers; i++) {
        uint16_t *cell = find_cell(walk, cells, walk->offers[i].to);
        if (*cell == 0 && walk->count < end) {
            walk->neurons[walk->count] = walk->offers[i].to;
            walk->hops[walk->count] = (uint8_t)walk->hop;
            *cell = (uint16_t)++walk->count;
        }
        if (*cell != 0)
            add_edge(&walk->edges, &walk->num_edges, &walk->edges_capacity, walk->offers[i]);
    }
    walk->num_offers = 0;
    return walk->hop < walk->depth && walk->frontier < walk->count && walk->count <= walk->limit;
}
