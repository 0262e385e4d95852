/*
 * The files of related-neurons and related-tokens, read: what a neuron is tied to most strongly.
 *     related-neurons/weight-based/{layer}/{neuron}.json     other neurons, on both sides
 *     related-tokens/weight-based/{layer}/{neuron}.json      tokens it reads and writes
 *     related-tokens/activation-based/{layer}/{neuron}.json  tokens by their mean activation
 * They do not say which neuron they are about. Pure: no network, no database, no globals.
 */
#ifndef DEEPDECIPHER_EXPLAINER_WEIGHTS_H
#define DEEPDECIPHER_EXPLAINER_WEIGHTS_H

#include "explainer_document.h"

enum { EXPLAINER_WEIGHTS_MAX = 1000 }; /* of one list */

/* Two lists, one after the other: positive weights, then negative ones. */
struct explainer_side {
    bool is_there; /* the file has null where it is not */
    size_t num_positive, count;
    uint32_t *neurons;         /* layer * layer_size + index */
    struct page_token *tokens; /* or these */
    double *weights;
};

enum { SIDE_UPSTREAM, SIDE_DOWNSTREAM };
enum { SIDE_INPUT, SIDE_OUTPUT };

struct explainer_weights {
    struct explainer_document document;
    struct explainer_side sides[2];
};

/* Each reads a file of a model of that shape. False with a one-line reason; then nothing of it may be used. Either way
 * `weights` is cleared in the end. */
bool explainer_connections_read(struct explainer_weights *weights, const char *bytes, size_t length, int32_t num_layers,
                                int32_t layer_size, char reason[JSON_REASON_SIZE]) __attribute__((warn_unused_result));
bool explainer_token_weights_read(struct explainer_weights *weights, const char *bytes, size_t length,
                                  char reason[JSON_REASON_SIZE]) __attribute__((warn_unused_result));
/* One list: sides[0], all of it "positive". */
bool explainer_token_averages_read(struct explainer_weights *weights, const char *bytes, size_t length,
                                   char reason[JSON_REASON_SIZE]) __attribute__((warn_unused_result));
void explainer_weights_clear(struct explainer_weights *weights);

#endif
