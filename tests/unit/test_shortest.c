/* Numbers as text: the shortest that read back, in the form of serde_json. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/client/shortest.h"

static void a_float32_prints_as_the_shortest_text(void **state)
{
    (void)state;
    static const struct {
        float value;
        const char *json;
    } cases[] = {
        {0.0f, "0.0"},
        {-0.0f, "-0.0"},
        {1.0f, "1.0"},
        {100.0f, "100.0"},
        {-3.0f, "-3.0"},
        {3.21f, "3.21"},
        {0.1f, "0.1"},
        {-0.007812f, "-0.007812"},
        {1e-6f, "1e-6"},
        {1.5e-5f, "0.000015"},
        {1e-5f, "0.00001"},
        {16777216.0f, "16777216.0"},
        {1e15f, "1000000000000000.0"},
        {1.5e16f, "1.5e16"},
        {3e38f, "3e38"},
        {FLT_MAX, "3.4028235e38"},
        {FLT_MIN, "1.1754944e-38"},
        {1e-45f, "1e-45"},
        {0x1p-96f, "1.2621775e-29"},
        {(float)NAN, "null"},
        {INFINITY, "null"},
        {-INFINITY, "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[NUMBER_TEXT_SIZE];
        assert_int_equal(float32_print(text, cases[i].value), strlen(cases[i].json));
        assert_string_equal(text, cases[i].json);
    }
}

/* The fewest digits that read back as `value`, found by trying. */
static int digits_needed(double value, bool is_float32)
{
    char text[64];
    for (int digits = 1; digits < 17; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, value);
        if (is_float32 ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
            return digits;
    }
    return 17;
}

/* Without sign, point, exponent, and zeros at both ends. */
static int digits_written(const char *text)
{
    int first = -1, last = -1, place = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text < '0' || *text > '9')
            continue;
        if (*text != '0') {
            first = first < 0 ? place : first;
            last = place;
        }
        place++;
    }
    return last - first + 1;
}

static void every_float32_reads_back_as_itself(void **state)
{
    (void)state;
    uint32_t bits = 1;
    char text[NUMBER_TEXT_SIZE];
    for (int i = 0; i < 100000; i++) {
        float value;
        bits = i < 510 ? (uint32_t)i << 22 : bits * 1664525u + 1013904223u; /* powers of two first */
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value) || value == 0)
            continue;
        size_t length = float32_print(text, value);
        assert_int_equal(length, strlen(text));
        assert_true(strtof(text, NULL) == value);
        assert_true((float)strtod(text, NULL) == value); /* as readers of JSON do it */
        assert_in_range(digits_written(text), 1, digits_needed((double)value, true));
        assert_true(float32_as_printed(value) == strtod(text, NULL));
    }
}

static void every_float64_reads_back_as_itself(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u;
    char text[NUMBER_TEXT_SIZE];
    for (uint64_t i = 0; i < 100000; i++) {
        double value;
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        uint64_t shown = i < 4094 ? i << 51 : bits; /* powers of two first */
        memcpy(&value, &shown, sizeof value);
        if (i % 3 == 1 && i >= 4094)
            value = (double)(int64_t)(bits >> 30) / 1000;
        if (!isfinite(value) || value == 0)
            continue;
        size_t length = float64_print(text, value);
        assert_int_equal(length, strlen(text));
        assert_true(strtod(text, NULL) == value);
        assert_in_range(digits_written(text), 1, digits_needed(value, false));
    }
}

static void a_float64_prints_as_the_shortest_text(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *json;
    } cases[] = {{0.1, "0.1"},         {3.2100000381469727, "3.2100000381469727"},
                 {5e-324, "5e-324"},   {DBL_MAX, "1.7976931348623157e308"},
                 {1e21, "1e21"},       {-2.5, "-2.5"},
                 {(double)NAN, "null"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[NUMBER_TEXT_SIZE];
        assert_int_equal(float64_print(text, cases[i].value), strlen(cases[i].json));
        assert_string_equal(text, cases[i].json);
    }
}

static void whole_numbers_print_as_they_are(void **state)
{
    (void)state;
    char text[21] = "";
    text[uint64_print(text, UINT64_MAX)] = '\0';
    assert_string_equal(text, "18446744073709551615");
    text[uint64_print(text, 0)] = '\0';
    assert_string_equal(text, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_float32_prints_as_the_shortest_text),
        cmocka_unit_test(every_float32_reads_back_as_itself),
        cmocka_unit_test(every_float64_reads_back_as_itself),
        cmocka_unit_test(a_float64_prints_as_the_shortest_text),
        cmocka_unit_test(whole_numbers_print_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
