/*
 * Intersecting posting lists: which neurons of one model have a token of every group, and how well they fit.
 *
 *     group 0: " he" or " He"      group 1: " she"      not: " it"
 *
 * A list's entries are ten bytes each, in order of places (layer * layer_size + index): see posting_list in the database.
 * A neuron's best importance in each group is added up; one without importance counts as 0. Pure.
 */
#ifndef DEEPDECIPHER_POSTING_MERGE_H
#define DEEPDECIPHER_POSTING_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POSTING_BYTES = 10, POSTING_GROUP_NOT = -1 };

struct posting_list {
    const uint8_t *entries;
    size_t count;
    int group;         /* from 0, or POSTING_GROUP_NOT */
    bool is_own_token; /* its neurons' num_tokens count it: no peak, and not listed twice */
};

struct posting_match {
    uint32_t place;
    uint16_t num_tokens;  /* of the neuron; 0 when its tokens are not known */
    uint16_t num_matched; /* of these */
    float best;           /* in the group under way; below 0: none yet */
    double sum;           /* of the groups' best importances */
};

/* The neurons that have one of the lists of each of `num_groups` groups and none of the others, in order of places; to be
 * freed. NULL when there are none; `*num_matches` is then 0. Dies of lack of memory. */
struct posting_match *posting_merge(const struct posting_list lists[], size_t count, int num_groups,
                                    size_t *num_matches);

/* Finds a place in a list; its importance is NaN when it has none. */
bool posting_find(const struct posting_list *list, uint32_t place, float *importance);

#endif
