/*
 * Reading a page of neuroscope: what comes out of good pages, however odd. Refusals are in test_neuroscope_refusal.c.
 */
#include "saved_file.h"

#include "ingest/neuroscope_page.h"

static char reason[PAGE_REASON_SIZE];

static struct neuroscope_page *read_page(struct saved_file file, uint32_t layer, uint32_t neuron)
{
    struct neuroscope_page *page = neuroscope_page_new();
    if (!neuroscope_page_read(page, file.bytes, file.length, layer, neuron, reason))
        fail_msg("refused: %s", reason);
    memset(file.bytes, 'x', file.length); /* nothing of the result may still point there */
    free(file.bytes);
    return page;
}

static struct neuroscope_page *load_page(const char *path, uint32_t layer, uint32_t neuron)
{
    return read_page(saved_file_load(path), layer, neuron);
}

static void a_page_gives_its_numbers_as_printed(void **state)
{
    (void)state;
    struct neuroscope_page *page = load_page("tests/data/neuroscope/one.html", 0, 5);
    assert_int_equal(page->layer, 0);
    assert_int_equal(page->neuron, 5);
    assert_int_equal(page->num_texts, 1);
    assert_int_equal(page->num_logits, 0);
    const struct page_text *text = &page->texts[0];
    assert_int_equal(text->rank, 0);
    assert_true(text->max_range == 1.2346 && text->min_range == -1.2346);
    assert_true(text->max_activation == 1.2346 && text->min_activation == 0.0);
    assert_int_equal(text->data_index, 42);
    assert_string_equal(text->dataset, "C4");
    assert_int_equal(text->max_position, 1);
    assert_int_equal(text->num_tokens, 3);
    assert_true(text->values[1] == 1.234567 && text->values[2] == 0.5);
    assert_memory_equal(text->tokens[2].bytes, " cat", 4);
    assert_int_equal(text->tokens[2].length, 4);
    neuroscope_page_free(page);
}

#define TOKEN(text)                                                                                                    \
    {                                                                                                                  \
        text, sizeof text - 1                                                                                          \
    }
static const struct {
    const char *bytes;
    size_t length;
} odd_tokens[] = {
    TOKEN("<|BOS|>"),
    TOKEN("<hr>"),
    TOKEN("</script>"),
    TOKEN("</details>"),
    TOKEN("</summary>"),
    TOKEN("\0"),
    TOKEN("a\0b"),
    TOKEN("\xf0\x9f\x98\x80"),
    TOKEN("\xef\xbf\xbd"),
    TOKEN("\xef\xbf\xbdx"),
    TOKEN("\xef\xbf\xbd\xf0\x9f\x98\x80"),
    TOKEN("\n"),
    TOKEN("\""),
    TOKEN("\\"),
    TOKEN("/"),
    TOKEN("\b\f\r\t"),
    TOKEN("\xc3\xa9"),
    TOKEN("\xef\xbf\xbd"),
    TOKEN(""),
    TOKEN(" twelve bytes and more"),
    TOKEN("\xe6\x97\xa5\xe6\x9c\xac\xc3\xa9"),
    TOKEN("], \"values\": [1"),
    TOKEN(" "),
};
enum { NUM_ODD = sizeof odd_tokens / sizeof odd_tokens[0] };

static void assert_odd_tokens(const struct page_text *text)
{
    assert_int_equal(text->num_tokens, NUM_ODD);
    for (size_t i = 0; i < NUM_ODD; i++) {
        assert_int_equal(text->tokens[i].length, odd_tokens[i].length);
        assert_memory_equal(text->tokens[i].bytes, odd_tokens[i].bytes, odd_tokens[i].length);
    }
}

static void tokens_may_hold_markup_and_NUL_and_emoji_and_lone_surrogates(void **state)
{
    (void)state;
    struct neuroscope_page *page = load_page("tests/data/neuroscope/odd.html", 3, 7);
    assert_int_equal(page->num_texts, 1);
    assert_odd_tokens(&page->texts[0]);
    neuroscope_page_free(page);
}

static void every_way_of_printing_a_number_is_read_to_the_nearest_double(void **state)
{
    (void)state;
    static const double expected[NUM_ODD] = {
        -0.0,     1e-06,  -0.000244, 0,        3,          -1e-05,   0.1,       123.456789,
        0.333333, -170.5, 100,       25,       12345678.5, 0.000001, 0.1234567, 0.12345678901234567,
        -0.5,     0.0,    1.0,       9.999999, 7,          0.25,     0.125};
    struct neuroscope_page *page = load_page("tests/data/neuroscope/odd.html", 3, 7);
    assert_memory_equal(page->texts[0].values, expected, sizeof expected); /* -0.0 keeps its sign */
    neuroscope_page_free(page);
}

static void a_dataset_may_hold_parentheses_and_the_data_index_64_bits(void **state)
{
    (void)state;
    struct neuroscope_page *page = load_page("tests/data/neuroscope/odd.html", 3, 7);
    assert_string_equal(page->texts[0].dataset, "Debian (Prose (and more)) & <code>");
    assert_true(page->texts[0].data_index == INT64_C(9007199254740993));
    neuroscope_page_free(page);
}

static void logit_effects_are_read_with_tokens_of_any_characters(void **state)
{
    (void)state;
    static const struct page_logit expected[] = {
        {" the", 0.1234}, {"\n\n", 0.1},          {"<hr>\n<p>...</p>\n", 0.0999},
        {"&amp;", -0.2},  {"\xef\xbf\xbd", -0.0}, {"", -0.0}};
    struct neuroscope_page *page = load_page("tests/data/neuroscope/logits.html", 1, 0);
    assert_int_equal(page->num_logits, 6);
    for (size_t i = 0; i < page->num_logits; i++) {
        assert_string_equal(page->logits[i].token, expected[i].token);
        assert_memory_equal(&page->logits[i].effect, &expected[i].effect, sizeof(double));
    }
    neuroscope_page_free(page);
}

static void several_texts_keep_their_own_tokens(void **state)
{
    (void)state;
    struct neuroscope_page *page = load_page("tests/data/neuroscope/logits.html", 1, 0);
    assert_int_equal(page->num_texts, 2);
    assert_int_equal(page->texts[0].num_tokens, 2);
    assert_int_equal(page->texts[1].num_tokens, 1);
    assert_int_equal(page->texts[1].rank, 1);
    assert_string_equal(page->texts[1].dataset, "Python Code");
    assert_memory_equal(page->texts[0].tokens[1].bytes, "b", 1);
    assert_memory_equal(page->texts[1].tokens[0].bytes, "c", 1);
    assert_true(page->texts[0].values[1] == 0.25 && page->texts[1].values[0] == -0.125);
    assert_true(page->texts[1].max_activation == -0.125);
    neuroscope_page_free(page);
}

/* Activations of almost nothing are told apart by the site but not by six decimals. */
static void a_maximum_may_look_like_an_earlier_value_once_rounded(void **state)
{
    (void)state;
    struct saved_file one = saved_file_load("tests/data/neuroscope/one.html");
    struct saved_file tied = saved_file_replace(one, "[-0.0, 1.234567", "[1.234567, 1.234567", true);
    struct saved_file page_bytes = saved_file_replace(tied, "Min Act: <b>-0.0000", "Min Act: <b>0.5000", false);
    free(one.bytes);
    free(tied.bytes);
    struct neuroscope_page *page = read_page(page_bytes, 0, 5);
    assert_int_equal(page->texts[0].max_position, 1);
    neuroscope_page_free(page);
}

static void white_space_behind_the_last_text_and_carriage_returns_do_not_matter(void **state)
{
    (void)state;
    struct saved_file one = saved_file_load("tests/data/neuroscope/one.html");
    struct saved_file padded = saved_file_splice(one, one.length, 0, " \t\r\n\n  \n", 8);
    neuroscope_page_free(read_page(padded, 0, 5));
    struct saved_file windows = saved_file_new(2 * one.length);
    windows.length = 0;
    for (size_t i = 0; i < one.length; i++) {
        if (one.bytes[i] == '\n')
            windows.bytes[windows.length++] = '\r';
        windows.bytes[windows.length++] = one.bytes[i];
    }
    neuroscope_page_free(read_page(windows, 0, 5));
    free(one.bytes);
}

static void a_reader_reads_page_after_page_and_survives_refusals(void **state)
{
    (void)state;
    struct saved_file odd = saved_file_load("tests/data/neuroscope/odd.html");
    struct saved_file logits = saved_file_load("tests/data/neuroscope/logits.html");
    struct neuroscope_page *page = neuroscope_page_new();
    for (int i = 0; i < 3; i++) {
        assert_true(neuroscope_page_read(page, odd.bytes, odd.length, 3, 7, reason));
        assert_odd_tokens(&page->texts[0]);
        assert_int_equal(page->num_logits, 0);
        assert_false(neuroscope_page_read(page, odd.bytes, odd.length / 2, 3, 7, reason));
        assert_true(neuroscope_page_read(page, logits.bytes, logits.length, 1, 0, reason));
        assert_int_equal(page->num_texts, 2);
        assert_int_equal(page->num_logits, 6);
    }
    neuroscope_page_free(page);
    free(odd.bytes);
    free(logits.bytes);
}

static void a_warm_reader_keeps_its_memory(void **state)
{
    (void)state;
    struct saved_file odd = saved_file_load("tests/data/neuroscope/odd.html");
    struct saved_file one = saved_file_load("tests/data/neuroscope/one.html");
    struct neuroscope_page *page = neuroscope_page_new();
    assert_true(neuroscope_page_read(page, odd.bytes, odd.length, 3, 7, reason));
    struct page_text before = page->texts[0];
    const char *first_bytes = before.tokens[0].bytes;
    assert_true(neuroscope_page_read(page, one.bytes, one.length, 0, 5, reason));
    assert_ptr_equal(page->texts[0].tokens, before.tokens);
    assert_ptr_equal(page->texts[0].values, before.values);
    assert_ptr_equal(page->texts[0].tokens[0].bytes, first_bytes);
    neuroscope_page_free(page);
    free(odd.bytes);
    free(one.bytes);
}

static void freeing_no_page_is_allowed(void **state)
{
    (void)state;
    neuroscope_page_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_gives_its_numbers_as_printed),
        cmocka_unit_test(tokens_may_hold_markup_and_NUL_and_emoji_and_lone_surrogates),
        cmocka_unit_test(every_way_of_printing_a_number_is_read_to_the_nearest_double),
        cmocka_unit_test(a_dataset_may_hold_parentheses_and_the_data_index_64_bits),
        cmocka_unit_test(logit_effects_are_read_with_tokens_of_any_characters),
        cmocka_unit_test(several_texts_keep_their_own_tokens),
        cmocka_unit_test(a_maximum_may_look_like_an_earlier_value_once_rounded),
        cmocka_unit_test(white_space_behind_the_last_text_and_carriage_returns_do_not_matter),
        cmocka_unit_test(a_reader_reads_page_after_page_and_survives_refusals),
        cmocka_unit_test(a_warm_reader_keeps_its_memory),
        cmocka_unit_test(freeing_no_page_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
