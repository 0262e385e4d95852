/*
 * The best neurons of a search, kept as they are found: those behind a cursor, at most one page and one more.
 *
 * Better is a higher score; then a larger share of the neuron's own tokens; then the lower key.
 */
#ifndef DEEPDECIPHER_SEARCH_RANK_H
#define DEEPDECIPHER_SEARCH_RANK_H

#include <stdbool.h>
#include <stdint.h>

enum { SEARCH_RANK_MAX = 101 };

struct ranked_neuron {
    double score;
    uint32_t num_matched, num_tokens;
    int64_t neuron_id;
    int model_row; /* the first row of its model's lists */
};

struct search_rank {
    const struct ranked_neuron *after; /* only what comes behind it; NULL: anything */
    int max, count;
    struct ranked_neuron neurons[SEARCH_RANK_MAX]; /* the worst of them first, until search_rank_sort */
};

/* Below 0 when `a` comes before `b`. */
int search_rank_compare(const struct ranked_neuron *a, const struct ranked_neuron *b);
/* Keeps the neuron when it is one of the best. */
void search_rank_offer(struct search_rank *rank, const struct ranked_neuron *neuron);
/* The best first. */
void search_rank_sort(struct search_rank *rank);

#endif
