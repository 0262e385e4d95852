/* fcgi/reply: from a handler's body to header lines and payload. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <libdeflate.h>

#include "reply.h"

static struct request request;
static struct reply reply;

static int set_up(void **state)
{
    (void)state;
    reply_init(&reply);
    return request_parse(&request, "GET", "/api/x?y=1") == REQUEST_FINE ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    reply_clear(&reply);
    return 0;
}

static bool head_has(const char *line)
{
    return memmem(reply.head.data, reply.head.length, line, strlen(line)) != NULL;
}

static void assert_payload(const char *text)
{
    size_t length;
    const char *payload = reply_payload(&reply, &length);
    assert_int_equal(length, strlen(text));
    if (length > 0)
        assert_memory_equal(payload, text, length);
}

static void write_body(size_t bytes)
{
    struct buffer *b = reply_begin(&reply, 200, "application/json");
    for (size_t i = 0; i < bytes; i++)
        buffer_add_char(b, "0123456789"[i * i % 10]);
}

static void a_body_goes_out_with_type_and_length(void **state)
{
    (void)state;
    buffer_add_text(reply_begin(&reply, 200, "application/json"), "{}");
    reply_finish(&reply, &request);
    assert_memory_equal(reply.head.data, "Status: 200 OK\r\n", 16);
    assert_true(head_has("\r\nContent-Type: application/json\r\n"));
    assert_true(head_has("\r\nContent-Length: 2\r\n"));
    assert_true(head_has("\r\nCache-Control: no-store\r\n"));
    assert_memory_equal(reply.head.data + reply.head.length - 4, "\r\n\r\n", 4);
    assert_payload("{}");
}

static void reads_are_open_to_other_origins(void **state)
{
    (void)state;
    reply_begin(&reply, 200, "text/plain");
    reply_finish(&reply, &request);
    assert_true(head_has("\r\nAccess-Control-Allow-Origin: *\r\n"));
    assert_true(head_has("\r\nAccess-Control-Expose-Headers: ETag, Location, Retry-After, X-Request-Id\r\n"));
    assert_false(head_has("Access-Control-Allow-Methods"));
}

static void a_preflight_answer_lists_methods_and_has_no_body(void **state)
{
    (void)state;
    reply_begin(&reply, 204, NULL);
    reply.allow = METHOD_GET | METHOD_HEAD | METHOD_OPTIONS;
    reply.is_preflight = true;
    reply_finish(&reply, &request);
    assert_true(head_has("Status: 204 No Content\r\n"));
    assert_true(head_has("\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    assert_true(head_has("\r\nAccess-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"));
    assert_false(head_has("Content-Length"));
    assert_payload("");
}

static void head_has_the_length_but_no_body(void **state)
{
    (void)state;
    request.method = METHOD_HEAD;
    buffer_add_text(reply_begin(&reply, 200, "text/plain"), "twelve bytes");
    reply_finish(&reply, &request);
    assert_true(head_has("\r\nContent-Length: 12\r\n"));
    assert_payload("");
}

static void a_problem_is_json_as_rfc_9457_has_it(void **state)
{
    (void)state;
    reply_problem(&reply, request.target, 404, "Model '%s' not found.", "\"x\"\n");
    reply_finish(&reply, &request);
    assert_true(head_has("Status: 404 Not Found\r\nContent-Type: application/problem+json\r\n"));
    assert_payload("{\"detail\":\"Model '\\\"x\\\"\\n' not found.\",\"instance\":\"/api/x?y=1\",\"status\":404,"
                   "\"title\":\"Not Found\",\"type\":\"about:blank\"}");
}

static void a_problem_replaces_what_was_written_and_is_not_kept(void **state)
{
    (void)state;
    reply.cache = CACHE_SHORT;
    assert_false(reply_is_current(&reply, &request, "r1"));
    buffer_add_text(reply_begin(&reply, 200, "application/json"), "{\"half\":");
    reply_problem(&reply, "/", 503, "away");
    reply.retry_after_s = 1;
    reply_finish(&reply, &request);
    assert_true(head_has("\r\nCache-Control: no-store\r\n"));
    assert_true(head_has("\r\nRetry-After: 1\r\n"));
    assert_false(head_has("\r\nETag:"));
    assert_payload("{\"detail\":\"away\",\"instance\":\"/\",\"status\":503,\"title\":\"Service Unavailable\","
                   "\"type\":\"about:blank\"}");
}

static void a_handler_that_answers_nothing_becomes_500(void **state)
{
    (void)state;
    reply_finish(&reply, &request);
    assert_true(head_has("Status: 500 Internal Server Error\r\n"));
    assert_int_equal(reply.status, 500);
}

static void a_body_that_ran_out_of_memory_becomes_500(void **state)
{
    (void)state;
    struct buffer *b = reply_begin(&reply, 200, "application/json");
    buffer_add_text(b, "{");
    assert_null(buffer_reserve(b, BUFFER_BYTES_MAX));
    reply_finish(&reply, &request);
    assert_true(head_has("Status: 500 Internal Server Error\r\n"));
    assert_true(head_has("Content-Type: application/problem+json\r\n"));
    size_t length;
    assert_memory_equal(reply_payload(&reply, &length), "{\"detail\":", 10);
}

static void a_large_body_goes_out_as_gzip_where_it_is_accepted(void **state)
{
    (void)state;
    char plain[5000];
    size_t length, unpacked;
    request.accepts_gzip = true;
    write_body(sizeof plain);
    reply_finish(&reply, &request);
    assert_true(head_has("\r\nContent-Encoding: gzip\r\n"));
    assert_true(head_has("\r\nVary: Accept-Encoding\r\n"));
    const char *payload = reply_payload(&reply, &length);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    assert_int_equal(libdeflate_gzip_decompress(d, payload, length, plain, sizeof plain, &unpacked), 0);
    libdeflate_free_decompressor(d);
    assert_int_equal(unpacked, sizeof plain);
    assert_memory_equal(plain, reply.body.data, sizeof plain);
}

static void a_small_body_or_an_unwilling_client_gets_it_plain(void **state)
{
    (void)state;
    write_body(5000);
    reply_finish(&reply, &request);
    assert_false(head_has("Content-Encoding"));
    assert_true(head_has("\r\nVary: Accept-Encoding\r\n"));
    reply_reset(&reply);
    request.accepts_gzip = true;
    write_body(REPLY_GZIP_BYTES_MIN);
    reply_finish(&reply, &request);
    assert_false(head_has("Content-Encoding"));
}

static void a_body_that_gzip_can_not_shorten_goes_out_plain(void **state)
{
    (void)state;
    uint32_t number = 1;
    request.accepts_gzip = true;
    struct buffer *b = reply_begin(&reply, 200, "application/octet-stream");
    for (int i = 0; i < 4000; i++) {
        number = number * 1664525u + 1013904223u;
        buffer_add_char(b, (char)(number >> 24));
    }
    reply_finish(&reply, &request);
    assert_false(head_has("Content-Encoding"));
    assert_true(head_has("\r\nContent-Length: 4000\r\n"));
}

static bool is_current(const char *if_none_match)
{
    request.if_none_match = if_none_match;
    reply_reset(&reply);
    return reply_is_current(&reply, &request, "1.0-r42");
}

static void a_client_that_has_the_version_gets_304(void **state)
{
    (void)state;
    reply.cache = CACHE_SHORT;
    request.if_none_match = "\"1.0-r42\"";
    assert_true(reply_is_current(&reply, &request, "1.0-r42"));
    reply_finish(&reply, &request);
    assert_true(head_has("Status: 304 Not Modified\r\n"));
    assert_true(head_has("\r\nETag: \"1.0-r42\"\r\n"));
    assert_true(head_has("\r\nCache-Control: public"));
    assert_false(head_has("Content-"));
    assert_payload("");
}

static void if_none_match_takes_lists_stars_and_weak_tags(void **state)
{
    (void)state;
    static const char *const current[] = {
        "\"1.0-r42\"",    "W/\"1.0-r42\"",   "*", " *", "\"a\", \"1.0-r42\"", "\"a\",W/\"b\" ,\t\"1.0-r42\"",
        "\"1.0-r42-gz\"", "W/\"1.0-r42-gz\""};
    static const char *const stale[] = {"",        "\"\"",      "\"1.0-r4\"",        "\"1.0-r421\"", "\"1.0-r42-gzz\"",
                                        "1.0-r42", "\"1.0-r42", "junk, \"1.0-r42\"", "\"a\" W/",     "w/\"1.0-r42\"",
                                        ",,,"};
    for (size_t i = 0; i < sizeof current / sizeof *current; i++)
        assert_true(is_current(current[i]));
    for (size_t i = 0; i < sizeof stale / sizeof *stale; i++)
        assert_false(is_current(stale[i]));
    assert_false(is_current(NULL));
}

static void plain_and_gzip_forms_have_tags_of_their_own(void **state)
{
    (void)state;
    assert_false(is_current(NULL));
    write_body(5000);
    reply_finish(&reply, &request);
    assert_true(head_has("\r\nETag: \"1.0-r42\"\r\n"));
    request.accepts_gzip = true;
    assert_false(is_current(NULL));
    write_body(5000);
    reply_finish(&reply, &request);
    assert_true(head_has("\r\nETag: \"1.0-r42-gz\"\r\n"));
    assert_true(is_current("\"1.0-r42-gz\""));
    reply_finish(&reply, &request);
    assert_true(head_has("\r\nETag: \"1.0-r42-gz\"\r\n"));
}

static void only_reads_can_be_current(void **state)
{
    (void)state;
    request.method = METHOD_POST;
    assert_false(is_current("*"));
    assert_string_equal(reply.etag, "");
    request.method = METHOD_HEAD;
    assert_true(is_current("*"));
}

static void a_reset_forgets_everything_but_the_memory(void **state)
{
    (void)state;
    write_body(5000);
    reply.allow = METHOD_GET;
    reply.retry_after_s = 3;
    reply_finish(&reply, &request);
    const char *memory = reply.body.data;
    reply_reset(&reply);
    assert_int_equal(reply.status, 0);
    assert_int_equal(reply.allow, 0);
    assert_int_equal(reply.retry_after_s, 0);
    assert_int_equal(reply.body.length, 0);
    assert_ptr_equal(reply.body.data, memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_body_goes_out_with_type_and_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_are_open_to_other_origins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_preflight_answer_lists_methods_and_has_no_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(head_has_the_length_but_no_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_problem_is_json_as_rfc_9457_has_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_problem_replaces_what_was_written_and_is_not_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_handler_that_answers_nothing_becomes_500, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_body_that_ran_out_of_memory_becomes_500, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_body_goes_out_as_gzip_where_it_is_accepted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_small_body_or_an_unwilling_client_gets_it_plain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_body_that_gzip_can_not_shorten_goes_out_plain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_client_that_has_the_version_gets_304, set_up, tear_down),
        cmocka_unit_test_setup_teardown(if_none_match_takes_lists_stars_and_weak_tags, set_up, tear_down),
        cmocka_unit_test_setup_teardown(plain_and_gzip_forms_have_tags_of_their_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_reads_can_be_current, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reset_forgets_everything_but_the_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
