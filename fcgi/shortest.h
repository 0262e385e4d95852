/*
 * Shortest decimals: of all that read back as the same binary number, one with the fewest digits, and of those
 * the nearest. From Raffaello Giulietti, "The Schubfach way to render doubles" (2020).
 */
#ifndef DEEPDECIPHER_SHORTEST_H
#define DEEPDECIPHER_SHORTEST_H

#include <stdint.h>

/* digits * 10^exponent; the last digit is not 0. */
struct shortest {
    uint64_t digits; /* at most 17 */
    int exponent;
};

/* The sign of `value` is left out; it must be finite and not 0. */
struct shortest shortest_float32(float value);
struct shortest shortest_float64(double value);

#endif
