/* The best neurons of a search; see search_rank.h. */
#include "search_rank.h"

#include <stdlib.h>

int search_rank_compare(const struct ranked_neuron *a, const struct ranked_neuron *b)
{
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    /* Shares, without dividing. A neuron whose tokens are not known has none matched either. */
    uint64_t left = (uint64_t)a->num_matched * (b->num_tokens > 0 ? b->num_tokens : 1);
    uint64_t right = (uint64_t)b->num_matched * (a->num_tokens > 0 ? a->num_tokens : 1);
    if (left != right)
        return left > right ? -1 : 1;
    return (a->neuron_id > b->neuron_id) - (a->neuron_id < b->neuron_id);
}

/* Lets the neuron at `i` sink until no worse one is below it: the worst is at 0. */
static void sink(struct search_rank *rank, int i)
{
    struct ranked_neuron neuron = rank->neurons[i];
    for (int child; (child = 2 * i + 1) < rank->count; i = child) {
        if (child + 1 < rank->count && search_rank_compare(&rank->neurons[child + 1], &rank->neurons[child]) > 0)
            child++;
        if (search_rank_compare(&rank->neurons[child], &neuron) < 0)
            break;
        rank->neurons[i] = rank->neurons[child];
    }
    rank->neurons[i] = neuron;
}

static void rise(struct search_rank *rank, int i)
{
    struct ranked_neuron neuron = rank->neurons[i];
    for (; i > 0 && search_rank_compare(&rank->neurons[(i - 1) / 2], &neuron) < 0; i = (i - 1) / 2)
        rank->neurons[i] = rank->neurons[(i - 1) / 2];
    rank->neurons[i] = neuron;
}

void search_rank_offer(struct search_rank *rank, const struct ranked_neuron *neuron)
{
    if (rank->after != NULL && search_rank_compare(neuron, rank->after) <= 0)
        return;
    if (rank->count < rank->max) {
        rank->neurons[rank->count] = *neuron;
        rise(rank, rank->count++);
    } else if (search_rank_compare(neuron, &rank->neurons[0]) < 0) {
        rank->neurons[0] = *neuron;
        sink(rank, 0);
    }
}

static int compare(const void *a, const void *b)
{
    return search_rank_compare(a, b);
}

void search_rank_sort(struct search_rank *rank)
{
    qsort(rank->neurons, (size_t)rank->count, sizeof rank->neurons[0], compare);
}
