/*
 * How numbers are spread: how many lie in each of some bins of equal width. Pure.
 */
#ifndef DEEPDECIPHER_HISTOGRAM_H
#define DEEPDECIPHER_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

enum { HISTOGRAM_BINS_MAX = 200 };

struct histogram {
    double low, high; /* the lowest and the highest of the numbers; both 0 when there is none */
    size_t num_bins;
    uint32_t counts[HISTOGRAM_BINS_MAX]; /* [num_bins] */
};

/* Counts `values`; those that are not finite are left out. Bin i holds what lies from low + i * (high - low) / num_bins
 * up to where the next begins, the last one also `high`; numbers that are all the same are in the first. `num_bins` is
 * 1 to HISTOGRAM_BINS_MAX. */
void histogram_count(struct histogram *histogram, const double *values, size_t count, size_t num_bins);

/* {"counts":[3,0,1],"high":2.5,"low":-0.5} */
void histogram_write(const struct histogram *histogram, struct buffer *body);

#endif
