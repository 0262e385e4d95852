/* fcgi/request: targets taken apart, and values read from the pieces. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "request.h"

static struct request request;

static enum request_fault parse(const char *target)
{
    return request_parse(&request, "GET", target);
}

/* Compares the segments with `expected`, which has | between them. */
static void assert_segments(const char *target, const char *expected)
{
    char joined[2 * REQUEST_TARGET_MAX] = "";
    assert_int_equal(parse(target), REQUEST_FINE);
    for (size_t i = 0; i < request.segment_count; i++) {
        strcat(joined, i > 0 ? "|" : "");
        strcat(joined, request.segments[i].text);
    }
    assert_string_equal(joined, expected);
}

static struct request_text text_of(const char *text)
{
    return (struct request_text){text, strlen(text), true};
}

static void a_path_is_split_at_its_slashes(void **state)
{
    (void)state;
    assert_segments("/", "");
    assert_segments("/api", "api");
    assert_segments("/api/gpt2-xl/neuroscope/0/5", "api|gpt2-xl|neuroscope|0|5");
}

static void runs_of_slashes_merge_and_one_at_the_end_does_not_count(void **state)
{
    (void)state;
    assert_segments("//api///m/", "api|m");
    assert_segments("/api/m//", "api|m");
    assert_segments("///", "");
}

static void escapes_are_decoded_after_the_splitting(void **state)
{
    (void)state;
    assert_segments("/GPT%2D2%20XL/a%2Fb/%61%3f", "GPT-2 XL|a/b|a?");
    assert_segments("/a+b", "a+b");
    assert_segments("/%C3%A9%e6%97%a5", "é日");
}

static void dots_are_names_like_any_other(void **state)
{
    (void)state;
    assert_segments("/api/../x/.", "api|..|x|.");
    assert_segments("/%2e%2e/etc", "..|etc");
}

static void a_broken_escape_is_a_fault(void **state)
{
    (void)state;
    static const char *const targets[] = {"/%", "/a%2", "/%zz", "/%2x", "/%%41", "/x?%", "/x?a=%4", "/x?a=%g1", "/%-1"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        assert_int_equal(parse(targets[i]), REQUEST_ESCAPE_BROKEN);
}

static void a_segment_with_nul_or_broken_utf8_is_not_clean(void **state)
{
    (void)state;
    static const char *const targets[] = {"/%00", "/a%00b", "/%ff", "/\xff", "/%c3%28", "/%ed%a0%80", "/%c0%80"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        assert_int_equal(parse(targets[i]), REQUEST_FINE);
        assert_false(request.segments[0].is_clean);
    }
    assert_int_equal(parse("/caf\xc3\xa9/%0a"), REQUEST_FINE);
    assert_true(request.segments[0].is_clean);
    assert_true(request.segments[1].is_clean);
}

static void a_target_must_begin_with_a_slash(void **state)
{
    (void)state;
    assert_int_equal(parse(""), REQUEST_TARGET_NO_PATH);
    assert_int_equal(parse(NULL), REQUEST_TARGET_NO_PATH);
    assert_int_equal(parse("*"), REQUEST_TARGET_NO_PATH);
    assert_int_equal(parse("http://host/api"), REQUEST_TARGET_NO_PATH);
    assert_int_equal(parse("?a=1"), REQUEST_TARGET_NO_PATH);
}

static void the_longest_target_is_8192_bytes(void **state)
{
    (void)state;
    char target[REQUEST_TARGET_MAX + 2];
    memset(target, 'a', sizeof target);
    target[0] = '/';
    target[REQUEST_TARGET_MAX] = '\0';
    assert_int_equal(parse(target), REQUEST_FINE);
    assert_int_equal(request.segments[0].length, REQUEST_TARGET_MAX - 1);
    target[REQUEST_TARGET_MAX] = 'a';
    target[REQUEST_TARGET_MAX + 1] = '\0';
    assert_int_equal(parse(target), REQUEST_TARGET_TOO_LONG);
}

static void more_segments_than_any_route_has_are_counted_but_not_kept(void **state)
{
    (void)state;
    char target[REQUEST_TARGET_MAX + 1];
    for (size_t i = 0; i < REQUEST_TARGET_MAX; i += 2)
        memcpy(target + i, "/a", 2);
    target[REQUEST_TARGET_MAX] = '\0';
    assert_int_equal(parse(target), REQUEST_FINE);
    assert_int_equal(request.segment_count, REQUEST_TARGET_MAX / 2);
}

static void parameters_are_decoded_and_plus_is_a_blank(void **state)
{
    (void)state;
    assert_int_equal(parse("/x?texts=3&q=+the%2Bend%26&empty=&bare&a=b=c"), REQUEST_FINE);
    assert_string_equal(request_param(&request, "texts")->text, "3");
    assert_string_equal(request_param(&request, "q")->text, " the+end&");
    assert_string_equal(request_param(&request, "empty")->text, "");
    assert_string_equal(request_param(&request, "bare")->text, "");
    assert_string_equal(request_param(&request, "a")->text, "b=c");
    assert_null(request_param(&request, "nothing"));
    assert_int_equal(request.param_count, 5);
}

static void empty_parameters_do_not_count(void **state)
{
    (void)state;
    assert_int_equal(parse("/x?"), REQUEST_FINE);
    assert_int_equal(parse("/x?&&a=1&&"), REQUEST_FINE);
    assert_int_equal(request.param_count, 1);
    assert_int_equal(parse("/x?a?b"), REQUEST_FINE);
    assert_string_equal(request.params[0].name.text, "a?b");
}

static void a_parameter_that_is_no_text_is_a_fault_that_names_it(void **state)
{
    (void)state;
    assert_int_equal(parse("/x?a=1&window=%ff"), REQUEST_PARAM_UNCLEAN);
    assert_string_equal(request.culprit, "window");
    assert_int_equal(parse("/x?q=a%00b"), REQUEST_PARAM_UNCLEAN);
    assert_int_equal(parse("/x?%ff=1"), REQUEST_PARAM_UNCLEAN);
    assert_string_equal(request.culprit, "");
}

static void there_may_be_96_parameters(void **state)
{
    (void)state;
    char target[512] = "/x?";
    for (int i = 0; i < REQUEST_PARAMS_MAX; i++)
        strcat(target, "a=1&");
    assert_int_equal(parse(target), REQUEST_FINE);
    strcat(target, "a");
    assert_int_equal(parse(target), REQUEST_PARAMS_TOO_MANY);
}

static enum request_fault check(const char *target, const char *allowed)
{
    assert_int_equal(parse(target), REQUEST_FINE);
    return request_check_params(&request, allowed);
}

static void unknown_parameters_are_refused_by_name(void **state)
{
    (void)state;
    assert_int_equal(check("/x?texts=1&window=1,2", "texts window"), REQUEST_FINE);
    assert_int_equal(check("/x?texts=1&foo=2", "texts window"), REQUEST_PARAM_UNKNOWN);
    assert_string_equal(request.culprit, "foo");
    assert_int_equal(check("/x?text=1", "texts window"), REQUEST_PARAM_UNKNOWN);
    assert_int_equal(check("/x?Texts=1", "texts window"), REQUEST_PARAM_UNKNOWN);
    assert_int_equal(check("/x?=1", "texts"), REQUEST_PARAM_UNKNOWN);
    assert_int_equal(check("/x?a=1", NULL), REQUEST_PARAM_UNKNOWN);
    assert_int_equal(check("/x", NULL), REQUEST_FINE);
    assert_int_equal(check("/x?*=1", "id*"), REQUEST_PARAM_UNKNOWN);
}

static void a_parameter_comes_once_unless_the_route_says_otherwise(void **state)
{
    (void)state;
    assert_int_equal(check("/x?texts=1&t%65xts=1", "texts id*"), REQUEST_PARAM_TWICE);
    assert_string_equal(request.culprit, "texts");
    assert_int_equal(check("/x?id=1&texts=2&id=3&id=3", "texts id*"), REQUEST_FINE);
    assert_string_equal(request_param(&request, "id")->text, "1");
}

static void methods_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum request_method method;
    } cases[] = {{"GET", METHOD_GET},      {"HEAD", METHOD_HEAD}, {"POST", METHOD_POST}, {"OPTIONS", METHOD_OPTIONS},
                 {"DELETE", METHOD_OTHER}, {"get", METHOD_OTHER}, {"", METHOD_OTHER},    {NULL, METHOD_OTHER}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(request_parse(&request, cases[i].name, "/"), REQUEST_FINE);
        assert_int_equal(request.method, cases[i].method);
    }
}

static void an_index_is_digits_with_leading_zeros_and_one_plus(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t index;
    } good[] = {{"0", 0},
                {"5", 5},
                {"+1", 1},
                {"01", 1},
                {"+007", 7},
                {"4294967295", UINT32_MAX},
                {"0000000000000000000000000000004294967295", UINT32_MAX}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct request_text text = text_of(good[i].text);
        uint32_t index = 77;
        assert_true(request_read_index(&text, &index));
        assert_int_equal(index, good[i].index);
    }
}

static void anything_else_is_no_index(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",    "+",   "-1",  "1.0", "abc", "4294967296", "18446744073709551616", "99999999999999999999999", " 1", "1 ",
        "++1", "+-1", "0x1", "1e3", "１",  "1\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct request_text text = text_of(bad[i]);
        uint32_t index;
        assert_false(request_read_index(&text, &index));
    }
    struct request_text with_nul = {"1\0002", 3, false};
    uint32_t index;
    assert_false(request_read_index(&with_nul, &index));
}

static void a_number_too_large_still_looks_like_an_index(void **state)
{
    (void)state;
    struct request_text large = text_of("4294967296"), word = text_of("neuroscope"), plus = text_of("+");
    assert_true(request_looks_like_index(&large));
    assert_false(request_looks_like_index(&word));
    assert_false(request_looks_like_index(&plus));
}

static bool reads_int(const char *text, int64_t min, int64_t max, int64_t expected)
{
    int64_t value = 0;
    return request_read_int(text, strlen(text), min, max, &value) && value == expected;
}

static void whole_numbers_are_read_within_their_limits(void **state)
{
    (void)state;
    assert_true(reads_int("0", 0, 100, 0));
    assert_true(reads_int("100", 0, 100, 100));
    assert_true(reads_int("-5", -10, 10, -5));
    assert_true(reads_int("9223372036854775807", 0, INT64_MAX, INT64_MAX));
    assert_true(reads_int("-9223372036854775808", INT64_MIN, 0, INT64_MIN));
    assert_false(reads_int("101", 0, 100, 101));
    assert_false(reads_int("-1", 0, 100, -1));
    int64_t value;
    static const char *const bad[] = {
        "", "-", "+1", "1.5", "a", "1a", " 1", "9223372036854775808", "99999999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(request_read_int(bad[i], strlen(bad[i]), INT64_MIN, INT64_MAX, &value));
}

static void pairs_are_two_numbers_with_a_comma(void **state)
{
    (void)state;
    int64_t values[2];
    struct request_text good = text_of("50,10");
    assert_true(request_read_pair(&good, 0, 100, values));
    assert_int_equal(values[0], 50);
    assert_int_equal(values[1], 10);
    static const char *const bad[] = {"",       ",",    "50",    "50,",    ",10", "50,10,",
                                      "50,101", "-1,0", "50;10", "50, 10", "a,b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct request_text text = text_of(bad[i]);
        assert_false(request_read_pair(&text, 0, 100, values));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_split_at_its_slashes),
        cmocka_unit_test(runs_of_slashes_merge_and_one_at_the_end_does_not_count),
        cmocka_unit_test(escapes_are_decoded_after_the_splitting),
        cmocka_unit_test(dots_are_names_like_any_other),
        cmocka_unit_test(a_broken_escape_is_a_fault),
        cmocka_unit_test(a_segment_with_nul_or_broken_utf8_is_not_clean),
        cmocka_unit_test(a_target_must_begin_with_a_slash),
        cmocka_unit_test(the_longest_target_is_8192_bytes),
        cmocka_unit_test(more_segments_than_any_route_has_are_counted_but_not_kept),
        cmocka_unit_test(parameters_are_decoded_and_plus_is_a_blank),
        cmocka_unit_test(empty_parameters_do_not_count),
        cmocka_unit_test(a_parameter_that_is_no_text_is_a_fault_that_names_it),
        cmocka_unit_test(there_may_be_96_parameters),
        cmocka_unit_test(unknown_parameters_are_refused_by_name),
        cmocka_unit_test(a_parameter_comes_once_unless_the_route_says_otherwise),
        cmocka_unit_test(methods_are_told_apart),
        cmocka_unit_test(an_index_is_digits_with_leading_zeros_and_one_plus),
        cmocka_unit_test(anything_else_is_no_index),
        cmocka_unit_test(a_number_too_large_still_looks_like_an_index),
        cmocka_unit_test(whole_numbers_are_read_within_their_limits),
        cmocka_unit_test(pairs_are_two_numbers_with_a_comma),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
