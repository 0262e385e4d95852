/*
 * Numbers with up to 15 digits are one exact integer divided by (or times) one exact power of ten, which
 * rounds once and so is the nearest double (Clinger 1990, the fast path). The rest goes to strtod.
 */
#include "decimal.h"

#include <endian.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0, "wider intermediates would round twice");

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const uint64_t integer_powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
enum { MAX_EXACT_POWER = 22 };

#define REPEAT(byte) (UINT64_C(0x0101010101010101) * (byte))

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * Eight bytes at once: `digits` holds bytes 0-9, the text's first in the lowest byte. Pairs are
 * joined to numbers below 100, these to numbers below 10,000 and so on: 3 multiplications instead of 8.
 */
static uint64_t eight_digits(uint64_t digits)
{
    digits = digits * 10 + (digits >> 8);
    uint64_t high = (digits & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064);
    uint64_t low = (digits >> 16 & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001);
    return (high + low) >> 32;
}

/* The usual shape, `-?D.FFFFFF` with up to 8 digits before the point and 7 behind it; NULL for any other. */
static const char *plain_read(const char *at, const char *end, double *value)
{
    if (end - at < 24)
        return NULL;
    bool negative = *at == '-';
    at += negative;
    const char *first = at;
    uint64_t mantissa = 0;
    for (; is_digit(*at) && at - first < 8; at++)
        mantissa = mantissa * 10 + (uint64_t)(*at - '0');
    if (at == first || *at != '.' || (*first == '0' && at - first > 1))
        return NULL;
    at++;
    uint64_t word;
    memcpy(&word, at, sizeof word);
    word = le64toh(word) ^ REPEAT('0');
    /* The lowest set bit stands over the first byte that is no digit; carries only disturb bytes behind that one. */
    uint64_t others = ((word + REPEAT(0x76)) | word) & REPEAT(0x80);
    if (others == 0)
        return NULL;
    size_t count = (size_t)__builtin_ctzll(others) / 8;
    if (count == 0 || (at[count] | 0x20) == 'e')
        return NULL;
    mantissa = mantissa * integer_powers_of_ten[count] + eight_digits(word << (64 - 8 * count));
    double magnitude = (double)mantissa / powers_of_ten[count];
    *value = negative ? -magnitude : magnitude;
    return at + count;
}

struct number {
    uint64_t mantissa;
    int exponent;  /* of ten */
    bool is_exact; /* the mantissa has lost no digit */
};

static const char *digits_read(struct number *number, const char *at, const char *end)
{
    for (; at < end && is_digit(*at); at++) {
        number->mantissa = number->mantissa * 10 + (uint64_t)(*at - '0');
        number->is_exact = number->is_exact && number->mantissa <= UINT64_C(1) << DBL_MANT_DIG;
        if (!number->is_exact)
            number->mantissa = 0;
    }
    return at;
}

/* Reads `e-06`; leaves `at` when there is no exponent, NULL when it has no digits. */
static const char *exponent_read(struct number *number, const char *at, const char *end)
{
    if (at == end || (*at | 0x20) != 'e')
        return at;
    at++;
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    int exponent = 0;
    const char *first = at;
    for (; at < end && is_digit(*at); at++)
        exponent = exponent < 10000 ? exponent * 10 + (*at - '0') : exponent;
    number->exponent += negative ? -exponent : exponent;
    return at == first ? NULL : at;
}

/* Checks the grammar and gathers the digits; `at` is behind the sign. */
static const char *number_scan(struct number *number, const char *at, const char *end)
{
    const char *first = at;
    at = digits_read(number, at, end);
    if (at == first || (*first == '0' && at - first > 1))
        return NULL;
    if (at < end && *at == '.') {
        const char *point = at;
        at = digits_read(number, at + 1, end);
        if (at - point < 2)
            return NULL;
        number->exponent = at - point - 1 > DECIMAL_MAX_BYTES ? -DECIMAL_MAX_BYTES : -(int)(at - point - 1);
    }
    return exponent_read(number, at, end);
}

static bool strtod_read(const char *first, size_t length, double *value)
{
    char copy[DECIMAL_MAX_BYTES + 1];
    memcpy(copy, first, length);
    copy[length] = '\0';
    char *behind;
    *value = strtod(copy, &behind);
    return behind == copy + length && isfinite(*value);
}

const char *decimal_read(const char *at, const char *end, double *value)
{
    const char *behind = plain_read(at, end, value);
    if (behind)
        return behind;
    struct number number = {.is_exact = true};
    bool negative = at < end && *at == '-';
    behind = number_scan(&number, at + negative, end);
    if (!behind || behind - at > DECIMAL_MAX_BYTES)
        return NULL;
    if (!number.is_exact || number.exponent < -MAX_EXACT_POWER || number.exponent > MAX_EXACT_POWER)
        return strtod_read(at, (size_t)(behind - at), value) ? behind : NULL;
    double magnitude = (double)number.mantissa;
    if (number.exponent < 0)
        magnitude /= powers_of_ten[-number.exponent];
    else
        magnitude *= powers_of_ten[number.exponent];
    *value = negative ? -magnitude : magnitude;
    return behind;
}
