#include "bfloat16.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shortest.h"

struct bfloat16_text bfloat16_texts[65536];
static double values[65536];

static float float_of_code(uint16_t code)
{
    uint32_t bits = (uint32_t)code << 16;
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* "0.007812" for 2^-7: six decimals without the zeros at the end, but at least one. */
static int print_fixed(char *text, size_t size, double number)
{
    int length = snprintf(text, size, "%.6f", number);
    while (length > 2 && text[length - 1] == '0' && text[length - 2] != '.')
        length--;
    return length;
}

void bfloat16_init(void)
{
    for (uint32_t code = 0; code < 65536; code++) {
        float number = float_of_code((uint16_t)code);
        struct bfloat16_text *cell = &bfloat16_texts[code];
        char text[64] = "null";
        int length = 4;
        if (!isfinite(number)) {
            values[code] = (double)NAN;
        } else if (fabsf(number) < 1e6f) {
            length = print_fixed(text, sizeof text, (double)number);
            text[length] = '\0';
            values[code] = strtod(text, NULL);
        } else { /* a whole number: rounding changes nothing */
            length = (int)float32_print(text, number);
            values[code] = (double)number;
        }
        memcpy(cell->text, text, (size_t)length);
        cell->text[length] = ',';
        cell->length = (uint8_t)(length + 1);
    }
}

double bfloat16_value(uint16_t code)
{
    return values[code];
}

bool bfloat16_find(double value, uint16_t *code)
{
    float number = (float)value;
    uint32_t bits;
    if (!isfinite(number))
        return false;
    memcpy(&bits, &number, sizeof bits);
    /* Nearest, halves to even. A neighbour can be the one that prints so where `value` lies halfway. */
    uint32_t nearest = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    for (int step = 0; step < 3; step++) {
        uint32_t candidate = nearest + (step == 1) - (step == 2);
        if (candidate > 0xffff || (candidate ^ bits >> 16) & 0x8000)
            continue;
        if (values[candidate] == value) {
            *code = (uint16_t)candidate;
            return true;
        }
    }
    return false;
}
