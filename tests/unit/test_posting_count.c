/*
 * Counting in posting lists, beside a count in plain loops.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <endian.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fcgi/posting_count.h"
#include "fcgi/posting_merge.h"

static void put_entry(uint8_t *entry, uint32_t place, uint16_t num_tokens)
{
    uint32_t big_place = htobe32(place);
    uint16_t big_tokens = htobe16(num_tokens);
    memset(entry, 0x7f, POSTING_BYTES);
    memcpy(entry, &big_place, sizeof big_place);
    memcpy(entry + 8, &big_tokens, sizeof big_tokens);
}

static void no_entries_have_no_neurons(void **state)
{
    (void)state;
    size_t num_counts = 1;
    assert_null(posting_count(NULL, 0, &num_counts));
    assert_int_equal(num_counts, 0);
}

static void highest_and_lowest_places_are_kept_apart(void **state)
{
    (void)state;
    static const uint32_t places[] = {UINT32_MAX, 0, 0x01000000, 0x00010000, 0x00000100, 1, UINT32_MAX, 0x01000000};
    enum { COUNT = sizeof places / sizeof *places };
    uint8_t *entries = malloc((size_t)COUNT * POSTING_BYTES);
    size_t num_counts;
    assert_non_null(entries);
    for (size_t i = 0; i < COUNT; i++)
        put_entry(entries + i * POSTING_BYTES, places[i], (uint16_t)places[i]);
    struct posting_count *counts = posting_count(entries, COUNT, &num_counts);
    static const struct posting_count expected[] = {{0, 1, 0},       {1, 1, 1},         {0x100, 1, 0x100},
                                                    {0x10000, 1, 0}, {0x1000000, 2, 0}, {UINT32_MAX, 2, UINT16_MAX}};
    assert_int_equal(num_counts, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < num_counts; i++) {
        assert_int_equal(counts[i].place, expected[i].place);
        assert_int_equal(counts[i].num_lists, expected[i].num_lists);
        assert_int_equal(counts[i].num_tokens, expected[i].num_tokens);
    }
    free(counts);
    free(entries);
}

static void random_lists_are_counted_as_plain_loops_count_them(void **state)
{
    (void)state;
    enum { PLACES = 5000, LISTS = 40 };
    unsigned seed = 1;
    uint32_t expected[PLACES] = {0};
    uint8_t *entries = malloc((size_t)PLACES * LISTS * POSTING_BYTES);
    size_t count = 0, num_counts, num_expected = 0;
    assert_non_null(entries);
    for (int list = 0; list < LISTS; list++) {
        for (uint32_t place = 0; place < PLACES; place++) {
            if (rand_r(&seed) % 7 != 0)
                continue;
            put_entry(entries + count++ * POSTING_BYTES, place * 1000003, (uint16_t)place);
            expected[place]++;
        }
    }
    struct posting_count *counts = posting_count(entries, count, &num_counts);
    uint64_t before = 0;
    for (uint32_t place = 0; place < PLACES; place++)
        num_expected += expected[place] > 0;
    assert_int_equal(num_counts, num_expected);
    for (size_t i = 0; i < num_counts; i++) {
        assert_true(i == 0 || counts[i].place > before);
        before = counts[i].place;
        assert_int_equal(counts[i].num_lists, expected[counts[i].num_tokens]);
        assert_int_equal(counts[i].place, counts[i].num_tokens * (uint32_t)1000003);
    }
    free(counts);
    free(entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_entries_have_no_neurons),
        cmocka_unit_test(highest_and_lowest_places_are_kept_apart),
        cmocka_unit_test(random_lists_are_counted_as_plain_loops_count_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
