#include "narrow_float.h"

#include <math.h>
#include <string.h>

bool exact_bfloat16_find(double value, uint16_t *code)
{
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    *code = (uint16_t)(bits >> 16);
    return (double)narrow == value && (uint16_t)bits == 0;
}

double exact_bfloat16_value(uint16_t code)
{
    uint32_t bits = (uint32_t)code << 16;
    float number;
    memcpy(&number, &bits, sizeof number);
    return (double)number;
}

/* A half is (-1)^sign * mantissa * 2^(exponent - 25), where the mantissa has a hidden bit unless the exponent is 0. */
bool half_find(double value, uint16_t *code)
{
    int exponent;
    double size = fabs(value);
    if (!(size <= 65504))
        return false;
    frexp(size, &exponent); /* size = fraction * 2^exponent, 0.5 <= fraction < 1 */
    exponent = size < 0x1p-14 ? 0 : exponent + 14;
    double mantissa = ldexp(size, 25 - (exponent == 0 ? 1 : exponent));
    if (mantissa != floor(mantissa))
        return false;
    *code = (uint16_t)((signbit(value) ? 0x8000u : 0u) | (unsigned)exponent << 10 | ((unsigned)mantissa & 1023u));
    return true;
}

double half_value(uint16_t code)
{
    int exponent = code >> 10 & 31, mantissa = code & 1023;
    double size = ldexp(exponent == 0 ? mantissa : mantissa + 1024, (exponent == 0 ? 1 : exponent) - 25);
    return code & 0x8000 ? -size : size;
}
