/*
 * Histograms, beside a count in plain comparisons.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fcgi/histogram.h"

static void assert_counts(const double *values, size_t count, size_t num_bins, double low, double high,
                          const uint32_t *expected)
{
    struct histogram h;
    histogram_count(&h, values, count, num_bins);
    assert_true(h.low == low && h.high == high);
    assert_int_equal(h.num_bins, num_bins);
    assert_memory_equal(h.counts, expected, num_bins * sizeof *expected);
}

static void a_number_on_an_edge_belongs_to_the_bin_above_and_the_highest_to_the_last(void **state)
{
    (void)state;
    const double values[] = {0, 0.999, 1, 2, 3, 4};
    assert_counts(values, 6, 4, 0, 4, (const uint32_t[]){2, 1, 1, 2});
    assert_counts(values, 6, 1, 0, 4, (const uint32_t[]){6});
}

static void every_number_is_in_the_bin_whose_edges_enclose_it(void **state)
{
    (void)state;
    double values[1000];
    for (size_t i = 0; i < 1000; i++)
        values[i] = (double)(i * 7919 % 1000) / 64 - 5; /* exact, as are the edges of 8 bins */
    uint32_t expected[8] = {0};
    double low = -5, high = 999.0 / 64 - 5;
    for (size_t i = 0; i < 1000; i++)
        for (size_t bin = 0; bin < 8; bin++)
            expected[bin] += values[i] >= low + (double)bin * (high - low) / 8 &&
                             (values[i] < low + (double)(bin + 1) * (high - low) / 8 || bin == 7);
    assert_counts(values, 1000, 8, low, high, expected);
}

static void numbers_that_are_all_the_same_are_in_the_first_bin(void **state)
{
    (void)state;
    assert_counts((const double[]){-2, -2, -2}, 3, 3, -2, -2, (const uint32_t[]){3, 0, 0});
    assert_counts((const double[]){7}, 1, 2, 7, 7, (const uint32_t[]){1, 0});
}

static void what_is_not_finite_is_left_out(void **state)
{
    (void)state;
    assert_counts((const double[]){NAN, 1, INFINITY, 3, -INFINITY, NAN}, 6, 2, 1, 3, (const uint32_t[]){1, 1});
    assert_counts((const double[]){NAN, INFINITY}, 2, 2, 0, 0, (const uint32_t[]){0, 0});
    assert_counts(NULL, 0, 2, 0, 0, (const uint32_t[]){0, 0});
}

static void the_largest_and_the_smallest_doubles_have_bins_too(void **state)
{
    (void)state;
    assert_counts((const double[]){-DBL_MAX, 1, DBL_MAX}, 3, 2, -DBL_MAX, DBL_MAX, (const uint32_t[]){1, 2});
    assert_counts((const double[]){0, DBL_TRUE_MIN}, 2, HISTOGRAM_BINS_MAX, 0, DBL_TRUE_MIN,
                  (const uint32_t[HISTOGRAM_BINS_MAX]){[0] = 1, [HISTOGRAM_BINS_MAX - 1] = 1});
}

static void it_is_written_as_json(void **state)
{
    (void)state;
    struct histogram h;
    struct buffer body = {0};
    histogram_count(&h, (const double[]){-0.169922, 2.5, 0.1}, 3, 3);
    histogram_write(&h, &body);
    buffer_add_char(&body, '\0');
    assert_false(body.failed);
    assert_string_equal(body.data, "{\"counts\":[2,0,1],\"high\":2.5,\"low\":-0.169922}");
    buffer_clear(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_on_an_edge_belongs_to_the_bin_above_and_the_highest_to_the_last),
        cmocka_unit_test(every_number_is_in_the_bin_whose_edges_enclose_it),
        cmocka_unit_test(numbers_that_are_all_the_same_are_in_the_first_bin),
        cmocka_unit_test(what_is_not_finite_is_left_out),
        cmocka_unit_test(the_largest_and_the_smallest_doubles_have_bins_too),
        cmocka_unit_test(it_is_written_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
