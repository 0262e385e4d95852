/*
 * Values out of JSON texts, and the check that a text is JSON to the letter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fcgi/json_slice.h"
#include "fcgi/route.h"
#include "fcgi/service.h"
#include "json_strict.h"
#include "ingest/service_name.h"

struct slice_case {
    const char *text, *path, *value; /* NULL: not there */
};

static const struct slice_case slices[] = {
    {"{\"a\":1}", "a", "1"},
    {" { \"a\" : 1.50 } ", "a", "1.50"},
    {"{\"a\":{\"b\":[0,[1,\"]}\\\"\"]]}}", "a.b.1", "[1,\"]}\\\"\"]"},
    {"{\"a\":{\"b\":1},\"a.b\":2}", "a.b", "2"},
    {"{\"a.b\":2,\"a\":{\"b\":1}}", "a.b", "2"},
    {"{\"a\":{\"b\":1},\"a.c\":2}", "a.b", "1"},
    {"{\"\\u00e9\\ud83d\\ude00\\n\":3}", "\xc3\xa9\xf0\x9f\x98\x80\n", "3"},
    {"{\"\":{\"\":4}}", ".", "4"},
    {"{\"\":{\"\":4}}", "", "{\"\":4}"},
    {"[10,20,30]", "2", "30"},
    {"[10,20,30]", "3", NULL},
    {"[]", "0", NULL},
    {"{}", "a", NULL},
    {"1", "a", NULL},
    {"", "a", NULL},
    {"{\"a\":1}", "a.", NULL},
    {"{\"a\":1}", "A", NULL},
    {"{\"a\":[1]}", "a.00", "1"},
    /* No JSON: nothing beyond the end may be read. */
    {"{", "a", NULL},
    {"{\"a\"", "a", NULL},
    {"{\"a\":", "a", NULL},
    {"{\"a\":[", "a", NULL},
    {"{\"a\":\"", "a", NULL},
    {"{\"a\":\"\\", "a", NULL},
    {"{\"\\u00", "a", NULL},
    {"{\"\\", "a", NULL},
    {"[,]", "0", NULL},
};

static void values_are_found_by_their_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof slices / sizeof *slices; i++) {
        size_t length = strlen(slices[i].text), value_length = 0;
        const char *value = NULL;
        char *text = malloc(length + 1); /* so that a sanitizer sees a step too far */
        memcpy(text, slices[i].text, length);
        text = realloc(text, length > 0 ? length : 1);
        bool is_found = json_slice_find(text, length, slices[i].path, strlen(slices[i].path), &value, &value_length);
        if (is_found != (slices[i].value != NULL))
            fail_msg("%s of %s", slices[i].path, slices[i].text);
        if (is_found && (value_length != strlen(slices[i].value) || memcmp(value, slices[i].value, value_length) != 0))
            fail_msg("%s of %s is %.*s", slices[i].path, slices[i].text, (int)value_length, value);
        free(text);
    }
}

static void json_to_the_letter_is_told_from_the_rest(void **state)
{
    (void)state;
    static const char *const good[] = {"1",
                                       " -0 ",
                                       "0.5e+10",
                                       "\"\\u0000\\n\"",
                                       "null",
                                       "[]",
                                       "{ }",
                                       "[1,[2]]\n",
                                       "{\"a\":{\"b\":[]}}",
                                       "true",
                                       "\"\x7f\xc3\xa9\"",
                                       "1E5"};
    static const char *const bad[] = {
        "",           "01",    "1.",   ".5",   "+1",       "1e",     "-",       "'a'",       "{'a':1}", "[1,]",
        "{\"a\":1,}", "[1 2]", "nul",  "True", "NaN",      "\"\n\"", "\"\\x\"", "\"\\u12\"", "\"",      "[",
        "{\"a\"}",    "{1:2}", "[1]]", "1 2",  "Infinity", "[,1]",   "{,}",     "/**/1",     "0x10",    "\"\\"};
    char reason[JSON_STRICT_REASON_SIZE];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!json_strict_check(good[i], strlen(good[i]), reason))
            fail_msg("%s: %s", good[i], reason);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (json_strict_check(bad[i], strlen(bad[i]), reason))
            fail_msg("accepted: %s", bad[i]);
    assert_false(json_strict_check("1\0", 2, reason));
    assert_string_equal(reason, "not JSON: a NUL at byte 1");
}

static void thirty_two_levels_are_the_most(void **state)
{
    (void)state;
    char text[2 * 33], reason[JSON_STRICT_REASON_SIZE];
    memset(text, '[', 33);
    memset(text + 33, ']', 33);
    assert_true(json_strict_check(text + 1, 64, reason));
    assert_false(json_strict_check(text, 66, reason));
    assert_string_equal(reason, "more than 32 levels deep at byte 32");
}

/* A user's service of such a name could never be asked for. */
static void names_of_services_and_of_what_stands_beside_them_are_reserved(void **state)
{
    (void)state;
    char reason[SERVICE_NAME_REASON_SIZE];
    for (size_t i = 0; i < num_services; i++)
        if (service_name_check(services[i]->name, reason))
            fail_msg("ingest/service_name.c lacks %s", services[i]->name);
    static const char start[] = "/api/{model}/";
    for (size_t i = 0; i < route_table_count; i++) {
        const char *pattern = route_table[i].pattern;
        char name[64];
        if (strncmp(pattern, start, sizeof start - 1) != 0 || pattern[sizeof start - 1] == '{')
            continue;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(pattern + sizeof start - 1, "/"), pattern + sizeof start - 1);
        if (service_name_check(name, reason))
            fail_msg("ingest/service_name.c lacks %s", name);
    }
    assert_true(service_name_check("my-own_service1", reason));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_by_their_paths),
        cmocka_unit_test(json_to_the_letter_is_told_from_the_rest),
        cmocka_unit_test(thirty_two_levels_are_the_most),
        cmocka_unit_test(names_of_services_and_of_what_stands_beside_them_are_reserved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
