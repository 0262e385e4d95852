/*
 * The tokens that matter to neurons: Neuron2Graph's file neuron_store.json. Bytes in, terms out. Pure.
 *
 *     {"activating": {" the": ["0_17", "1_3"], …}, "important": {…}}        layer_neuron
 *
 * A file may have hundreds of megabytes, so a neuron takes four bytes here: layer * layer_size + neuron.
 */
#ifndef DEEPDECIPHER_NEURON_STORE_FILE_H
#define DEEPDECIPHER_NEURON_STORE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json_scan.h"

enum store_kind { STORE_ACTIVATING, STORE_IMPORTANT };
enum { STORE_TOKEN_MAX = 1024 }; /* bytes; see the table token */

/* A token of one kind and its neurons. */
struct store_term {
    enum store_kind kind;
    size_t token_at, token_length; /* in `tokens` */
    size_t first, count;           /* in `neurons` */
};

struct neuron_store_file {
    struct store_term *terms; /* by kind and token */
    size_t num_terms, terms_capacity;
    char *tokens;
    size_t tokens_length, tokens_capacity;
    uint32_t *neurons; /* of one term sorted, each once */
    size_t num_neurons, neurons_capacity;
};

/* Reads the whole file of a model with that many layers and neurons in each. False, with a reason of one line,
 * when any of it is wrong: then there is no term. */
bool neuron_store_file_read(struct neuron_store_file *file, const char *bytes, size_t length, int32_t num_layers,
                            int32_t layer_size, char reason[JSON_SCAN_REASON_SIZE]) __attribute__((warn_unused_result));
void neuron_store_file_free(struct neuron_store_file *file);

#endif
