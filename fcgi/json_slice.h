/*
 * A value out of a JSON text, as the bytes that stand there: numbers keep their digits. Pure.
 */
#ifndef DEEPDECIPHER_JSON_SLICE_H
#define DEEPDECIPHER_JSON_SLICE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds `path` in `text`: "score", "firing.f1_score", "texts.0.tokens" (elements of lists count from 0). A key that is
 * all of the rest of the path goes before one that ends at its first dot. False when there is no such value.
 * `text` should be valid JSON; whatever it is, nothing beyond it is read.
 */
bool json_slice_find(const char *text, size_t length, const char *path, size_t path_length, const char **value,
                     size_t *value_length);

#endif
