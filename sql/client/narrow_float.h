/*
 * Numbers of sixteen bits that stand for themselves, to the last digit: bfloat16 and IEEE halves.
 * (bfloat16.h has those that sources print rounded.)
 */
#ifndef DEEPDECIPHER_NARROW_FLOAT_H
#define DEEPDECIPHER_NARROW_FLOAT_H

#include <stdbool.h>
#include <stdint.h>

/* Finds the code of exactly `value`; False when there is none. */
bool exact_bfloat16_find(double value, uint16_t *code);
double exact_bfloat16_value(uint16_t code);

/* The same for IEEE halves; infinities and NaN have no code. */
bool half_find(double value, uint16_t *code);
double half_value(uint16_t code);

#endif
