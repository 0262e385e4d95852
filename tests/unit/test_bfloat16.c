/*
 * The 65,536 bfloat16 numbers as text, and the way back.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sql/client/bfloat16.h"

static float number_of(uint32_t code)
{
    uint32_t bits = code << 16;
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static bool same_number(double one, double other)
{
    return one == other && signbit(one) == signbit(other);
}

/* Copies the text without its comma, which must be there. */
static void text_of(uint32_t code, char text[24])
{
    const struct bfloat16_text *cell = &bfloat16_texts[code];
    assert_in_range(cell->length, 2, sizeof cell->text);
    assert_int_equal(cell->text[cell->length - 1], ',');
    memcpy(text, cell->text, cell->length - 1u);
    text[cell->length - 1] = '\0';
}

/* -?(0|[1-9][0-9]*).[0-9]+(e[+-][0-9]+)? */
static bool is_json_number(const char *text)
{
    text += *text == '-';
    size_t whole = strspn(text, "0123456789");
    if (whole == 0 || (whole > 1 && text[0] == '0'))
        return false;
    text += whole;
    size_t decimals = *text == '.' ? strspn(text + 1, "0123456789") : 0;
    if (*text == '.' && decimals == 0)
        return false;
    text += decimals > 0 ? decimals + 1 : 0;
    if (*text == 'e') {
        text += text[1] == '-' || text[1] == '+' ? 2 : 1;
        text += strspn(text, "0123456789");
    }
    return *text == '\0';
}

static void every_text_is_the_number_rounded_to_six_decimals(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 65536; code++) {
        char text[24], expected[64];
        float number = number_of(code);
        text_of(code, text);
        if (!isfinite(number)) {
            assert_string_equal(text, "null");
            continue;
        }
        snprintf(expected, sizeof expected, "%.6f", (double)number); /* glibc: exact, halves to even */
        assert_true(is_json_number(text));
        if (fabsf(number) < 1e6f)
            assert_true(same_number(strtod(text, NULL), strtod(expected, NULL)));
        else
            assert_true(strtof(text, NULL) == number);
    }
}

static void every_value_is_what_its_text_says(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 65536; code++) {
        char text[24];
        text_of(code, text);
        if (!isfinite(number_of(code)))
            assert_true(isnan(bfloat16_value((uint16_t)code)));
        else if (fabsf(number_of(code)) < 1e6f)
            assert_true(same_number(bfloat16_value((uint16_t)code), strtod(text, NULL)));
        else
            assert_true(bfloat16_value((uint16_t)code) == (double)number_of(code));
    }
}

static void every_printed_number_is_found_again(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 65536; code++) {
        uint16_t found;
        double value = bfloat16_value((uint16_t)code);
        if (isnan(value))
            continue;
        assert_true(bfloat16_find(value, &found));
        assert_true(same_number(bfloat16_value(found), value));
    }
}

static void numbers_that_no_bfloat16_prints_as_are_not_found(void **state)
{
    (void)state;
    static const double others[] = {12.345678, 123456.789012,    0.1234567,         0.1,        1e-7,
                                    -1e-7,     0.3333333,        1.0000001,         2.0 / 3,    1e39,
                                    -1e300,    (double)INFINITY, -(double)INFINITY, (double)NAN};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        uint16_t code;
        if (bfloat16_find(others[i], &code))
            fail_msg("%.17g is found as %u", others[i], code);
    }
}

static void random_numbers_are_found_exactly_when_some_code_prints_so(void **state)
{
    (void)state;
    unsigned seed = 4;
    for (int i = 0; i < 300000; i++) {
        char text[64];
        uint16_t code;
        double number = ldexp((double)rand_r(&seed) / RAND_MAX - 0.5, rand_r(&seed) % 24 - 18);
        snprintf(text, sizeof text, "%.6f", number);
        double value = strtod(text, NULL);
        bool is_found = bfloat16_find(value, &code), is_there = false;
        /* Whoever prints so is the nearest code or one of its neighbours. */
        uint32_t bits;
        float narrow = (float)value;
        memcpy(&bits, &narrow, sizeof bits);
        for (uint32_t near = (bits >> 16) - 2; near != (bits >> 16) + 3; near++)
            is_there = is_there || (near < 65536 && same_number(bfloat16_value((uint16_t)near), value));
        assert_int_equal(is_found, is_there);
        if (is_found)
            assert_true(same_number(bfloat16_value(code), value));
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
        cmocka_unit_test(every_text_is_the_number_rounded_to_six_decimals),
        cmocka_unit_test(every_value_is_what_its_text_says),
        cmocka_unit_test(every_printed_number_is_found_again),
        cmocka_unit_test(numbers_that_no_bfloat16_prints_as_are_not_found),
        cmocka_unit_test(random_numbers_are_found_exactly_when_some_code_prints_so),
    };
    return cmocka_run_group_tests(tests, make_tables, NULL);
}
