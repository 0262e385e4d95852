/*
 * Packed columns: token ids (text.tokens) and activations (neuron.activations).
 * The SQL functions unpack_tokens() and unpack_activations() read the same bytes.
 *
 * Tokens are LEB128 numbers. Frequent tokens have low ids, as ids are given in the order in
 * which tokens are first met, so most take one byte or two.
 *
 * Activations of a neuron's texts follow one another; each text's begin at example.activations_at.
 * There, byte 0 is the encoding, then the count (LEB128), then
 *   0..8    bfloat16. The high bytes (sign and most of the exponent) take few different values:
 *           they are listed once, and each number has an index into that list of as many bits
 *           as byte 0 says. The low bytes follow one another as they are. A list of 14 high
 *           bytes, usual for a GELU neuron, gives 12 bits a number.
 *   32, 64  IEEE floats, low byte first, for numbers that no bfloat16 prints as. A float32
 *           stands for the decimal number of its shortest digits.
 *   16, 33  IEEE floats of 2 and 4 bytes that stand for themselves, to the last digit.
 *   65      at most 256 different numbers: how many less one (a byte), those as IEEE floats of
 *           8 bytes, then for each number its index among them, in as few bits as do.
 *   128..136  as 0..8, but a bfloat16 stands for itself, to the last digit.
 */
#ifndef DEEPDECIPHER_PACKING_H
#define DEEPDECIPHER_PACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that pack_tokens and pack_activations write at most. */
size_t pack_tokens_bound(size_t count);
size_t pack_activations_bound(size_t count);

/* Packs `count` ids into `out`; returns the bytes written. */
size_t pack_tokens(const uint32_t *ids, size_t count, uint8_t *out);

/* Packs `count` finite numbers (at most UINT32_MAX) without loss into `out`; returns the bytes written. */
size_t pack_activations(const double *values, size_t count, uint8_t *out);

/* Reads exactly `count` ids. False when the bytes are not that many. */
bool unpack_tokens(const uint8_t *packed, size_t length, uint32_t *ids, size_t count);

enum number_kind {
    NUMBER_BFLOAT16, /* as printed with six decimals */
    NUMBER_FLOAT32,  /* its shortest digits */
    NUMBER_FLOAT64,
    NUMBER_EXACT_BFLOAT16,
    NUMBER_EXACT_FLOAT16,
    NUMBER_EXACT_FLOAT32,
    NUMBER_LISTED
};

/* Packed activations, opened: points into the packed bytes, which must stay. */
struct packed_numbers {
    enum number_kind kind;
    uint32_t count;
    unsigned width;       /* bits of an index into `highs` */
    const uint8_t *highs; /* [1 << width] at most; the list of a NUMBER_LISTED */
    unsigned num_highs;
    const uint8_t *lows;  /* [count], or the floats */
    const uint8_t *codes; /* [count * width / 8, rounded up] */
};

/* Opens the numbers that begin at `packed`, of which `length` bytes may be read; what lies behind them is not
 * looked at. Checks every length. False when the bytes are not whole. */
bool packed_numbers_open(struct packed_numbers *numbers, const uint8_t *packed, size_t length);

/* Codes of the numbers first .. first + count - 1 (kind NUMBER_BFLOAT16 only). The range must lie within. */
void packed_numbers_codes(const struct packed_numbers *numbers, uint32_t first, uint32_t count, uint16_t *codes);

/* One number of any kind, as the source printed it. */
double packed_numbers_get(const struct packed_numbers *numbers, uint32_t index);

#endif
