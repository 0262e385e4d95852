/* fcgi/buffer: bytes that grow, fail once and stay failed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "buffer.h"

static void assert_holds(const struct buffer *b, const char *text)
{
    assert_int_equal(b->length, strlen(text));
    assert_memory_equal(b->data, text, b->length);
}

static void what_is_added_stands_in_order(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_add_text(&b, "one ");
    buffer_add(&b, "two three", 3);
    buffer_add_char(&b, ' ');
    buffer_printf(&b, "%d %s", 3, "four");
    assert_holds(&b, "one two 3 four");
    buffer_clear(&b);
}

static void an_empty_buffer_has_no_memory_and_nothing_added_keeps_it_so(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_add(&b, NULL, 0);
    buffer_add_text(&b, "");
    assert_null(b.data);
    assert_false(b.failed);
    buffer_clear(&b);
}

static void it_grows_over_many_sizes_without_losing_a_byte(void **state)
{
    (void)state;
    struct buffer b = {0};
    for (int i = 0; i < 300000; i++)
        buffer_add_char(&b, (char)(i % 251));
    assert_int_equal(b.length, 300000);
    for (int i = 0; i < 300000; i++)
        assert_int_equal(b.data[i], (char)(i % 251));
    buffer_clear(&b);
}

static void reserved_room_can_be_written_directly(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_add_text(&b, "x");
    char *at = buffer_reserve(&b, 100000);
    assert_non_null(at);
    memset(at, 'y', 100000);
    buffer_advance(&b, 3);
    buffer_add_text(&b, "z");
    assert_holds(&b, "xyyyz");
    buffer_clear(&b);
}

static void a_buffer_that_got_too_large_stays_failed_until_it_is_reset(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_add_text(&b, "kept");
    assert_null(buffer_reserve(&b, BUFFER_BYTES_MAX));
    assert_true(b.failed);
    buffer_add_text(&b, "more");
    buffer_printf(&b, "%d", 1);
    assert_holds(&b, "kept");
    assert_null(buffer_reserve(&b, SIZE_MAX));
    buffer_reset(&b, BUFFER_BYTES_MAX);
    assert_false(b.failed);
    buffer_add_text(&b, "new");
    assert_holds(&b, "new");
    buffer_clear(&b);
}

static void a_reset_keeps_small_memory_and_gives_large_back(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_add_text(&b, "small");
    size_t capacity = b.capacity;
    buffer_reset(&b, capacity);
    assert_int_equal(b.capacity, capacity);
    assert_int_equal(b.length, 0);
    assert_non_null(buffer_reserve(&b, 10 * capacity));
    buffer_reset(&b, capacity);
    assert_int_equal(b.capacity, 0);
    assert_null(b.data);
}

static void printing_needs_no_room_beforehand(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_printf(&b, "%0*d", 20000, 7);
    assert_int_equal(b.length, 20000);
    assert_int_equal(b.data[0], '0');
    assert_int_equal(b.data[19999], '7');
    buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_stands_in_order),
        cmocka_unit_test(an_empty_buffer_has_no_memory_and_nothing_added_keeps_it_so),
        cmocka_unit_test(it_grows_over_many_sizes_without_losing_a_byte),
        cmocka_unit_test(reserved_room_can_be_written_directly),
        cmocka_unit_test(a_buffer_that_got_too_large_stays_failed_until_it_is_reset),
        cmocka_unit_test(a_reset_keeps_small_memory_and_gives_large_back),
        cmocka_unit_test(printing_needs_no_room_beforehand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
