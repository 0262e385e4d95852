#include "packing.h"
#include "bfloat16.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ENCODING_FLOAT32 = 32, ENCODING_FLOAT64 = 64, COUNT_BYTES = 5 };

size_t pack_tokens_bound(size_t count)
{
    return count * COUNT_BYTES;
}

size_t pack_activations_bound(size_t count)
{
    return 1 + COUNT_BYTES + 256 + 8 * count;
}

static uint8_t *put_number(uint8_t *out, uint32_t number)
{
    for (; number >= 0x80; number >>= 7)
        *out++ = (uint8_t)(number | 0x80);
    *out++ = (uint8_t)number;
    return out;
}

/* Returns the byte behind the number, or NULL when it does not end or is over 32 bits. */
static const uint8_t *get_number(const uint8_t *in, const uint8_t *end, uint32_t *number)
{
    uint64_t value = 0;
    for (unsigned shift = 0; in < end && shift < 35; shift += 7) {
        uint8_t byte = *in++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *number = (uint32_t)value;
            return value <= UINT32_MAX ? in : NULL;
        }
    }
    return NULL;
}

size_t pack_tokens(const uint32_t *ids, size_t count, uint8_t *out)
{
    uint8_t *end = out;
    for (size_t i = 0; i < count; i++)
        end = put_number(end, ids[i]);
    return (size_t)(end - out);
}

bool unpack_tokens(const uint8_t *packed, size_t length, uint32_t *ids, size_t count)
{
    const uint8_t *end = packed + length;
    for (size_t i = 0; i < count; i++) {
        if (packed < end && *packed < 0x80) {
            ids[i] = *packed++;
        } else if (end - packed >= 2 && packed[1] < 0x80) {
            ids[i] = (packed[0] & 0x7fu) | (uint32_t)packed[1] << 7;
            packed += 2;
        } else if ((packed = get_number(packed, end, &ids[i])) == NULL) {
            return false;
        }
    }
    return packed == end;
}

/* Numbers the different high bytes in `index`, lists them in `highs`, and returns how many there are. */
static unsigned list_highs(const double *values, size_t count, uint8_t *lows, uint8_t index[256], uint8_t highs[256],
                           uint8_t *codes)
{
    bool met[256] = {false};
    unsigned num_highs = 0;
    for (size_t i = 0; i < count; i++) {
        uint16_t code;
        if (!bfloat16_find(values[i], &code))
            return 0;
        uint8_t high = (uint8_t)(code >> 8);
        if (!met[high]) {
            met[high] = true;
            index[high] = (uint8_t)num_highs;
            highs[num_highs++] = high;
        }
        lows[i] = (uint8_t)code;
        codes[i] = index[high];
    }
    return num_highs;
}

static unsigned bits_for(unsigned different)
{
    unsigned width = 0;
    while ((1u << width) < different)
        width++;
    return width;
}

/* Packs indexes of `width` bits, low bits first; in place is allowed, as a packed byte never lies behind its index. */
static uint8_t *pack_bits(const uint8_t *indexes, size_t count, unsigned width, uint8_t *out)
{
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < count; i++) {
        held |= (uint32_t)indexes[i] << bits;
        for (bits += width; bits >= 8; bits -= 8, held >>= 8)
            *out++ = (uint8_t)held;
    }
    if (bits > 0)
        *out++ = (uint8_t)held;
    return out;
}

/* The decimal number that a float32 stands for: that of its shortest digits. */
static double float32_value(float number)
{
    char text[FLOAT32_TEXT_SIZE];
    float32_print(text, number);
    return strtod(text, NULL);
}

static bool fit_float32(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (float32_value((float)values[i]) != values[i])
            return false;
    return true;
}

/* The host is little-endian: see the assertion in packed_numbers_get. */
static uint8_t *pack_floats(const double *values, size_t count, bool narrow, uint8_t *out)
{
    for (size_t i = 0; i < count; i++) {
        float number = (float)values[i];
        size_t size = narrow ? sizeof number : sizeof values[i];
        memcpy(out, narrow ? (const void *)&number : (const void *)&values[i], size);
        out += size;
    }
    return out;
}

size_t pack_activations(const double *values, size_t count, uint8_t *out)
{
    assert(count <= UINT32_MAX);
    uint8_t *end = put_number(out + 1, (uint32_t)count);
    uint8_t index[256], highs[256];
    /* The list's length is not known yet: low bytes and indexes first go behind the longest list. */
    uint8_t *lows = end + 1 + 256, *codes = lows + count;
    unsigned num_highs = count > 0 ? list_highs(values, count, lows, index, highs, codes) : 0;
    if (num_highs == 0) {
        bool narrow = fit_float32(values, count);
        out[0] = narrow ? ENCODING_FLOAT32 : ENCODING_FLOAT64;
        return (size_t)(pack_floats(values, count, narrow, end) - out);
    }
    unsigned width = bits_for(num_highs);
    out[0] = (uint8_t)width;
    *end++ = (uint8_t)(num_highs - 1);
    memcpy(end, highs, num_highs);
    memmove(end + num_highs, lows, count);
    end += num_highs + count;
    return (size_t)(pack_bits(codes, count, width, end) - out);
}

bool packed_numbers_open(struct packed_numbers *numbers, const uint8_t *packed, size_t length)
{
    const uint8_t *end = packed + length;
    if (length < 2)
        return false;
    uint8_t encoding = packed[0];
    const uint8_t *in = get_number(packed + 1, end, &numbers->count);
    if (in == NULL)
        return false;
    size_t left = (size_t)(end - in), count = numbers->count;
    numbers->lows = in;
    if (encoding == ENCODING_FLOAT32 || encoding == ENCODING_FLOAT64) {
        numbers->kind = encoding == ENCODING_FLOAT32 ? NUMBER_FLOAT32 : NUMBER_FLOAT64;
        return left >= count * (encoding / 8u);
    }
    if (encoding > 8 || left < 1)
        return false;
    numbers->kind = NUMBER_BFLOAT16;
    numbers->width = encoding;
    numbers->num_highs = in[0] + 1u;
    numbers->highs = in + 1;
    numbers->lows = numbers->highs + numbers->num_highs;
    numbers->codes = numbers->lows + count;
    return numbers->num_highs <= 1u << encoding && left >= 1 + numbers->num_highs + count + (count * encoding + 7) / 8;
}

void packed_numbers_codes(const struct packed_numbers *numbers, uint32_t first, uint32_t count, uint16_t *codes)
{
    assert(numbers->kind == NUMBER_BFLOAT16 && first <= numbers->count && count <= numbers->count - first);
    uint16_t highs[256] = {0}; /* an index beyond the list reads as 0, whatever the bytes say */
    for (unsigned i = 0; i < numbers->num_highs; i++)
        highs[i] = (uint16_t)(numbers->highs[i] << 8);
    const uint8_t *lows = numbers->lows + first;
    if (numbers->width == 4) { /* nearly always */
        for (uint32_t i = 0; i < count; i++) {
            uint32_t at = first + i;
            codes[i] = highs[numbers->codes[at >> 1] >> (at & 1) * 4 & 15] | lows[i];
        }
        return;
    }
    unsigned width = numbers->width;
    for (uint32_t i = 0; i < count; i++) {
        unsigned index = 0;
        for (unsigned j = 0; j < width; j++) {
            uint64_t bit = (uint64_t)(first + i) * width + j;
            index |= (unsigned)(numbers->codes[bit >> 3] >> (bit & 7) & 1) << j;
        }
        codes[i] = highs[index] | lows[i];
    }
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "packed floats are written as they lie in memory");

double packed_numbers_get(const struct packed_numbers *numbers, uint32_t index)
{
    float narrow;
    double number;
    uint16_t code;
    assert(index < numbers->count);
    switch (numbers->kind) {
    case NUMBER_BFLOAT16:
        packed_numbers_codes(numbers, index, 1, &code);
        return bfloat16_value(code);
    case NUMBER_FLOAT32:
        memcpy(&narrow, numbers->lows + 4 * (size_t)index, sizeof narrow);
        return float32_value(narrow);
    default:
        memcpy(&number, numbers->lows + 8 * (size_t)index, sizeof number);
        return number;
    }
}
