/*
 * The table of models on neuroscope.io's first page: bytes in, rows out. Pure.
 */
#ifndef DEEPDECIPHER_NEUROSCOPE_INDEX_H
#define DEEPDECIPHER_NEUROSCOPE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct site_model {
    char *name;                /* "solu-1l"; text of the link */
    char *activation_function; /* "solu" */
    char *dataset;
    uint32_t num_layers, layer_size;
    uint64_t num_total_neurons, num_total_parameters;
};

struct site_index {
    size_t count;
    struct site_model *models; /* [count], in the page's order */
};

enum { INDEX_REASON_SIZE = 256 };

/* Reads `html`. Returns true with `index` owned by the caller, or false with a one-line reason and `index` empty. */
bool site_index_read(struct site_index *index, const char *html, size_t length, char reason[INDEX_REASON_SIZE])
    __attribute__((warn_unused_result));
void site_index_clear(struct site_index *index);

#endif
