/*
 * What the token ids in a file of tensors stand for.
 */
#ifndef DEEPDECIPHER_TENSOR_VOCABULARY_H
#define DEEPDECIPHER_TENSOR_VOCABULARY_H

#include "safetensors.h"
#include "service.h"

/* Adds the metadata's `vocabulary`: {"17":" the",…} of these ids of the model's vocabulary; those below 0 stand for no
 * token. False: answered. */
bool tensor_vocabulary_add(struct exchange *x, const struct target *target, const int32_t *ids, size_t count,
                           struct safetensors *file) MUST_CHECK;

#endif
