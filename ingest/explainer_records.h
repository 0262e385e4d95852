/*
 * collated-activations/{layer}/{neuron}.json, read: moments of a neuron's activations and short texts with them.
 * Pure: no network, no database, no globals.
 */
#ifndef DEEPDECIPHER_EXPLAINER_RECORDS_H
#define DEEPDECIPHER_EXPLAINER_RECORDS_H

#include "explainer_document.h"

enum { EXPLAINER_RECORDS_MAX = 1000, EXPLAINER_QUANTILES_MAX = 100 };

enum { MOMENT_MEAN, MOMENT_VARIANCE, MOMENT_SKEWNESS, MOMENT_KURTOSIS, NUM_MOMENTS };

struct explainer_record {
    size_t num_tokens; /* at least one */
    struct page_token *tokens;
    double *activations; /* [num_tokens] */
};

struct explainer_records {
    struct explainer_document document;
    double moments[NUM_MOMENTS]; /* NaN: the file has null */
    size_t num_boundaries;
    double *boundaries; /* of quantiles; NaN likewise */
    size_t num_top, num_random, num_quantiles;
    size_t quantile_sizes[EXPLAINER_QUANTILES_MAX]; /* [num_quantiles] */
    size_t count;                                   /* of all records: top, then random, then by quantile */
    struct explainer_record records[EXPLAINER_RECORDS_MAX];
};

/* Reads the file of neuron `neuron` in layer `layer`. False with a one-line reason; then nothing of it may be used.
 * Either way it is cleared in the end. */
bool explainer_records_read(struct explainer_records *records, const char *bytes, size_t length, int32_t layer,
                            int32_t neuron, char reason[JSON_REASON_SIZE]) __attribute__((warn_unused_result));
void explainer_records_clear(struct explainer_records *records);

#endif
