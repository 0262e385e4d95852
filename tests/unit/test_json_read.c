/*
 * Documents from outside: what is JSON is read, and everything else is refused with a reason that names the place.
 */
#include "saved_file.h"

#include <math.h>

#include "ingest/json_read.h"

/* Reads a copy that ends where its bytes end. */
static json_object *read_text(const char *text, size_t length, enum json_licence licence, char reason[JSON_REASON_SIZE])
{
    struct saved_file copy = saved_file_new(length);
    memcpy(copy.bytes, text, length);
    memset(reason, 0, JSON_REASON_SIZE);
    json_object *root = json_read_with(copy.bytes, copy.length, licence, reason);
    free(copy.bytes);
    return root;
}

static void assert_refused(const char *text, size_t length, const char *expected)
{
    char reason[JSON_REASON_SIZE];
    json_object *root = read_text(text, length, JSON_STRICT, reason);
    if (root != NULL)
        fail_msg("%s is read", text);
    if (strstr(reason, expected) == NULL)
        fail_msg("%s is refused with '%s', not '%s'", text, reason, expected);
}

static void whole_documents_are_read(void **state)
{
    static const char *const texts[] = {"{}",
                                        "[]",
                                        " [1]\n",
                                        "\"a\"",
                                        "17",
                                        "-0.5e-3",
                                        "true",
                                        "{\"a\":{\"a\":\":\\\":\"}}",
                                        "[\"\\\\\",\":\"]",
                                        "{\"\\u0061\":1,\"b\":2}",
                                        "[\"\xf0\x9f\x98\x80\"]"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char reason[JSON_REASON_SIZE];
        json_object *root = read_text(texts[i], strlen(texts[i]), JSON_STRICT, reason);
        if (root == NULL)
            fail_msg("%s is refused: %s", texts[i], reason);
        json_object_put(root);
    }
}

static void what_is_no_document_is_refused(void **state)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "ends too early, after 0 bytes"},
        {"{\"a\":1", "ends too early, after 6 bytes"},
        {"[\"abc", "ends too early"},
        {"null", "the document is null"},
        {"{'a':1}", "not JSON at byte 1"},
        {"[\"a\tb\"]", "not JSON at byte 3: a control character"},
        {"[1.]", "not JSON at byte 3: a digit"},
        {"[99999999999999999999999]", "too big"},
        {"[-99999999999999999999999]", "too big"},
        {"[1] [2]", "not JSON at byte"},
        {"[1,]", "not JSON at byte"},
        {"[1] /* no */", "not JSON at byte"},
        {"{\"a\":1,\"a\":2}", "the same key twice"},
        {"{\"a\":{\"b\":1,\"\\u0062\":2}}", "the same key twice"},
        {"[NaN]", "NaN, infinite or too big"},
        {"[-Infinity]", "NaN, infinite or too big"},
        {"[1e999]", "NaN, infinite or too big"},
        {"[\"\xc3\"]", "not UTF-8 at byte 2"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(cases[i].text, strlen(cases[i].text), cases[i].reason);
    assert_refused("[1]\0", 4, "a NUL at byte 3");
}

static void nesting_is_bounded(void **state)
{
    enum { DEPTH = 50000 };
    (void)state;
    char *text = malloc(2 * DEPTH);
    assert_non_null(text);
    memset(text, '[', DEPTH);
    memset(text + DEPTH, ']', DEPTH);
    assert_refused(text, 2 * DEPTH, "levels deep at byte");
    free(text);
}

static void nan_is_read_where_it_is_allowed(void **state)
{
    (void)state;
    char reason[JSON_REASON_SIZE];
    json_object *root = read_text("[NaN,-Infinity]", 15, JSON_WITH_NAN, reason);
    assert_non_null(root);
    assert_true(isnan(json_object_get_double(json_object_array_get_idx(root, 0))));
    json_object_put(root);
}

static void reasons_name_the_way_to_the_place(void **state)
{
    static const char text[] = "{\"a\":[{\"b\":{\"c\":7}}],\"d\":\"x\"}";
    (void)state;
    char reason[JSON_REASON_SIZE];
    json_object *root = read_text(text, strlen(text), JSON_STRICT, reason);
    struct json_place document = json_root(root, reason), list, element, b, c, missing;
    size_t count, length;
    int64_t number;
    const char *bytes;
    assert_true(json_member(&document, "a", &list) && json_get_list(&list, 1, &count) && count == 1);
    element = json_element(&list, 0);
    assert_true(json_member(&element, "b", &b) && json_member(&b, "c", &c));
    assert_true(json_get_int(&c, 0, 7, &number) && number == 7);
    assert_false(json_get_int(&c, 0, 6, &number));
    assert_string_equal(reason, "a[0].b.c is 7, not 0 to 6");
    assert_false(json_member(&b, "e", &missing));
    assert_string_equal(reason, "a[0].b has no e");
    assert_false(json_member(&document, "z", &missing));
    assert_string_equal(reason, "the document has no z");
    assert_false(json_get_string(&c, 5, &bytes, &length));
    assert_string_equal(reason, "a[0].b.c is a number, not a string");
    assert_false(json_get_list(&list, 0, &count));
    assert_string_equal(reason, "a has 1 elements, more than 0");
    json_object_put(root);
}

static void a_long_way_is_cut_to_the_reason(void **state)
{
    (void)state;
    char key[400], reason[JSON_REASON_SIZE];
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    struct json_place document = json_root(NULL, reason);
    struct json_place member = {.parent = &document, .key = key, .reason = reason};
    assert_false(json_refuse(&member, "is wrong"));
    assert_int_equal(strlen(reason), JSON_REASON_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_documents_are_read),
        cmocka_unit_test(what_is_no_document_is_refused),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(nan_is_read_where_it_is_allowed),
        cmocka_unit_test(reasons_name_the_way_to_the_place),
        cmocka_unit_test(a_long_way_is_cut_to_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
