/*
 * bfloat16 numbers as the sources print them: rounded to six decimals, halves to even.
 * The same numbers are in the table bfloat16 of the database.
 */
#ifndef DEEPDECIPHER_BFLOAT16_H
#define DEEPDECIPHER_BFLOAT16_H

#include <stdbool.h>
#include <stdint.h>

/* JSON text of one number and a comma behind it, so that a writer copies the whole cell and moves on by `length`. */
struct bfloat16_text {
    char text[23];
    uint8_t length; /* bytes, the comma included */
};

/* Makes the tables, in about 30 ms. Call it once, before forking, so that all processes share them. */
void bfloat16_init(void);

/* [65536], by code. Infinities and NaN read "null,". */
extern struct bfloat16_text bfloat16_texts[65536];

/* The number that `code` stands for, as printed: the double nearest to the six decimals. NaN for infinities and NaN. */
double bfloat16_value(uint16_t code);

/* Finds a code whose printed form is exactly `value`. False when there is none. */
bool bfloat16_find(double value, uint16_t *code);

#endif
