/* Numbers as text; see shortest.h. Names of variables in shortest() are the paper's. */
#include "shortest.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 uint128;

/* digits * 10^exponent; the last digit is not 0, unless all of it is. */
struct decimal {
    uint64_t digits; /* at most 17 */
    int exponent;
};

enum {
    POWER_LOWEST = -292,
    POWER_HIGHEST = 324,
    BIG_WORDS = 36 /* of 32 bits: 10^POWER_HIGHEST, and 2^1151 divided by 10^-POWER_LOWEST to 128 bits and more */
};

/* 10^POWER_LOWEST and on, each as its first 128 bits, rounded up. */
static uint128 powers[POWER_HIGHEST - POWER_LOWEST + 1];

/* The first 128 bits of a number that is not 0, rounded up where `is_exact` is false or bits are left out. */
static uint128 first_bits(const uint32_t words[BIG_WORDS], bool is_exact)
{
    int top = BIG_WORDS - 1;
    while (words[top] == 0)
        top--;
    int shift = __builtin_clz(words[top]);
    uint128 bits = 0;
    for (int i = 0; i < 4; i++)
        bits = bits << 32 | (top >= i ? words[top - i] : 0);
    uint32_t next = top >= 4 ? words[top - 4] : 0;
    bits = bits << shift | (uint128)next >> (32 - shift);
    is_exact = is_exact && (uint32_t)(next << shift) == 0;
    for (int i = top - 5; i >= 0; i--)
        is_exact = is_exact && words[i] == 0;
    return bits + !is_exact;
}

static void make_powers(void)
{
    uint32_t words[BIG_WORDS] = {1};
    powers[-POWER_LOWEST] = first_bits(words, true);
    for (int k = 1; k <= POWER_HIGHEST; k++) {
        uint64_t carry = 0;
        for (int i = 0; i < BIG_WORDS; i++) {
            carry += (uint64_t)words[i] * 10;
            words[i] = (uint32_t)carry;
            carry >>= 32;
        }
        powers[k - POWER_LOWEST] = first_bits(words, true);
    }
    memset(words, 0, sizeof words);
    words[BIG_WORDS - 1] = UINT32_C(1) << 31;
    for (int k = -1; k >= POWER_LOWEST; k--) {
        uint64_t rest = 0;
        for (int i = BIG_WORDS - 1; i >= 0; i--) {
            rest = rest << 32 | words[i];
            words[i] = (uint32_t)(rest / 10);
            rest %= 10;
        }
        powers[k - POWER_LOWEST] = first_bits(words, false);
    }
}

static int floor_log2_power(int k)
{
    return (k * 1741647) >> 19;
}

/* floor(log10(2^q)), or where is_lowest floor(log10(3/4 * 2^q)). */
static int floor_log10(int q, bool is_lowest)
{
    return (q * 1262611 - (is_lowest ? 524031 : 0)) >> 22;
}

/* floor(g * cp / 2^128), its last bit set where that left something out. */
static uint64_t round_to_odd(uint128 g, uint64_t cp)
{
    uint128 low = (uint128)(uint64_t)g * cp;
    uint128 high = (uint128)(uint64_t)(g >> 64) * cp + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

static struct decimal without_zeros(uint64_t digits, int exponent)
{
    while (digits % 10 == 0) {
        digits /= 10;
        exponent++;
    }
    return (struct decimal){digits, exponent};
}

/* Of c * 2^q. is_lowest: the next number below is nearer than the next one above. */
static struct decimal shortest(uint64_t c, int q, bool is_lowest)
{
    if (powers[0] == 0)
        make_powers();
    int k = floor_log10(q, is_lowest);
    int h = q + floor_log2_power(-k) + 1;
    uint128 g = powers[-k - POWER_LOWEST];
    uint64_t vbl = round_to_odd(g, (4 * c - 2 + is_lowest) << h), vbr = round_to_odd(g, (4 * c + 2) << h);
    uint64_t vb = round_to_odd(g, (4 * c) << h);
    /* The ends of what reads back as the number belong to it where it is even. */
    uint64_t lower = vbl + c % 2, upper = vbr - c % 2;
    uint64_t s = vb / 4, tens = s / 10;
    if (s >= 10) {
        bool is_below_in = lower <= 40 * tens, is_above_in = 40 * tens + 40 <= upper;
        if (is_below_in != is_above_in)
            return without_zeros(tens + is_above_in, k + 1);
    }
    bool is_below_in = lower <= 4 * s, is_above_in = 4 * s + 4 <= upper;
    if (is_below_in != is_above_in)
        return without_zeros(s + is_above_in, k);
    uint64_t middle = 4 * s + 2;
    return without_zeros(s + (vb > middle || (vb == middle && s % 2 == 1)), k);
}

/* The sign is left out. */
static struct decimal decimal_of_float32(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t fraction = bits & 0x7fffff, exponent = bits >> 23 & 0xff;
    if (exponent == 0)
        return fraction == 0 ? (struct decimal){0, 0} : shortest(fraction, -149, false);
    return shortest(fraction | 0x800000, (int)exponent - 150, fraction == 0 && exponent > 1);
}

static struct decimal decimal_of_float64(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t fraction = bits & UINT64_C(0xfffffffffffff);
    int exponent = (int)(bits >> 52 & 0x7ff);
    if (exponent == 0)
        return fraction == 0 ? (struct decimal){0, 0} : shortest(fraction, -1074, false);
    return shortest(fraction | UINT64_C(1) << 52, exponent - 1075, fraction == 0 && exponent > 1);
}

size_t uint64_print(char *text, uint64_t value)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < count; i++)
        text[i] = digits[count - 1 - i];
    return count;
}

static char *print_zeros(char *at, int count)
{
    memset(at, '0', (size_t)count);
    return at + count;
}

static size_t print_decimal(char text[NUMBER_TEXT_SIZE], bool is_negative, struct decimal decimal)
{
    char digits[20], *at = text;
    int count = (int)uint64_print(digits, decimal.digits), whole = count + decimal.exponent;
    if (is_negative)
        *at++ = '-';
    if (whole > 16 || whole <= -5)
        return (size_t)(at - text) + (size_t)snprintf(at, (size_t)(text + NUMBER_TEXT_SIZE - at), "%c%s%.*se%d",
                                                      digits[0], count > 1 ? "." : "", count - 1, digits + 1,
                                                      whole - 1);
    if (whole <= 0) {
        *at++ = '0';
        *at++ = '.';
        at = print_zeros(at, -whole);
        whole = 0;
    } else {
        int before = whole < count ? whole : count;
        memcpy(at, digits, (size_t)before);
        at = print_zeros(at + before, whole - before);
        *at++ = '.';
        if (count <= whole)
            *at++ = '0';
    }
    if (count > whole) {
        memcpy(at, digits + whole, (size_t)(count - whole));
        at += count - whole;
    }
    *at = '\0';
    return (size_t)(at - text);
}

static size_t print_null(char text[NUMBER_TEXT_SIZE])
{
    memcpy(text, "null", 5);
    return 4;
}

size_t float32_print(char text[NUMBER_TEXT_SIZE], float value)
{
    return isfinite(value) ? print_decimal(text, signbit(value), decimal_of_float32(value)) : print_null(text);
}

size_t float64_print(char text[NUMBER_TEXT_SIZE], double value)
{
    return isfinite(value) ? print_decimal(text, signbit(value), decimal_of_float64(value)) : print_null(text);
}

double float32_as_printed(float value)
{
    /* These are exact, and so are the digits: the one rounding is that of the result. */
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (!isfinite(value))
        return (double)value;
    struct decimal decimal = decimal_of_float32(value);
    if (abs(decimal.exponent) > 22) {
        char text[NUMBER_TEXT_SIZE];
        float32_print(text, value);
        return strtod(text, NULL);
    }
    double size = decimal.exponent >= 0 ? (double)decimal.digits * tens[decimal.exponent]
                                        : (double)decimal.digits / tens[-decimal.exponent];
    return signbit(value) ? -size : size;
}
