/*
 * Decimal numbers: every text must give the very double that strtod gives, or nothing.
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

#include "ingest/decimal.h"

/* Bytes that are read of `text`, 0 when it is refused. It stands alone, or in a longer text (where eight bytes are read
 * at once). */
static size_t bytes_read(const char *text, const char *behind, double *value)
{
    size_t length = strlen(text), behind_length = strlen(behind);
    char *bytes = malloc(length + behind_length + 1);
    assert_non_null(bytes);
    memcpy(bytes, text, length);
    memcpy(bytes + length, behind, behind_length);
    char *exact = realloc(bytes, length + behind_length ? length + behind_length : 1);
    assert_non_null(exact);
    const char *end = decimal_read(exact, exact + length + behind_length, value);
    size_t read = end ? (size_t)(end - exact) : 0;
    free(exact);
    return read;
}

static void assert_like_strtod(const char *text)
{
    static const char *const behinds[] = {"", ", 0.25", "], \"minValue\": -1.000000, and more than 24 bytes", " "};
    double expected = strtod(text, NULL);
    for (size_t i = 0; i < sizeof behinds / sizeof behinds[0]; i++) {
        double value = 0;
        if (bytes_read(text, behinds[i], &value) != strlen(text))
            fail_msg("%s is not read before \"%s\"", text, behinds[i]);
        assert_memory_equal(&value, &expected, sizeof value);
    }
}

static void whole_texts_are_read_to_the_nearest_double(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",
                                        "-0",
                                        "-0.0",
                                        "0.0",
                                        "7",
                                        "-17",
                                        "0.1",
                                        "0.316406",
                                        "1e-06",
                                        "-1e-05",
                                        "1E+2",
                                        "2.5e1",
                                        "123.456789",
                                        "12345678.1234567",
                                        "123456789.12345678",
                                        "0.12345678",
                                        "0.1234567",
                                        "0.12345678901234567",
                                        "9007199254740991",
                                        "9007199254740992",
                                        "9007199254740993",
                                        "9007199254740995.5",
                                        "1e22",
                                        "1e23",
                                        "1e-22",
                                        "1e-23",
                                        "4.9e-324",
                                        "2.2250738585072011e-308",
                                        "1.7976931348623157e308",
                                        "1e-400",
                                        "0e999999999999",
                                        "1.0e0",
                                        "8.41e21",
                                        "0.000000000000000000000000000000000000000000000000000000001",
                                        "12345678901234567890123456789012345678901234567890"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_like_strtod(texts[i]);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",          "-",     "+1",    ".5",   "1.",    "-.5",   "1.e5", "1e",
                                        "1e+",       "1.5e-", "00",    "01.5", "-01",   "nan",   "NaN",  "inf",
                                        "-Infinity", "null",  "\"1\"", " 1",   "1e309", "-1e400"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        double value;
        assert_int_equal(bytes_read(texts[i], "", &value), 0);
        assert_int_equal(bytes_read(texts[i], ", and more than 24 bytes behind it", &value), 0);
    }
}

static void a_number_of_more_than_63_bytes_is_refused(void **state)
{
    (void)state;
    char text[128] = "0.";
    memset(text + 2, '1', DECIMAL_MAX_BYTES - 2);
    assert_like_strtod(text);
    double value;
    text[DECIMAL_MAX_BYTES] = '1';
    assert_int_equal(bytes_read(text, "", &value), 0);
}

static void reading_stops_behind_the_number(void **state)
{
    (void)state;
    double value;
    assert_int_equal(bytes_read("0.5", ".5 and more than 24 bytes", &value), 3);
    assert_int_equal(bytes_read("-12", "-3, and more than 24 bytes", &value), 3);
    assert_int_equal(bytes_read("0.25", "\x80, and more than 24 bytes", &value), 4);
    assert_int_equal(bytes_read("0.25", "/", &value), 4);
    assert_int_equal(bytes_read("0", "x10", &value), 1);
    assert_int_equal(bytes_read("0.25", ":::::::::::::::::::::::::::::::::", &value), 4);
}

/* xorshift64: the same numbers in every run. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void number_print(char *text, size_t size, uint64_t kind, double value)
{
    static const int decimals[] = {6, 4, 7, 8, 0, 6, 6, 6};
    if (kind < 8)
        snprintf(text, size, "%.*f", decimals[kind], value);
    else if (kind < 12)
        snprintf(text, size, "%.*g", 14 + (int)(kind - 8), value);
    else
        snprintf(text, size, "%.*e", (int)(kind - 12), value);
}

static void two_hundred_thousand_random_numbers_are_read_as_strtod_does(void **state)
{
    (void)state;
    uint64_t seed = UINT64_C(88172645463325252);
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = next_random(&seed);
        double number = (double)(int64_t)bits / 9223372036854775808.0;
        for (uint64_t power = bits % 12; power > 0; power--)
            number *= bits & 64 ? 10 : 0.1;
        char text[400];
        number_print(text, sizeof text, bits >> 8 & 15, number);
        double expected = strtod(text, NULL), value = 0;
        if (bytes_read(text, ", 0.25, 0.125, -0.0, 1.000000", &value) != strlen(text))
            fail_msg("%s is not read", text);
        if (memcmp(&value, &expected, sizeof value) != 0)
            fail_msg("%s is read as %.17g", text, value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_texts_are_read_to_the_nearest_double),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(a_number_of_more_than_63_bytes_is_refused),
        cmocka_unit_test(reading_stops_behind_the_number),
        cmocka_unit_test(two_hundred_thousand_random_numbers_are_read_as_strtod_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
