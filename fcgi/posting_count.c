/* Counting in posting lists; see posting_count.h. */
#include "posting_count.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "posting_merge.h"

enum { PLACE_BYTES = 4, NUM_TOKENS_AT = 8 };

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    assert(memory != NULL);
    return memory;
}

static struct posting_count read_entry(const uint8_t *entry)
{
    uint32_t place;
    uint16_t num_tokens;
    memcpy(&place, entry, sizeof place);
    memcpy(&num_tokens, entry + NUM_TOKENS_AT, sizeof num_tokens);
    return (struct posting_count){.place = be32toh(place), .num_lists = 1, .num_tokens = be16toh(num_tokens)};
}

/* Sorts by one byte of the place, keeping the order of those that are equal in it. */
static void sort_by_byte(const struct posting_count from[], struct posting_count to[], size_t count, int byte)
{
    size_t starts[UINT8_MAX + 2] = {0};
    for (size_t i = 0; i < count; i++)
        starts[(from[i].place >> 8 * byte & UINT8_MAX) + 1]++;
    for (int value = 1; value <= UINT8_MAX; value++)
        starts[value] += starts[value - 1];
    for (size_t i = 0; i < count; i++)
        to[starts[from[i].place >> 8 * byte & UINT8_MAX]++] = from[i];
}

/* Makes one of those that have the same place, and stand together. */
static size_t add_up(struct posting_count counts[], size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && counts[kept - 1].place == counts[i].place)
            counts[kept - 1].num_lists++;
        else
            counts[kept++] = counts[i];
    }
    return kept;
}

struct posting_count *posting_count(const uint8_t *entries, size_t count, size_t *num_counts)
{
    *num_counts = 0;
    if (count == 0)
        return NULL;
    struct posting_count *counts = allocate(count, sizeof *counts), *other = allocate(count, sizeof *other);
    for (size_t i = 0; i < count; i++)
        counts[i] = read_entry(entries + i * POSTING_BYTES);
    for (int byte = 0; byte < PLACE_BYTES; byte += 2) {
        sort_by_byte(counts, other, count, byte);
        sort_by_byte(other, counts, count, byte + 1);
    }
    free(other);
    *num_counts = add_up(counts, count);
    return counts;
}
