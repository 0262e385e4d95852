/*
 * Tensors in the safetensors format: eight bytes with the length of a JSON header, the header, the numbers.
 *
 *     struct safetensors file = {0};
 *     safetensors_meta(&file, "model", name, strlen(name));
 *     memcpy(safetensors_add(&file, "lengths", TENSOR_I32, (size_t[]){count}, 1), lengths, count * 4);
 *     safetensors_write(&file, body);
 *     safetensors_clear(&file);
 */
#ifndef DEEPDECIPHER_SAFETENSORS_H
#define DEEPDECIPHER_SAFETENSORS_H

#include "buffer.h"

enum tensor_type { TENSOR_F32, TENSOR_F64, TENSOR_I32, TENSOR_I64 };

/* All zeros is an empty file; fails once and stays failed, as buffers do. */
struct safetensors {
    struct buffer header, metadata, numbers;
};

/* Adds a text to the metadata; keys must differ. */
void safetensors_meta(struct safetensors *file, const char *key, const char *text, size_t length);

/* Adds a tensor of up to three dimensions; gives the place for its numbers, to be filled row by row, low bytes first,
 * before the next call. NULL when the file failed or the tensor is empty. */
void *safetensors_add(struct safetensors *file, const char *name, enum tensor_type type, const size_t shape[],
                      int rank);

void safetensors_write(const struct safetensors *file, struct buffer *body);
void safetensors_clear(struct safetensors *file);

#endif
