/*
 * How well Neuron2Graph's graphs foretell their neurons: its file stats.json. Bytes in, rows out. Pure.
 *
 *     {"0": {"17": {"accuracy": 0.98, "non_firing": {"precision": …, "recall": …, "f1_score": …, "count": 2507},
 *                   "firing": {…}}}}                                 layer, neuron; NaN where nothing was counted
 */
#ifndef DEEPDECIPHER_GRAPH_STATS_H
#define DEEPDECIPHER_GRAPH_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json_scan.h"

/* Of the tokens on which the neuron fires, or of the others. From 0 to 1, or NaN. */
struct graph_score {
    double precision, recall, f1_score;
    int32_t count; /* tokens */
};

struct graph_fit {
    int32_t layer, neuron;
    double accuracy;
    struct graph_score firing, non_firing;
};

struct graph_stats {
    struct graph_fit *fits; /* by layer and neuron */
    size_t count, capacity;
};

/* Reads the whole file of a model with that many layers and neurons in each. False, with a reason of one line,
 * when any of it is wrong: then there are none. */
bool graph_stats_read(struct graph_stats *stats, const char *bytes, size_t length, int32_t num_layers,
                      int32_t layer_size, char reason[JSON_SCAN_REASON_SIZE]) __attribute__((warn_unused_result));
void graph_stats_free(struct graph_stats *stats);

#endif
