#include "packing.h"
#include "bfloat16.h"
#include "narrow_float.h"
#include "shortest.h"

#include <assert.h>
#include <string.h>

enum {
    ENCODING_EXACT_FLOAT16 = 16,
    ENCODING_FLOAT32 = 32,
    ENCODING_EXACT_FLOAT32 = 33,
    ENCODING_FLOAT64 = 64,
    ENCODING_LISTED = 65,
    ENCODING_EXACT_BFLOAT16 = 128, /* and the width */
    COUNT_BYTES = 5,
    LIST_MAX = 256
};

size_t pack_tokens_bound(size_t count)
{
    return count * COUNT_BYTES;
}

size_t pack_activations_bound(size_t count)
{
    return 1 + COUNT_BYTES + 256 + 8 * count; /* a list is taken only where it is shorter than that */
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

/* The number in the lowest bytes of `word`, of which bit `end` is the last. */
static uint32_t number_of(uint64_t word, unsigned end)
{
    uint64_t bytes = word & (UINT64_MAX >> (63 - end));
    return (uint32_t)((bytes & 0x7f) | (bytes >> 1 & 0x7f << 7) | (bytes >> 2 & 0x7f << 14) |
                      (bytes >> 3 & 0x7f << 21));
}

/* Takes four numbers of the eight bytes at `packed`; returns how many bytes they have, or 0 when they are more than eight
 * or one is longer than four. Where a number ends is no branch: how long the next one is can not be foretold. */
static unsigned get_four_numbers(const uint8_t *packed, uint32_t ids[4])
{
    uint64_t word, ends[4];
    memcpy(&word, packed, sizeof word);
    ends[0] = ~word & 0x8080808080808080;
    for (int i = 1; i < 4; i++)
        ends[i] = ends[i - 1] & (ends[i - 1] - 1);
    uint64_t goes_on = word & 0x8080808080808080;
    if (ends[3] == 0 || (goes_on & goes_on >> 8 & goes_on >> 16 & goes_on >> 24) != 0)
        return 0;
    unsigned start = 0;
    for (int i = 0; i < 4; i++) {
        unsigned end = (unsigned)__builtin_ctzll(ends[i]);
        ids[i] = number_of(word >> start, end - start);
        start = end + 1;
    }
    return start / 8;
}

bool unpack_tokens(const uint8_t *packed, size_t length, uint32_t *ids, size_t count)
{
    const uint8_t *end = packed + length;
    for (size_t i = 0; i < count;) {
        unsigned taken = count - i >= 4 && end - packed >= 8 ? get_four_numbers(packed, ids + i) : 0;
        if (taken > 0) {
            packed += taken;
            i += 4;
        } else if ((packed = get_number(packed, end, &ids[i++])) == NULL) {
            return false;
        }
    }
    return packed == end;
}

/* Numbers the different high bytes in `index`, lists them in `highs`, and returns how many there are; 0 when a number has
 * no code. */
static unsigned list_highs(bool (*find)(double value, uint16_t *code), const double *values, size_t count,
                           uint8_t *lows, uint8_t index[256], uint8_t highs[256], uint8_t *codes)
{
    bool met[256] = {false};
    unsigned num_highs = 0;
    for (size_t i = 0; i < count; i++) {
        uint16_t code;
        if (!find(values[i], &code))
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

static bool fit_float32(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (float32_as_printed((float)values[i]) != values[i])
            return false;
    return true;
}

static bool fit_exact_float32(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((double)(float)values[i] != values[i])
            return false;
    return true;
}

/* Writes nothing and returns NULL when some number is no half. */
static uint8_t *pack_halves(const double *values, size_t count, uint8_t *out)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        if (!half_find(values[i], &half))
            return NULL;
        memcpy(out + 2 * i, &half, sizeof half);
    }
    return out + 2 * count;
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

/* Index of `value` among the first `*count` of `list`, to which it is added when it is new and fits. -0.0 is not 0.0. */
static unsigned list_number(double list[LIST_MAX], unsigned *count, double value)
{
    for (unsigned i = 0; i < *count; i++)
        if (memcmp(&list[i], &value, sizeof value) == 0)
            return i;
    if (*count < LIST_MAX)
        list[*count] = value;
    return (*count)++;
}

/* Packs numbers of which few differ. NULL when there are too many of those, or floats take less room. */
static uint8_t *pack_listed(const double *values, size_t count, size_t size, uint8_t *out)
{
    double list[LIST_MAX];
    unsigned length = 0;
    uint8_t *indexes = out + 1 + 256; /* moved once the list's length is known; the bound leaves room for this */
    for (size_t i = 0; i < count; i++) {
        unsigned index = list_number(list, &length, values[i]);
        if (length > LIST_MAX)
            return NULL;
        indexes[i] = (uint8_t)index;
    }
    unsigned width = bits_for(length);
    size_t listed = 1 + 8 * length + (count * width + 7) / 8;
    if (listed >= size * count)
        return NULL;
    uint8_t *codes = out + 1 + 8 * length;
    memmove(codes, indexes, count);
    out[0] = (uint8_t)(length - 1);
    memcpy(out + 1, list, 8 * length);
    return pack_bits(codes, count, width, codes);
}

/* Packs codes of sixteen bits; NULL when some number has none. */
static uint8_t *pack_codes(bool (*find)(double value, uint16_t *code), const double *values, size_t count, uint8_t *out,
                           unsigned *width)
{
    uint8_t index[256], highs[256];
    /* The list's length is not known yet: low bytes and indexes first go behind the longest list. */
    uint8_t *lows = out + 1 + 256, *codes = lows + count;
    unsigned num_highs = count > 0 ? list_highs(find, values, count, lows, index, highs, codes) : 0;
    if (num_highs == 0)
        return NULL;
    *width = bits_for(num_highs);
    *out++ = (uint8_t)(num_highs - 1);
    memcpy(out, highs, num_highs);
    memmove(out + num_highs, lows, count);
    out += num_highs + count;
    return pack_bits(codes, count, *width, out);
}

size_t pack_activations(const double *values, size_t count, uint8_t *out)
{
    assert(count <= UINT32_MAX);
    uint8_t *start = put_number(out + 1, (uint32_t)count), *end;
    unsigned width;
    if ((end = pack_codes(bfloat16_find, values, count, start, &width)) != NULL) {
        out[0] = (uint8_t)width;
        return (size_t)(end - out);
    }
    if ((end = pack_codes(exact_bfloat16_find, values, count, start, &width)) != NULL) {
        out[0] = (uint8_t)(ENCODING_EXACT_BFLOAT16 + width);
        return (size_t)(end - out);
    }
    bool is_exact = fit_exact_float32(values, count), is_narrow = is_exact || fit_float32(values, count);
    if (is_exact && count > 0 && (end = pack_halves(values, count, start)) != NULL)
        out[0] = ENCODING_EXACT_FLOAT16;
    else if (count > 0 && (end = pack_listed(values, count, is_narrow ? 4 : 8, start)) != NULL)
        out[0] = ENCODING_LISTED;
    else {
        /* Without numbers this is the form that older readers know. */
        out[0] = is_exact && count > 0 ? ENCODING_EXACT_FLOAT32 : is_narrow ? ENCODING_FLOAT32 : ENCODING_FLOAT64;
        end = pack_floats(values, count, is_narrow, start);
    }
    return (size_t)(end - out);
}

static bool open_floats(struct packed_numbers *numbers, enum number_kind kind, size_t size, size_t left)
{
    numbers->kind = kind;
    return left >= numbers->count * size;
}

static bool open_listed(struct packed_numbers *numbers, size_t left)
{
    if (left < 1)
        return false;
    numbers->kind = NUMBER_LISTED;
    numbers->num_highs = numbers->lows[0] + 1u;
    numbers->highs = numbers->lows + 1;
    numbers->width = bits_for(numbers->num_highs);
    numbers->codes = numbers->highs + 8 * (size_t)numbers->num_highs;
    return left >= 1 + 8 * (size_t)numbers->num_highs + ((size_t)numbers->count * numbers->width + 7) / 8;
}

static bool open_codes(struct packed_numbers *numbers, size_t left)
{
    size_t count = numbers->count;
    if (left < 1)
        return false;
    numbers->num_highs = numbers->lows[0] + 1u;
    numbers->highs = numbers->lows + 1;
    numbers->lows = numbers->highs + numbers->num_highs;
    numbers->codes = numbers->lows + count;
    return numbers->num_highs <= 1u << numbers->width &&
           left >= 1 + numbers->num_highs + count + (count * numbers->width + 7) / 8;
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
    numbers->lows = in;
    size_t left = (size_t)(end - in);
    switch (encoding) {
    case ENCODING_EXACT_FLOAT16: return open_floats(numbers, NUMBER_EXACT_FLOAT16, 2, left);
    case ENCODING_FLOAT32: return open_floats(numbers, NUMBER_FLOAT32, 4, left);
    case ENCODING_EXACT_FLOAT32: return open_floats(numbers, NUMBER_EXACT_FLOAT32, 4, left);
    case ENCODING_FLOAT64: return open_floats(numbers, NUMBER_FLOAT64, 8, left);
    case ENCODING_LISTED: return open_listed(numbers, left);
    }
    numbers->kind = encoding < ENCODING_EXACT_BFLOAT16 ? NUMBER_BFLOAT16 : NUMBER_EXACT_BFLOAT16;
    numbers->width = encoding < ENCODING_EXACT_BFLOAT16 ? encoding : encoding - ENCODING_EXACT_BFLOAT16;
    return numbers->width <= 8 && open_codes(numbers, left);
}

/* Number `at` of those of `width` bits; it may be beyond the list. */
static unsigned index_at(const struct packed_numbers *numbers, uint32_t at)
{
    unsigned index = 0;
    for (unsigned j = 0; j < numbers->width; j++) {
        uint64_t bit = (uint64_t)at * numbers->width + j;
        index |= (unsigned)(numbers->codes[bit >> 3] >> (bit & 7) & 1) << j;
    }
    return index;
}

void packed_numbers_codes(const struct packed_numbers *numbers, uint32_t first, uint32_t count, uint16_t *codes)
{
    assert((numbers->kind == NUMBER_BFLOAT16 || numbers->kind == NUMBER_EXACT_BFLOAT16) && first <= numbers->count &&
           count <= numbers->count - first);
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
    for (uint32_t i = 0; i < count; i++)
        codes[i] = highs[index_at(numbers, first + i)] | lows[i];
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "packed floats are written as they lie in memory");

static double listed_number(const struct packed_numbers *numbers, uint32_t index)
{
    unsigned place = index_at(numbers, index);
    double number = 0; /* a place beyond the list reads as 0, whatever the bytes say */
    if (place < numbers->num_highs)
        memcpy(&number, numbers->highs + 8 * (size_t)place, sizeof number);
    return number;
}

double packed_numbers_get(const struct packed_numbers *numbers, uint32_t index)
{
    float narrow;
    double number;
    uint16_t code;
    assert(index < numbers->count);
    switch (numbers->kind) {
    case NUMBER_BFLOAT16:
    case NUMBER_EXACT_BFLOAT16:
        packed_numbers_codes(numbers, index, 1, &code);
        return numbers->kind == NUMBER_BFLOAT16 ? bfloat16_value(code) : exact_bfloat16_value(code);
    case NUMBER_FLOAT32:
    case NUMBER_EXACT_FLOAT32:
        memcpy(&narrow, numbers->lows + 4 * (size_t)index, sizeof narrow);
        return numbers->kind == NUMBER_FLOAT32 ? float32_as_printed(narrow) : (double)narrow;
    case NUMBER_EXACT_FLOAT16: memcpy(&code, numbers->lows + 2 * (size_t)index, sizeof code); return half_value(code);
    case NUMBER_LISTED: return listed_number(numbers, index);
    default: memcpy(&number, numbers->lows + 8 * (size_t)index, sizeof number); return number;
    }
}
