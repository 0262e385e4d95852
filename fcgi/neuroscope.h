/*
 * The service neuroscope: maximum activating texts of a neuron, and the neurons of a layer or model by importance.
 * A neuron's texts are the hot path of the whole program: some 20,000 tokens and as many numbers a reply.
 */
#ifndef DEEPDECIPHER_FCGI_NEUROSCOPE_H
#define DEEPDECIPHER_FCGI_NEUROSCOPE_H

#include "packing.h"
#include "service.h"

extern const struct service neuroscope_service;

/* Columns of STATEMENT_NEUROSCOPE_NEURON. */
enum {
    NEUROSCOPE_DATA_INDEX,
    NEUROSCOPE_MAX_RANGE,
    NEUROSCOPE_MIN_RANGE,
    NEUROSCOPE_MAX_ACTIVATION,
    NEUROSCOPE_MIN_ACTIVATION,
    NEUROSCOPE_MAX_POSITION,
    NEUROSCOPE_ACTIVATIONS_AT,
    NEUROSCOPE_NUM_TOKENS,
    NEUROSCOPE_TOKENS,
    NEUROSCOPE_ACTIVATIONS
};

/* Unpacks a row's token ids (room for its num_tokens) and opens its activations; false when the stored bytes do not fit
 * together. `rows` are of STATEMENT_NEUROSCOPE_NEURON. */
bool neuroscope_open_row(const PGresult *rows, int row, uint32_t *ids, struct packed_numbers *numbers);

/* "Database has no neuroscope data for neuron …" */
void neuroscope_explain_absence(const struct target *target, char reason[SERVICE_REASON_SIZE]);

/* The numbers of a neuron's texts as tensors: see struct service. */
enum service_outcome neuroscope_write_tensors(struct exchange *x, const struct target *target,
                                              PGresult *const answers[], struct safetensors *file,
                                              char reason[SERVICE_REASON_SIZE]);

#endif
