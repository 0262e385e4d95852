/*
 * Counting in posting lists: how many of a few lists each neuron of a model is in. Pure.
 */
#ifndef DEEPDECIPHER_POSTING_COUNT_H
#define DEEPDECIPHER_POSTING_COUNT_H

#include <stddef.h>
#include <stdint.h>

struct posting_count {
    uint32_t place;      /* layer * layer_size + index */
    uint32_t num_lists;  /* lists that it is in, 1 at least */
    uint16_t num_tokens; /* of the neuron itself */
};

/* Counts the `count` entries of lists that stand one behind the other, in any order; see posting_merge.h for an entry. Gives
 * the neurons in order of places, to be freed, and their number in `*num_counts`; NULL when there are none. Dies of lack of
 * memory. */
struct posting_count *posting_count(const uint8_t *entries, size_t count, size_t *num_counts);

#endif
