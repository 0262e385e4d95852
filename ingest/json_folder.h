/*
 * A folder of JSON documents: model.json, {layer}.json and {layer}/{neuron}.json. What it has, and what in it can be
 * nobody's.
 */
#ifndef DEEPDECIPHER_JSON_FOLDER_H
#define DEEPDECIPHER_JSON_FOLDER_H

#include <stdint.h>

/* As source.h has them. */
char *json_folder_neurons(const char *folder, int32_t layer);
int json_folder_check(const char *folder, int32_t num_layers, int32_t layer_size);

#endif
