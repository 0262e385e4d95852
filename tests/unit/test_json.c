/* fcgi/json: strings escaped as serde_json does, numbers as short as they read back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "fcgi/json.h"

/* What was written, NUL-terminated; the buffer is emptied for the next. */
static const char *taken(struct buffer *b)
{
    buffer_add_char(b, '\0');
    assert_false(b->failed);
    b->length = 0;
    return b->data;
}

static void only_what_json_demands_is_escaped(void **state)
{
    (void)state;
    struct buffer b = {0};
    json_text(&b, "plain / 'text' \x7f");
    assert_string_equal(taken(&b), "\"plain / 'text' \x7f\"");
    json_text(&b, "\"\\\b\f\n\r\t");
    assert_string_equal(taken(&b), "\"\\\"\\\\\\b\\f\\n\\r\\t\"");
    json_string(&b, "\0\x01\x0b\x1f", 4);
    assert_string_equal(taken(&b), "\"\\u0000\\u0001\\u000b\\u001f\"");
    buffer_clear(&b);
}

static void characters_beyond_ascii_stay_utf8(void **state)
{
    (void)state;
    struct buffer b = {0};
    json_text(&b, "é 日本 😀 \u2028 \ufeff");
    assert_string_equal(taken(&b), "\"é 日本 😀 \u2028 \ufeff\"");
    buffer_clear(&b);
}

static void bytes_that_are_no_utf8_become_replacement_characters(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *json;
    } cases[] = {
        {"a\xff"
         "b",
         "\"a\ufffdb\""},                                     /* never a first byte */
        {"\x80", "\"\ufffd\""},                               /* continuation alone */
        {"\xc0\xaf", "\"\ufffd\ufffd\""},                     /* overlong / */
        {"\xed\xa0\x80", "\"\ufffd\ufffd\ufffd\""},           /* surrogate */
        {"\xf4\x90\x80\x80", "\"\ufffd\ufffd\ufffd\ufffd\""}, /* past U+10FFFF */
        {"\xe6\x97", "\"\ufffd\ufffd\""},                     /* cut off */
        {"\xe6\"", "\"\ufffd\\\"\""},                         /* the quote after a broken character is still escaped */
    };
    struct buffer b = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_text(&b, cases[i].bytes);
        assert_string_equal(taken(&b), cases[i].json);
    }
    buffer_clear(&b);
}

static void an_absent_text_is_null(void **state)
{
    (void)state;
    struct buffer b = {0};
    json_text(&b, NULL);
    assert_string_equal(taken(&b), "null");
    buffer_clear(&b);
}

static void whole_numbers_and_booleans_print_as_they_are(void **state)
{
    (void)state;
    struct buffer b = {0};
    json_int(&b, INT64_MIN);
    assert_string_equal(taken(&b), "-9223372036854775808");
    json_uint(&b, UINT64_MAX);
    assert_string_equal(taken(&b), "18446744073709551615");
    json_boolean(&b, true);
    json_boolean(&b, false);
    assert_string_equal(taken(&b), "truefalse");
    buffer_clear(&b);
}

static void numbers_that_are_none_are_null(void **state)
{
    (void)state;
    struct buffer b = {0};
    json_float32(&b, 3.21f);
    json_float32(&b, (float)NAN);
    json_float64(&b, 1e21);
    json_float64(&b, -INFINITY);
    assert_string_equal(taken(&b), "3.21null1e21null");
    buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_json_demands_is_escaped),
        cmocka_unit_test(characters_beyond_ascii_stay_utf8),
        cmocka_unit_test(bytes_that_are_no_utf8_become_replacement_characters),
        cmocka_unit_test(an_absent_text_is_null),
        cmocka_unit_test(whole_numbers_and_booleans_print_as_they_are),
        cmocka_unit_test(numbers_that_are_none_are_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
