/*
 * Packed numbers come back to the last bit in every form, and each kind of number takes the room that it needs.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sql/client/bfloat16.h"
#include "sql/client/narrow_float.h"
#include "sql/client/packing.h"

/* Packs into memory of the announced size, checks every number and every shorter input; the kind and the length. */
static enum number_kind pack(const double *values, size_t count, size_t *length)
{
    uint8_t *packed = malloc(pack_activations_bound(count));
    struct packed_numbers numbers;
    assert_non_null(packed);
    *length = pack_activations(values, count, packed);
    uint8_t *exact = realloc(packed, *length);
    assert_non_null(exact);
    assert_true(packed_numbers_open(&numbers, exact, *length));
    assert_int_equal(numbers.count, count);
    for (size_t i = 0; i < count; i++) {
        double value = packed_numbers_get(&numbers, (uint32_t)i);
        if (memcmp(&value, &values[i], sizeof value) != 0)
            fail_msg("number %zu is %.17g, not %.17g", i, value, values[i]);
    }
    struct packed_numbers cut;
    for (size_t shorter = 0; shorter < *length; shorter++)
        assert_false(packed_numbers_open(&cut, exact, shorter));
    free(exact);
    return numbers.kind;
}

static void assert_packed(const double *values, size_t count, enum number_kind kind, size_t most)
{
    size_t length;
    assert_int_equal(pack(values, count, &length), kind);
    if (length > most)
        fail_msg("%zu numbers take %zu bytes, more than %zu", count, length, most);
}

static void each_kind_of_number_takes_the_room_it_needs(void **state)
{
    (void)state;
    enum { COUNT = 640 };
    double values[COUNT];
    for (int i = 0; i < COUNT; i++)
        values[i] = bfloat16_value((uint16_t)(0x3f00 + i % 300));
    assert_packed(values, COUNT, NUMBER_BFLOAT16, COUNT * 5 / 4 + 16);
    for (int i = 0; i < COUNT; i++)
        values[i] = exact_bfloat16_value((uint16_t)(0x3a01 + i));
    assert_packed(values, COUNT, NUMBER_EXACT_BFLOAT16, COUNT * 3 / 2 + 16);
    for (int i = 0; i < COUNT; i++)
        values[i] = half_value((uint16_t)(0x0001 + 37 * i));
    assert_packed(values, COUNT, NUMBER_EXACT_FLOAT16, 2 * COUNT + 4);
    for (int i = 0; i < COUNT; i++)
        values[i] = (double)(1.0f / (float)(i + 3));
    assert_packed(values, COUNT, NUMBER_EXACT_FLOAT32, 4 * COUNT + 4);
    for (int i = 0; i < COUNT; i++)
        values[i] = 0.1 * (i + 1) + 0.01;
    assert_packed(values, COUNT, NUMBER_FLOAT64, 8 * COUNT + 4);
    for (int i = 0; i < COUNT; i++)
        values[i] = i % 2 ? 0 : 1 / (3.0 + i % 40);
    assert_packed(values, COUNT, NUMBER_LISTED, 8 * 41 + COUNT + 8);
}

static void decimals_of_few_digits_are_floats_of_four_bytes(void **state)
{
    (void)state;
    const double values[] = {0.14256336, -0.17479971, 1.4012778, 0.1};
    assert_packed(values, 4, NUMBER_FLOAT32, 2 + 16);
}

static void odd_numbers_come_back(void **state)
{
    (void)state;
    size_t length;
    const double odd[] = {-0.0, 0.0, 5e-324, 1.7976931348623157e308, -1e-300, 65504, 65505, 0x1p-24, 0x1p-149, 1.0 / 3};
    for (size_t count = 0; count <= sizeof odd / sizeof *odd; count++)
        pack(odd, count, &length);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        pack(&odd[i], 1, &length);
}

static void lists_of_any_length_and_variety_fit_their_bound(void **state)
{
    (void)state;
    size_t length;
    double values[600];
    for (size_t different = 1; different <= 300; different += different < 20 ? 1 : 47)
        for (size_t count = 1; count <= 600; count += count < 20 ? 1 : 29) {
            for (size_t i = 0; i < count; i++)
                values[i] = 1 / (3.0 + (double)(i % different));
            pack(values, count, &length);
        }
}

static void every_code_of_sixteen_bits_is_found_again(void **state)
{
    (void)state;
    for (unsigned code = 0; code <= UINT16_MAX; code++) {
        uint16_t found;
        if ((code & 0x7f80) != 0x7f80) {
            assert_true(exact_bfloat16_find(exact_bfloat16_value((uint16_t)code), &found));
            assert_int_equal(found, code);
        }
        if ((code & 0x7c00) != 0x7c00) {
            assert_true(half_find(half_value((uint16_t)code), &found));
            assert_int_equal(found, code);
        }
    }
    assert_false(half_find(65505, &(uint16_t){0}) || half_find(0x1p-25, &(uint16_t){0}) ||
                 half_find(1.0 / 3, &(uint16_t){0}));
}

static void random_bytes_are_opened_without_harm(void **state)
{
    (void)state;
    uint32_t seed = 1;
    static const uint8_t encodings[] = {0, 3, 8, 9, 16, 32, 33, 64, 65, 127, 128, 132, 136, 137, 255};
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[64];
        struct packed_numbers numbers;
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
        bytes[0] = encodings[(size_t)round % sizeof encodings];
        bytes[1] &= 31;
        size_t length = bytes[2] % (sizeof bytes + 1);
        uint8_t *exact = malloc(length + 1);
        assert_non_null(exact);
        memcpy(exact, bytes, length);
        if (packed_numbers_open(&numbers, exact, length))
            for (uint32_t i = 0; i < numbers.count; i++)
                (void)packed_numbers_get(&numbers, i);
        free(exact);
    }
}

static int start(void **state)
{
    (void)state;
    bfloat16_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_number_takes_the_room_it_needs),
        cmocka_unit_test(decimals_of_few_digits_are_floats_of_four_bytes),
        cmocka_unit_test(odd_numbers_come_back),
        cmocka_unit_test(lists_of_any_length_and_variety_fit_their_bound),
        cmocka_unit_test(every_code_of_sixteen_bits_is_found_again),
        cmocka_unit_test(random_bytes_are_opened_without_harm),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
