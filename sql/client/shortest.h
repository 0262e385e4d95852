/*
 * Numbers as text and as JSON: of all decimals that read back as the same binary number, one with the fewest digits, and
 * of those the nearest. From Raffaello Giulietti, "The Schubfach way to render doubles" (2020).
 */
#ifndef DEEPDECIPHER_SHORTEST_H
#define DEEPDECIPHER_SHORTEST_H

#include <stddef.h>
#include <stdint.h>

enum { NUMBER_TEXT_SIZE = 32 }; /* bytes that hold any number as text, with its NUL */

/* Prints 3.21, 100.0, -0.0, 0.00001, 1e-6, 1.5e16, as serde_json does; "null" for infinities and NaN. Returns the length. */
size_t float32_print(char text[NUMBER_TEXT_SIZE], float value);
size_t float64_print(char text[NUMBER_TEXT_SIZE], double value);

/* The same for a whole number, without a NUL behind it: at most 20 bytes. */
size_t uint64_print(char *text, uint64_t value);

/* The double nearest to what float32_print gives: 0.1 for 0.1f. */
double float32_as_printed(float value);

#endif
