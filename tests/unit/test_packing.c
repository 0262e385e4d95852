/*
 * Packed columns: what is packed is read back to the last bit, and bytes that are broken are never read out of bounds.
 * Every buffer is as long as its bytes, so that a sanitizer sees whoever goes further.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sql/client/bfloat16.h"
#include "sql/client/packing.h"

struct bytes {
    uint8_t *at;
    size_t length;
};

/* Shrinks a buffer to the bytes that are used. */
static struct bytes exactly(uint8_t *buffer, size_t length)
{
    uint8_t *at = malloc(length > 0 ? length : 1);
    assert_non_null(at);
    memcpy(at, buffer, length);
    free(buffer);
    return (struct bytes){at, length};
}

static struct bytes packed_activations(const double *values, size_t count)
{
    uint8_t *buffer = malloc(pack_activations_bound(count));
    assert_non_null(buffer);
    size_t length = pack_activations(values, count, buffer);
    assert_true(length <= pack_activations_bound(count));
    return exactly(buffer, length);
}

static struct bytes packed_tokens(const uint32_t *ids, size_t count)
{
    uint8_t *buffer = malloc(pack_tokens_bound(count) + 1);
    assert_non_null(buffer);
    size_t length = pack_tokens(ids, count, buffer);
    assert_true(length <= pack_tokens_bound(count));
    return exactly(buffer, length);
}

static bool same_number(double one, double other)
{
    return one == other && signbit(one) == signbit(other);
}

static void assert_round_trip(const double *values, size_t count, enum number_kind kind)
{
    struct bytes packed = packed_activations(values, count);
    struct packed_numbers numbers;
    assert_true(packed_numbers_open(&numbers, packed.at, packed.length));
    assert_int_equal(numbers.kind, kind);
    assert_int_equal(numbers.count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(same_number(packed_numbers_get(&numbers, (uint32_t)i), values[i]));
    free(packed.at);
}

/* One printed number for each high byte that one can have, in `numbers`; returns how many. */
static size_t one_for_each_high(double numbers[256])
{
    size_t count = 0;
    bool met[256] = {false};
    for (uint32_t code = 0; code < 65536; code++) {
        double value = bfloat16_value((uint16_t)code);
        uint16_t found;
        if (isnan(value) || !bfloat16_find(value, &found) || met[found >> 8])
            continue;
        met[found >> 8] = true;
        numbers[count++] = value;
    }
    return count;
}

/* Nine numbers in a row, so that bits end anywhere in a byte, then a whole text's. */
static size_t next_count(size_t count, size_t highs)
{
    return count < highs + 9 ? count + 1 : count < 1024 ? 1024 : 1025;
}

static void bfloat16_numbers_of_any_number_of_high_bytes_are_read_back(void **state)
{
    (void)state;
    double different[256], values[1024];
    size_t most = one_for_each_high(different);
    assert_in_range(most, 100, 256);
    for (size_t highs = 1; highs <= most; highs++)
        for (size_t count = highs; count <= 1024; count = next_count(count, highs)) {
            for (size_t i = 0; i < count; i++)
                values[i] = different[i * 7 % highs];
            assert_round_trip(values, count, NUMBER_BFLOAT16);
        }
}

static void every_bfloat16_number_is_read_back(void **state)
{
    (void)state;
    double *values = malloc(65536 * sizeof *values);
    size_t count = 0;
    assert_non_null(values);
    for (uint32_t code = 0; code < 65536; code++)
        if (!isnan(bfloat16_value((uint16_t)code)))
            values[count++] = bfloat16_value((uint16_t)code);
    assert_round_trip(values, count, NUMBER_BFLOAT16);
    free(values);
}

static void a_usual_text_takes_twelve_bits_a_number(void **state)
{
    (void)state;
    double different[256], values[1024];
    size_t most = one_for_each_high(different);
    assert_true(most > 14);
    for (size_t i = 0; i < 1024; i++)
        values[i] = different[i % 14];
    struct bytes packed = packed_activations(values, 1024);
    assert_true(packed.length <= 1024 * 3 / 2 + 20);
    free(packed.at);
}

static void odd_digits_are_kept_in_floats(void **state)
{
    (void)state;
    const double narrow[] = {12.345678, 0.1, -0.333333, 1.5, 0.0, -0.0, 1e-6, 123456.7, 0.1234567};
    const double wide[] = {123456.789012, 12.3456789, 0.12345678901234567, 1e300, 5e-324, -0.0, 1e-6, 16777217.0};
    assert_round_trip(narrow, sizeof narrow / sizeof *narrow, NUMBER_FLOAT32);
    assert_round_trip(wide, sizeof wide / sizeof *wide, NUMBER_FLOAT64);
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        double mixed[3] = {1.5, wide[i], 12.345678};
        struct bytes packed = packed_activations(mixed, 3);
        struct packed_numbers numbers;
        assert_true(packed_numbers_open(&numbers, packed.at, packed.length));
        for (uint32_t j = 0; j < 3; j++)
            assert_true(same_number(packed_numbers_get(&numbers, j), mixed[j]));
        free(packed.at);
    }
}

static void no_numbers_and_one_number_are_read_back(void **state)
{
    (void)state;
    const double one[] = {-2.328125};
    assert_round_trip(one, 0, NUMBER_FLOAT32);
    assert_round_trip(one, 1, NUMBER_BFLOAT16);
}

static void codes_can_be_read_in_pieces(void **state)
{
    (void)state;
    double different[256], values[300];
    size_t most = one_for_each_high(different);
    for (size_t highs = 1; highs <= most; highs += 5) {
        uint16_t whole[300], piece[300];
        for (size_t i = 0; i < 300; i++)
            values[i] = different[i % highs];
        struct bytes packed = packed_activations(values, 300);
        struct packed_numbers numbers;
        assert_true(packed_numbers_open(&numbers, packed.at, packed.length));
        packed_numbers_codes(&numbers, 0, 300, whole);
        for (uint32_t first = 0; first <= 300; first += 13)
            for (uint32_t count = 0; count <= 300 - first; count += 29) {
                packed_numbers_codes(&numbers, first, count, piece);
                assert_memory_equal(piece, whole + first, count * sizeof *piece);
            }
        free(packed.at);
    }
}

/* All 256 high bytes, which no printed numbers have together: the bytes are laid by hand. */
static void a_list_of_256_high_bytes_is_read(void **state)
{
    (void)state;
    enum { LENGTH = 1 + 2 + 1 + 256 + 256 + 256 };
    uint8_t *packed = malloc(LENGTH), *at = packed;
    uint16_t codes[256];
    struct packed_numbers numbers;
    assert_non_null(packed);
    *at++ = 8;
    *at++ = 0x80;
    *at++ = 0x02;
    *at++ = 255;
    for (int i = 0; i < 256; i++) {
        at[i] = (uint8_t)(255 - i);
        at[256 + i] = (uint8_t)(i * 3);
        at[512 + i] = (uint8_t)i;
    }
    assert_true(packed_numbers_open(&numbers, packed, LENGTH));
    packed_numbers_codes(&numbers, 0, 256, codes);
    for (int i = 0; i < 256; i++)
        assert_int_equal(codes[i], (255 - i) << 8 | (uint8_t)(i * 3));
    assert_false(packed_numbers_open(&numbers, packed, LENGTH - 1));
    free(packed);
}

static void token_ids_of_every_length_are_read_back(void **state)
{
    (void)state;
    uint32_t ids[200], back[200];
    size_t count = 0;
    for (int bit = 0; bit <= 32; bit++)
        for (int step = -1; step <= 1; step++) {
            int64_t id = (int64_t)(UINT64_C(1) << bit) + step;
            if (id >= 0 && id <= UINT32_MAX)
                ids[count++] = (uint32_t)id;
        }
    struct bytes packed = packed_tokens(ids, count);
    assert_true(unpack_tokens(packed.at, packed.length, back, count));
    assert_memory_equal(back, ids, count * sizeof *ids);
    assert_false(unpack_tokens(packed.at, packed.length, back, count - 1));
    for (size_t length = 0; length < packed.length; length++) {
        struct bytes part = {malloc(length > 0 ? length : 1), length};
        assert_non_null(part.at);
        memcpy(part.at, packed.at, length);
        assert_false(unpack_tokens(part.at, length, back, count));
        free(part.at);
    }
    free(packed.at);
}

static void a_number_over_32_bits_or_without_an_end_is_refused(void **state)
{
    (void)state;
    static const uint8_t bad[][6] = {{0x80, 0x80, 0x80, 0x80, 0x10},
                                     {0xff, 0xff, 0xff, 0xff, 0x1f},
                                     {0x80, 0x80, 0x80, 0x80, 0x80, 0x01},
                                     {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
    uint32_t id;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (size_t length = 1; length <= sizeof bad[i]; length++) {
            uint8_t *exact = malloc(length);
            assert_non_null(exact);
            memcpy(exact, bad[i], length);
            assert_false(unpack_tokens(exact, length, &id, 1));
            free(exact);
        }
}

/* Reads all that can be read of bytes that may be anything. */
static void read_all(const uint8_t *at, size_t length)
{
    struct packed_numbers numbers;
    if (!packed_numbers_open(&numbers, at, length))
        return;
    assert_true(numbers.count <= length);
    for (uint32_t i = 0; i < numbers.count; i++)
        packed_numbers_get(&numbers, i);
    uint16_t *codes = malloc((numbers.count + 1) * sizeof *codes);
    assert_non_null(codes);
    if (numbers.kind == NUMBER_BFLOAT16)
        packed_numbers_codes(&numbers, 0, numbers.count, codes);
    free(codes);
}

static void cut_activations_are_refused_or_read_within_their_bytes(void **state)
{
    (void)state;
    double different[256], values[100];
    size_t most = one_for_each_high(different);
    for (size_t highs = 1; highs <= most; highs += 11)
        for (int odd = 0; odd < 3; odd++) {
            for (size_t i = 0; i < 100; i++)
                values[i] = different[i % highs];
            values[50] = odd == 0 ? values[50] : odd == 1 ? 12.345678 : 123456.789012;
            struct bytes packed = packed_activations(values, 100);
            for (size_t length = 0; length < packed.length; length++) {
                struct packed_numbers numbers;
                uint8_t *part = malloc(length > 0 ? length : 1);
                assert_non_null(part);
                memcpy(part, packed.at, length);
                assert_false(packed_numbers_open(&numbers, part, length));
                free(part);
            }
            free(packed.at);
        }
}

static void random_bytes_are_refused_or_read_within_their_bytes(void **state)
{
    (void)state;
    static const uint8_t encodings[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 32, 64, 9, 255};
    unsigned seed = 11;
    for (int i = 0; i < 300000; i++) {
        size_t length = (size_t)rand_r(&seed) % 80;
        uint8_t *bytes = malloc(length > 0 ? length : 1);
        uint32_t ids[40];
        assert_non_null(bytes);
        for (size_t j = 0; j < length; j++)
            bytes[j] = (uint8_t)(rand_r(&seed) >> (rand_r(&seed) % 16));
        if (length > 0)
            bytes[0] = encodings[(size_t)rand_r(&seed) % sizeof encodings];
        if (length > 1)
            bytes[1] = (uint8_t)(rand_r(&seed) % 64);
        read_all(bytes, length);
        bool is_whole = unpack_tokens(bytes, length, ids, (size_t)rand_r(&seed) % 40);
        (void)is_whole;
        free(bytes);
    }
}

static int make_tables(void **state)
{
    (void)state;
    bfloat16_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bfloat16_numbers_of_any_number_of_high_bytes_are_read_back),
        cmocka_unit_test(every_bfloat16_number_is_read_back),
        cmocka_unit_test(a_usual_text_takes_twelve_bits_a_number),
        cmocka_unit_test(odd_digits_are_kept_in_floats),
        cmocka_unit_test(no_numbers_and_one_number_are_read_back),
        cmocka_unit_test(codes_can_be_read_in_pieces),
        cmocka_unit_test(a_list_of_256_high_bytes_is_read),
        cmocka_unit_test(token_ids_of_every_length_are_read_back),
        cmocka_unit_test(a_number_over_32_bits_or_without_an_end_is_refused),
        cmocka_unit_test(cut_activations_are_refused_or_read_within_their_bytes),
        cmocka_unit_test(random_bytes_are_refused_or_read_within_their_bytes),
    };
    return cmocka_run_group_tests(tests, make_tables, NULL);
}
