/* fcgi/route: from path and method to a row of a table. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "route.h"
#include "scoreboard.h"

static const struct route table[] = {
    {"/api", METHOD_GET, NULL, .label = "models"},
    {"/api/{model}/all", METHOD_GET, NULL, .label = "all"},
    {"/api/{model}/{layer:index}/{neuron}", METHOD_GET, NULL, .label = "document"},
    {"/api/{model}/{service}", METHOD_GET, NULL, .label = "model"},
    {"/api/{model}/{service}/{layer}", METHOD_GET, NULL, .label = "layer"},
    {"/batch", METHOD_POST, NULL, .label = "batch"},
    {"/search", METHOD_GET, NULL, .label = "search"},
    {"/search", METHOD_POST, NULL, .label = "search_post"},
    {"/", METHOD_GET, NULL, .label = "root"},
};

static struct request request;
static struct route_match match;

/* The label of the row found; "" when there is none. */
static const char *find(const char *method, const char *target)
{
    assert_int_equal(request_parse(&request, method, target), REQUEST_FINE);
    route_find(table, sizeof table / sizeof *table, &request, &match);
    return match.route != NULL ? match.route->label : "";
}

static void words_fit_exactly(void **state)
{
    (void)state;
    assert_string_equal(find("GET", "/api"), "models");
    assert_string_equal(find("GET", "/api/"), "models");
    assert_string_equal(find("GET", "/%61pi"), "models");
    assert_string_equal(find("GET", "/API"), "");
    assert_string_equal(find("GET", "/ap"), "");
    assert_string_equal(find("GET", "/apis"), "");
    assert_string_equal(find("GET", "/"), "root");
}

static void captures_have_the_patterns_names(void **state)
{
    (void)state;
    assert_string_equal(find("GET", "/api/GPT-2%20XL/neuroscope/3"), "layer");
    assert_string_equal(route_capture(&match, "model")->text, "GPT-2 XL");
    assert_string_equal(route_capture(&match, "service")->text, "neuroscope");
    assert_string_equal(route_capture(&match, "layer")->text, "3");
    assert_null(route_capture(&match, "neuron"));
    assert_null(route_capture(&match, "mod"));
}

static void the_first_row_that_fits_wins(void **state)
{
    (void)state;
    assert_string_equal(find("GET", "/api/m/all"), "all");
    assert_string_equal(find("GET", "/api/m/metadata"), "model");
}

static void an_index_capture_fits_only_what_is_meant_as_a_number(void **state)
{
    (void)state;
    assert_string_equal(find("GET", "/api/m/3/5"), "document");
    assert_string_equal(route_capture(&match, "layer")->text, "3");
    assert_string_equal(find("GET", "/api/m/+3/abc"), "document");
    assert_string_equal(find("GET", "/api/m/99999999999999999999/5"), "document");
    assert_string_equal(find("GET", "/api/m/neuroscope/5"), "layer");
    assert_string_equal(find("GET", "/api/m/-3/5"), "layer");
}

static void more_or_fewer_segments_do_not_fit(void **state)
{
    (void)state;
    assert_string_equal(find("GET", "/api/m"), "");
    assert_string_equal(find("GET", "/api/m/neuroscope/1/2/3"), "");
    assert_string_equal(find("GET", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t"), "");
    assert_int_equal(match.allowed, 0);
}

static void head_comes_with_get(void **state)
{
    (void)state;
    assert_string_equal(find("HEAD", "/api"), "models");
    assert_string_equal(find("HEAD", "/batch"), "");
    assert_int_equal(match.allowed, METHOD_POST | METHOD_OPTIONS);
}

static void a_wrong_method_leaves_what_is_allowed(void **state)
{
    (void)state;
    assert_string_equal(find("DELETE", "/api"), "");
    assert_int_equal(match.allowed, METHOD_GET | METHOD_HEAD | METHOD_OPTIONS);
    assert_string_equal(find("POST", "/nothing"), "");
    assert_int_equal(match.allowed, 0);
}

static void rows_of_one_path_share_it_by_method(void **state)
{
    (void)state;
    assert_string_equal(find("GET", "/search"), "search");
    assert_string_equal(find("POST", "/search"), "search_post");
    assert_int_equal(match.allowed, METHOD_GET | METHOD_HEAD | METHOD_POST | METHOD_OPTIONS);
}

static void a_captured_segment_that_is_no_text_is_found(void **state)
{
    (void)state;
    assert_string_equal(find("GET", "/api/%ff/metadata"), "model");
    assert_ptr_equal(route_unclean_capture(&match), route_capture(&match, "model"));
    assert_string_equal(find("GET", "/api/m/metadata"), "model");
    assert_null(route_unclean_capture(&match));
    assert_string_equal(find("GET", "/api%00"), "");
}

static void the_programs_own_table_has_a_label_of_its_own_for_every_row(void **state)
{
    (void)state;
    assert_in_range(route_table_count, 1, SCOREBOARD_ROUTES_MAX - 1);
    for (size_t i = 0; i < route_table_count; i++) {
        assert_int_equal(route_table[i].pattern[0], '/');
        assert_non_null(route_table[i].handle);
        assert_string_not_equal(route_table[i].label, "none");
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(route_table[i].label, route_table[j].label);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_fit_exactly),
        cmocka_unit_test(captures_have_the_patterns_names),
        cmocka_unit_test(the_first_row_that_fits_wins),
        cmocka_unit_test(an_index_capture_fits_only_what_is_meant_as_a_number),
        cmocka_unit_test(more_or_fewer_segments_do_not_fit),
        cmocka_unit_test(head_comes_with_get),
        cmocka_unit_test(a_wrong_method_leaves_what_is_allowed),
        cmocka_unit_test(rows_of_one_path_share_it_by_method),
        cmocka_unit_test(a_captured_segment_that_is_no_text_is_found),
        cmocka_unit_test(the_programs_own_table_has_a_label_of_its_own_for_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
