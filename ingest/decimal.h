/*
 * Decimal numbers as JSON writes them, read to the nearest double. Pure.
 */
#ifndef DEEPDECIPHER_DECIMAL_H
#define DEEPDECIPHER_DECIMAL_H

enum { DECIMAL_MAX_BYTES = 63 };

/*
 * Reads the number that begins at `at` (`-0.0`, `1e-06`, `17`; no leading `+`, zeros or blanks) and ends at or before
 * `end`. Returns the byte behind it with the correctly rounded `value`; or NULL when there is none, when it
 * is longer than DECIMAL_MAX_BYTES or when it is too big for a double.
 */
const char *decimal_read(const char *at, const char *end, double *value);

#endif
