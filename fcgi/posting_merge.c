/* Intersecting posting lists; see posting_merge.h. */
#include "posting_merge.h"

#include <assert.h>
#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t place_at(const struct posting_list *list, size_t i)
{
    uint32_t big;
    memcpy(&big, list->entries + i * POSTING_BYTES, sizeof big);
    return be32toh(big);
}

static float importance_at(const struct posting_list *list, size_t i)
{
    uint32_t bits;
    float importance;
    memcpy(&bits, list->entries + i * POSTING_BYTES + 4, sizeof bits);
    bits = be32toh(bits);
    memcpy(&importance, &bits, sizeof importance);
    return importance;
}

static uint16_t num_tokens_at(const struct posting_list *list, size_t i)
{
    uint16_t big;
    memcpy(&big, list->entries + i * POSTING_BYTES + 8, sizeof big);
    return be16toh(big);
}

/* The first entry from `at` on whose place is not before `place`. In growing steps, so that passing many entries by costs
 * little and the next one nothing. */
static size_t seek(const struct posting_list *list, size_t at, uint32_t place)
{
    size_t step = 1, low = at, high;
    while (low + step < list->count && place_at(list, low + step) < place) {
        low += step;
        step *= 2;
    }
    high = low + step < list->count ? low + step : list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (place_at(list, middle) < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void note(struct posting_match *match, const struct posting_list *list, size_t i)
{
    float importance = importance_at(list, i);
    if (!(importance >= 0))
        importance = 0;
    if (importance > match->best)
        match->best = importance;
    match->num_matched += list->is_own_token;
}

static struct posting_match match_of(const struct posting_list *list, size_t i)
{
    struct posting_match match = {.place = place_at(list, i), .num_tokens = num_tokens_at(list, i), .best = -1};
    note(&match, list, i);
    return match;
}

/* The matches so far and a further list of the first group, as one. */
static struct posting_match *add_list(struct posting_match *before, size_t *count, const struct posting_list *list)
{
    struct posting_match *after = malloc((*count + list->count + 1) * sizeof *after);
    size_t i = 0, j = 0, num = 0;
    assert(after != NULL);
    while (i < *count || j < list->count) {
        if (j == list->count || (i < *count && before[i].place < place_at(list, j))) {
            after[num++] = before[i++];
        } else if (i == *count || place_at(list, j) < before[i].place) {
            after[num++] = match_of(list, j++);
        } else {
            note(&before[i], list, j++);
            after[num++] = before[i++];
        }
    }
    free(before);
    *count = num;
    return after;
}

/* Looks each match up in a list. */
static void visit_list(struct posting_match matches[], size_t count, const struct posting_list *list)
{
    size_t at = 0;
    for (size_t i = 0; i < count && at < list->count; i++) {
        at = seek(list, at, matches[i].place);
        if (at < list->count && place_at(list, at) == matches[i].place)
            note(&matches[i], list, at);
    }
}

/* Ends a group: those that it has not are left out, or those that it has when it is the group that must not be. */
static size_t end_group(struct posting_match matches[], size_t count, bool is_wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if ((matches[i].best >= 0) != is_wanted)
            continue;
        matches[kept] = matches[i];
        if (is_wanted)
            matches[kept].sum += (double)matches[i].best;
        matches[kept++].best = -1;
    }
    return kept;
}

/* The group with the fewest entries. */
static int smallest_group(const struct posting_list lists[], size_t count, int num_groups)
{
    size_t fewest = SIZE_MAX;
    int smallest = 0;
    for (int group = 0; group < num_groups; group++) {
        size_t entries = 0;
        for (size_t i = 0; i < count; i++)
            entries += lists[i].group == group ? lists[i].count : 0;
        if (entries >= fewest)
            continue;
        fewest = entries;
        smallest = group;
    }
    return smallest;
}

static size_t visit_group(struct posting_match matches[], size_t num, const struct posting_list lists[], size_t count,
                          int group)
{
    for (size_t i = 0; i < count; i++)
        if (lists[i].group == group)
            visit_list(matches, num, &lists[i]);
    return end_group(matches, num, group != POSTING_GROUP_NOT);
}

struct posting_match *posting_merge(const struct posting_list lists[], size_t count, int num_groups,
                                    size_t *num_matches)
{
    int first = smallest_group(lists, count, num_groups);
    struct posting_match *matches = NULL;
    size_t num = 0;
    for (size_t i = 0; i < count; i++)
        if (lists[i].group == first)
            matches = add_list(matches, &num, &lists[i]);
    num = end_group(matches, num, true);
    for (int group = 0; group < num_groups && num > 0; group++)
        if (group != first)
            num = visit_group(matches, num, lists, count, group);
    if (num > 0)
        num = visit_group(matches, num, lists, count, POSTING_GROUP_NOT);
    *num_matches = num;
    if (num > 0)
        return matches;
    free(matches);
    return NULL;
}

bool posting_find(const struct posting_list *list, uint32_t place, float *importance)
{
    size_t at = seek(list, 0, place);
    if (at == list->count || place_at(list, at) != place)
        return false;
    *importance = importance_at(list, at);
    return true;
}
