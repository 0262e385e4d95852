/*
 * Snippets: which tokens stand in them, where words would be cut, and what can not stand in a text.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ingest/snippet.h"

enum { TOKENS_MAX = 64 };

static struct page_text text_of(const char *const words[], uint32_t max_position, struct page_token tokens[TOKENS_MAX])
{
    struct page_text text = {.max_position = max_position, .tokens = tokens};
    for (; words[text.num_tokens] != NULL; text.num_tokens++)
        tokens[text.num_tokens] = (struct page_token){words[text.num_tokens], (uint32_t)strlen(words[text.num_tokens])};
    return text;
}

/* The memory is as long as the bound, so that a sanitizer sees whoever goes further. */
static void assert_snippets(struct page_text texts[], size_t count, const char *expected, size_t length)
{
    const struct neuroscope_page page = {.num_texts = count, .texts = texts};
    char *place = malloc(snippets_bound(&page) + 1);
    assert_non_null(place);
    assert_int_equal(snippets_write(&page, place), length);
    assert_memory_equal(place, expected, length);
    free(place);
}

static void assert_snippet(const char *const words[], uint32_t max_position, const char *expected)
{
    struct page_token tokens[TOKENS_MAX];
    struct page_text text = text_of(words, max_position, tokens);
    assert_snippets(&text, 1, expected, strlen(expected));
}

static const char *const separate[] = {" a", " b", " c", " d", " e", " f", " g", " h", " i", " j",
                                       " k", " l", " m", " n", " o", " p", " q", " r", NULL};

static void ten_tokens_before_the_maximum_and_two_behind_it_are_taken(void **state)
{
    (void)state;
    assert_snippet(separate, 12, " c d e f g h i j k l m n o");
    assert_snippet(separate, 0, " a b c");
    assert_snippet(separate, 16, " g h i j k l m n o p q r");
    assert_snippet(separate, 17, " h i j k l m n o p q r");
    assert_snippet((const char *const[]){"x", NULL}, 0, "x");
}

static void a_word_at_an_end_is_whole_as_far_as_four_tokens_make_it_so(void **state)
{
    (void)state;
    assert_snippet((const char *const[]){".", " wa", "ter", "s", " 1", " 2", " 3", " 4", " 5", " 6", " 7", " 8", " 9",
                                         " fal", "l", "ing", "!", NULL},
                   12, " waters 1 2 3 4 5 6 7 8 9 falling");
    const char *const endless[] = {"b", "b", "b", "b", "b", "b", "b", "b", "b", "b", "b", "b", "b", "b",
                                   "b", "b", "M", "a", "a", "a", "a", "a", "a", "a", "a", "a", NULL};
    assert_snippet(endless, 16, "bbbbbbbbbbbbbbMaaaaaa");
    assert_snippet((const char *const[]){"x", "\xC3\xA9", "\xC3\xA9", "", "", NULL}, 0, "x\xC3\xA9\xC3\xA9");
    assert_snippet((const char *const[]){"x", " y", " z", "\xC3\xA9", "1", "_", "w", NULL}, 0,
                   "x y z\xC3\xA9"
                   "1");
}

static void what_a_text_can_not_hold_or_would_part_snippets_is_shown_by_a_sign(void **state)
{
    (void)state;
    const struct page_token tokens[] = {{"a\0b", 3}, {"\x1e", 1}, {"\0", 1}};
    struct page_text texts[] = {{.num_tokens = 3, .tokens = tokens}, {.num_tokens = 1, .tokens = tokens}};
    static const char expected[] = "a\xE2\x90\x80"
                                   "b\xE2\x90\x9E\xE2\x90\x80\x1e"
                                   "a\xE2\x90\x80"
                                   "b";
    assert_snippets(texts, 2, expected, sizeof expected - 1);
}

static void snippets_behind_the_first_64_kib_are_empty(void **state)
{
    (void)state;
    enum { HALF = 32768 };
    char *long_text = malloc(HALF), *expected = malloc(2 * HALF + 4);
    assert_true(long_text != NULL && expected != NULL);
    memset(long_text, 'a', HALF);
    memset(expected, 'a', 2 * HALF + 1);
    expected[HALF] = expected[2 * HALF + 1] = expected[2 * HALF + 2] = '\x1e';
    const struct page_token half = {long_text, HALF}, small = {"b", 1};
    struct page_text texts[] = {{.num_tokens = 1, .tokens = &half},
                                {.num_tokens = 1, .tokens = &half},
                                {.num_tokens = 1, .tokens = &small},
                                {.num_tokens = 1, .tokens = &small}};
    assert_snippets(texts, 4, expected, 2 * HALF + 3);
    free(long_text);
    free(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_tokens_before_the_maximum_and_two_behind_it_are_taken),
        cmocka_unit_test(a_word_at_an_end_is_whole_as_far_as_four_tokens_make_it_so),
        cmocka_unit_test(what_a_text_can_not_hold_or_would_part_snippets_is_shown_by_a_sign),
        cmocka_unit_test(snippets_behind_the_first_64_kib_are_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
