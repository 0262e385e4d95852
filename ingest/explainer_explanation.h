/*
 * explanations/{layer}/{neuron}.jsonl, read: what the neuron is said to do, and the simulations that scored it.
 * Pure: no network, no database, no globals.
 */
#ifndef DEEPDECIPHER_EXPLAINER_EXPLANATION_H
#define DEEPDECIPHER_EXPLAINER_EXPLANATION_H

#include "explainer_document.h"

enum { EXPLANATIONS_MAX = 100, EXPLANATION_SEQUENCES_MAX = 200, EXPLANATION_BYTES_MAX = 16384 };

enum { SCORE_CORRELATION, SCORE_RSQUARED, SCORE_ABSOLUTE_DEV, NUM_SCORES };

/* A text that an explanation was scored on. */
struct explainer_sequence {
    size_t num_tokens; /* at least one */
    struct page_token *tokens;
    double *simulated, *activations; /* [num_tokens]: guessed, and as they are */
    double scores[NUM_SCORES];       /* NaN: the file has null */
};

struct explainer_explanation {
    const char *text; /* UTF-8; a NUL in it is U+2400 */
    size_t length;    /* bytes */
    double scores[NUM_SCORES];
    const char *activation_scale; /* of all its sequences; "" when it has none */
    size_t num_sequences;
    struct explainer_sequence *sequences;
};

struct explainer_explanations {
    struct explainer_document document;
    size_t count;
    struct explainer_explanation *explanations;
};

/* Reads the file of neuron `neuron` in layer `layer`. False with a one-line reason; then nothing of it may be used.
 * Either way it is cleared in the end. */
bool explainer_explanations_read(struct explainer_explanations *explanations, const char *bytes, size_t length,
                                 int32_t layer, int32_t neuron, char reason[JSON_REASON_SIZE])
    __attribute__((warn_unused_result));
void explainer_explanations_clear(struct explainer_explanations *explanations);

#endif
