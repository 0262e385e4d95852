/*
 * What services about single neurons share: asking the database about one, saying what is not there, and writing packed
 * columns as JSON.
 */
#ifndef DEEPDECIPHER_NEURON_SERVICE_H
#define DEEPDECIPHER_NEURON_SERVICE_H

#include "packing.h"
#include "service.h"
#include "token_cache.h"

/* Queues a statement whose parameters are the model's name, the layer and the neuron. */
enum db_status neuron_service_send(struct exchange *x, const struct target *target,
                                   enum statement statement) MUST_CHECK;

/* SERVICE_ABSENT, with the reason that the service knows nothing of a whole model or layer. */
enum service_outcome neuron_service_no_level(const struct target *target, const char *service,
                                             char reason[SERVICE_REASON_SIZE]);
/* SERVICE_ABSENT, with the reason that nothing of the neuron is stored; `kind` is the option for ingest that stores it,
 * with a blank before it. */
enum service_outcome neuron_service_no_data(const struct target *target, const char *what, const char *kind,
                                            char reason[SERVICE_REASON_SIZE]);
/* SERVICE_ANSWERED, with an internal error: what is stored does not fit together. */
enum service_outcome neuron_service_broken(struct exchange *x, const struct target *target, const char *what);

/* "neuron_index":{"layer":0,"neuron":1} */
void neuron_service_index(struct buffer *body, uint32_t layer, uint32_t neuron);

/* Token ids out of a packed column, and the texts they stand for; freed by the caller with free(). NULL: answered. */
uint32_t *neuron_service_tokens(struct exchange *x, const struct target *target, const uint8_t *packed, size_t length,
                                uint32_t count, const struct token_texts **texts) MUST_CHECK;

/* `[1.5,0.25,…]` of the numbers first … first + count - 1, each as the source printed it. The range must lie within. */
void neuron_service_numbers(const struct packed_numbers *numbers, uint32_t first, uint32_t count, struct buffer *body);
/* One of them. */
void neuron_service_number(struct buffer *body, double value);

#endif
