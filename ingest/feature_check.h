/*
 * Do the values of an export's line fit together? Pure.
 */
#ifndef DEEPDECIPHER_FEATURE_CHECK_H
#define DEEPDECIPHER_FEATURE_CHECK_H

#include "feature_line.h"

/* For a line that was read to its end. False with a one-line reason. */
bool feature_line_check(const struct feature_line *line, enum feature_line_kind kind, int32_t layer_size,
                        char reason[JSON_SCAN_REASON_SIZE]) __attribute__((warn_unused_result));

#endif
