/*
 * Pages of neuroscope that must be refused, each with its reason: a sound page with one change, cut at
 * every byte, flipped at every byte, or too big.
 */
#include "saved_file.h"

#include "ingest/neuroscope_page.h"

static char reason[PAGE_REASON_SIZE];

static bool is_read(struct saved_file file, uint32_t layer, uint32_t neuron)
{
    struct neuroscope_page *page = neuroscope_page_new();
    reason[0] = '\0';
    bool read = neuroscope_page_read(page, file.bytes, file.length, layer, neuron, reason);
    neuroscope_page_free(page);
    return read;
}

static void assert_reason(bool was_read, const char *expected)
{
    if (was_read)
        fail_msg("read, not refused with: %s", expected);
    assert_string_equal(reason, expected);
    assert_null(strchr(reason, '\n'));
}

enum place { FIRST, LAST };

/* one.html with one change: its first `old` is in the truncated block, its last in the full one. */
struct refusal {
    const char *sentence;
    enum place place;
    const char *old, *changed, *reason;
};

static const struct refusal refusals[] = {
    {"a page about another neuron", FIRST, "Neuron 5 in Layer 0", "Neuron 7 in Layer 2",
     "the page is about neuron l2n7, not l0n5"},
    {"a page that names no neuron", FIRST, "<h2>Neuron 5", "<h2>Neuron five",
     "not a neuron's page: its header has no line <h2>Neuron %d in Layer %d </h2>"},
    {"a page that names two neurons", FIRST, "<h1>Dataset: Hand Made (Odd)</h1>", "<h2>Neuron 6 in Layer 0 </h2>",
     "line 8 names the neuron once more"},
    {"a neuron number beyond 32 bits", FIRST, "Neuron 5 in", "Neuron 4294967301 in",
     "the page is about neuron l0n4294967301, not l0n5"},
    {"a neuron number beyond all bits", FIRST, "Neuron 5 in", "Neuron 99999999999999999999 in",
     "not a neuron's page: its header has no line <h2>Neuron %d in Layer %d </h2>"},
    {"an unknown second section", FIRST, "<hr>\n\n<hr>", "<hr>\n<h3>Effects</h3>\n<hr>",
     "line 11 is neither empty nor <h3>Direct Logit Effect</h3>"},
    {"a second section that goes on", FIRST, "<hr>\n\n<hr>", "<hr>\n\n\n<hr>", "line 12 is not <hr>"},
    {"a page without texts", FIRST, "\n<hr>\n<h2>Text", "\n<h2>Text", "line 12 is not <hr>"},
    {"a first text that is not #0", FIRST, "<h2>Text #0", "<h2>Text #1", "text 0: line 13 says Text #1"},
    {"a full text with another number", FIRST, "Full Text #0", "Full Text #1", "text 0: line 29 says Full Text #1"},
    {"a range that is no number", FIRST, "Max Range: <b>1.2346", "Max Range: <b>nan",
     "text 0: line 13 is not <h2>Text #%d</h2><h4>Max Range: <b>%f</b>. Min Range: <b>%f</b></h4>"},
    {"a missing Max Act", FIRST, "<h4>Max Act", "<h4>Max",
     "text 0: line 14 is not <h4>Max Act: <b>%f</b>. Min Act: <b>%f</b></h4>"},
    {"something behind Min Act", FIRST, "-0.0000</b></h4>", "-0.0000</b></h4>?",
     "text 0: line 14 is not <h4>Max Act: <b>%f</b>. Min Act: <b>%f</b></h4>"},
    {"a negative data index", FIRST, "<b>42</b>", "<b>-42</b>",
     "text 0: line 15 is not <h4>Data Index: <b>%d</b> (%s)</h4>"},
    {"a data index without a dataset", FIRST, "</b> (C4)", "</b>",
     "text 0: line 15 is not <h4>Data Index: <b>%d</b> (%s)</h4>"},
    {"a missing token index", FIRST, "Activating Token Index: <b>1<", "Activating Token Index: <b><",
     "text 0: line 16 is not <h4>Max Activating Token Index: <b>%d</b></h4>"},
    {"missing details", FIRST, "<details>", "<detail>", "text 0: line 17 is not <details><summary>%*"},
    {"a missing truncated block", FIRST, "<h3>Truncated</h3>\n", "", "text 0: line 18 is not <h3>Truncated</h3>"},
    {"a block without its div", LAST, "<div id=", "<p id=", "text 0: line 30 is not <div id=\"%*/>"},
    {"a block without its script", LAST, "<script ", "<style ", "text 0: line 31 is not <script %*>"},
    {"a block without its import", LAST, "import {", "export {", "text 0: line 32 is not import %*;"},
    {"a block without its call", LAST, "render(\n", "draw(\n", "text 0: line 33 is not render("},
    {"a block without its id", LAST, "\",\n", "\"\n", "text 0: line 34 is not \"%*\","},
    {"another kind of picture", LAST, "ColoredTokens,", "TextNeuronActivations,",
     "text 0: line 35 is not ColoredTokens,"},
    {"a call that does not close", LAST, "\n    )", "\n    ", "text 0: line 37 is not )"},
    {"a script that does not close", LAST, "</script>", "</scrip>", "text 0: line 38 is not </script>"},
    {"a summary that does not close", FIRST, "</summary>", "", "text 0: line 28 is not </summary>"},
    {"details that do not close", LAST, "</details>", "<details>", "text 0: line 39 is not </details>"},
    {"something behind the last text", LAST, "</details>", "</details>\n<p>", "line 40 is not <hr>"},
    {"something on the last line", LAST, "</details>", "</details>.", "text 0: line 39 is not </details>"},
    {"a rule without a text behind it", LAST, "</details>", "</details>\n<hr>\n",
     "text 1: the page ends before <h2>Text #%d</h2><h4>Max Range: <b>%f</b>. Min Range: <b>%f</b></h4>"},

    {"more values than tokens", LAST, "0.5], ", "0.5, 0.25], ", "text 0: 3 tokens but 4 values"},
    {"more tokens than values", LAST, ", 0.5]", "]", "text 0: 3 tokens but 2 values"},
    {"more values than tokens in the truncated block", FIRST, "0.5], ", "0.5, 0.25], ",
     "text 0: truncated JSON has 3 tokens but 4 values"},
    {"a text of no tokens", LAST, "[\"<|BOS|>\", \" the\", \" cat\"], \"values\": [-0.0, 1.234567, 0.5]",
     "[], \"values\": []", "text 0: no tokens"},
    {"a token index behind the text", FIRST, "Index: <b>1<", "Index: <b>3<",
     "text 0: Max Activating Token Index is 3 of 3 tokens"},
    {"a token index of another token", FIRST, "Index: <b>1<", "Index: <b>2<",
     "text 0: the value at Max Activating Token Index 2 is 0.5 but the maximum is 1.23457"},
    {"a Max Act that is not the maximum", FIRST, "Max Act: <b>1.2346", "Max Act: <b>1.2347",
     "text 0: Max Act is 1.2347 but the maximum of the values is 1.234567"},
    {"a Min Act that is not the minimum", FIRST, "Min Act: <b>-0.0000", "Min Act: <b>-0.0001",
     "text 0: Min Act is -0.0001 but the minimum of the values is -0.000000"},

    {"JSON that begins otherwise", LAST, "{\"tokens\": [", "{\"token\": [",
     "text 0: JSON does not begin with {\"tokens\": [ at byte 1308"},
    {"a list of tokens that does not end", LAST, "\" cat\"]", "\" cat\"",
     "text 0: JSON lacks ], \"values\": [ at byte 1355"},
    {"a list of values that does not end", LAST, "0.5]", "0.5", "text 0: JSON has no finite number at byte 1380"},
    {"a list of tokens in the truncated block that does not end", FIRST, "\" cat\"]", "\" cat\"",
     "text 0: truncated JSON lacks ], \"values\": [ at byte 923"},
    {"a blank behind the last value", LAST, "0.5]", "0.5 ]", "text 0: JSON lacks ], \"minValue\": at byte 1378"},
    {"JSON without its maximum", LAST, ", \"maxValue\": 1.234567", "",
     "text 0: JSON lacks , \"maxValue\": at byte 1402"},
    {"JSON without its closing brace", LAST, "1.234567}", "1.234567", "text 0: JSON lacks its closing } at byte 1424"},
    {"JSON with something behind it", LAST, "1.234567}", "1.234567},",
     "text 0: JSON has something behind its end at byte 1425"},
    {"a token that is no string", LAST, "\" cat\"", "17", "text 0: JSON has no string at byte 1339"},
    {"a comma behind the last token", LAST, "\" cat\"]", "\" cat\", ]", "text 0: JSON has no string at byte 1347"},
    {"a value that is no number", LAST, "0.5]", "\"0.5\"]", "text 0: JSON has no finite number at byte 1375"},
    {"a value of null", LAST, "0.5]", "null]", "text 0: JSON has no finite number at byte 1375"},
    {"a value of NaN", LAST, "0.5]", "NaN]", "text 0: JSON has no finite number at byte 1375"},
    {"a value of infinity", LAST, "0.5]", "1e999]", "text 0: JSON has no finite number at byte 1375"},
    {"a value with a leading zero", LAST, "0.5]", "00.5]", "text 0: JSON has no finite number at byte 1375"},
    {"a value without digits behind its point", LAST, "0.5]", "0.]", "text 0: JSON has no finite number at byte 1375"},
    {"a range in the JSON that is no number", LAST, "\"minValue\": -1.234567", "\"minValue\": -",
     "text 0: JSON has no finite number at byte 1393"},
    {"an escape that JSON has not", LAST, "\" cat", "\"\\xcat", "text 0: JSON has a broken escape at byte 1340"},
    {"an escape of three hexadecimal digits", LAST, "\" cat", "\"\\u00g0",
     "text 0: JSON has a broken escape at byte 1340"},
    {"a bare tab in a token", LAST, "\" cat", "\"\tcat",
     "text 0: JSON has a bare control character in a string at byte 1340"},
    {"a newline in a token", LAST, "\" cat", "\"\ncat", "text 0: JSON ends inside a string at byte 1340"},
};
enum { NUM_REFUSALS = sizeof refusals / sizeof refusals[0] };

static void is_refused(void **state)
{
    const struct refusal *refusal = *state;
    struct saved_file one = saved_file_load("tests/data/neuroscope/one.html");
    struct saved_file changed = saved_file_replace(one, refusal->old, refusal->changed, refusal->place == LAST);
    assert_reason(is_read(changed, 0, 5), refusal->reason);
    free(one.bytes);
    free(changed.bytes);
}

static const struct refusal logit_refusals[] = {
    {"logit effects that skip a number", FIRST, "#1 +0.1000", "#2 +0.1000", "line 12: logit effect #2 where #1 is due"},
    {"a logit effect without its sign", FIRST, "#1 +0.1000", "#1 0.1000",
     "line 12 is not a logit effect like '>#%d +%f <span class='token'>TOKEN</span></p>"},
    {"a logit effect without its token", FIRST, "<span class='token'> the</span>", " the",
     "line 11 is not a logit effect like '>#%d +%f <span class='token'>TOKEN</span></p>"},
    {"logit effects of one sign only", FIRST, "<p>...</p>\n<p ", "<p ", "line 18 is not <p>...</p>"},
    {"logit effects that go on", FIRST, "</p>\n<hr>\n<h2>", "</p>\n<p>more</p>\n<hr>\n<h2>", "line 22 is not <hr>"},
};
enum { NUM_LOGIT_REFUSALS = sizeof logit_refusals / sizeof logit_refusals[0] };

static void logits_are_refused(void **state)
{
    const struct refusal *refusal = *state;
    struct saved_file logits = saved_file_load("tests/data/neuroscope/logits.html");
    struct saved_file changed = saved_file_replace(logits, refusal->old, refusal->changed, refusal->place == LAST);
    assert_reason(is_read(changed, 1, 0), refusal->reason);
    free(logits.bytes);
    free(changed.bytes);
}

static void no_bytes_at_all_are_refused(void **state)
{
    (void)state;
    assert_reason(is_read((struct saved_file){reason, 0}, 0, 5),
                  "not a neuron's page: its header has no line <h2>Neuron %d in Layer %d </h2>");
}

static void bytes_that_are_not_utf8_are_refused_wherever_they_are(void **state)
{
    (void)state;
    static const char *const broken[] = {"\x80",
                                         "\xff",
                                         "\xc3",
                                         "\xc0\x80",
                                         "\xe0\x9f\xbf",
                                         "\xed\xa0\x80",
                                         "\xe6\x97",
                                         "\xf0\x8f\xbf\xbf",
                                         "\xf4\x90\x80\x80",
                                         "\xf0\x9f\x98",
                                         "\xf5\x80\x80\x80"};
    struct saved_file one = saved_file_load("tests/data/neuroscope/one.html");
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        for (size_t offset = 0; offset <= one.length; offset += offset + 7 <= one.length ? 7 : 1) {
            struct saved_file changed = saved_file_splice(one, offset, 0, broken[i], strlen(broken[i]));
            char expected[64];
            snprintf(expected, sizeof expected, "not UTF-8 at byte %zu", offset);
            assert_reason(is_read(changed, 0, 5), expected);
            free(changed.bytes);
        }
    }
    free(one.bytes);
}

static void a_page_cut_at_any_byte_is_refused(void **state)
{
    (void)state;
    struct saved_file one = saved_file_load("tests/data/neuroscope/one.html");
    for (size_t length = 0; length < one.length; length++) {
        struct saved_file cut = saved_file_cut(one, length);
        if (is_read(cut, 0, 5))
            fail_msg("read although cut behind byte %zu", length);
        assert_int_not_equal(strlen(reason), 0);
        free(cut.bytes);
    }
    free(one.bytes);
}

/* Only the length that the server gave can tell these from pages with fewer texts. */
static void a_page_of_two_texts_cut_at_any_byte_is_refused_but_between_its_texts(void **state)
{
    (void)state;
    struct saved_file page = saved_file_load("tests/data/neuroscope/logits.html");
    size_t first_end = saved_file_find(page, "</details>", false) + strlen("</details>");
    size_t last_end = saved_file_find(page, "</details>", true) + strlen("</details>");
    for (size_t length = 0; length < last_end; length++) {
        struct saved_file cut = saved_file_cut(page, length);
        bool expected = length == first_end || length == first_end + 1;
        if (is_read(cut, 1, 0) != expected)
            fail_msg("%s when cut behind byte %zu", expected ? "refused" : "read", length);
        free(cut.bytes);
    }
    free(page.bytes);
}

static void assert_every_change_is_survived(const char *path, uint32_t layer, uint32_t neuron)
{
    static const char others[] = {'\n', '"', '\\', '\0', '<', '9', ' ', ']', 'u', '\x80', '\xf4'};
    struct saved_file page = saved_file_load(path);
    struct neuroscope_page *reader = neuroscope_page_new();
    for (size_t i = 0; i < page.length; i++) {
        char original = page.bytes[i];
        for (size_t k = 0; k < 8 + sizeof others; k++) {
            page.bytes[i] = k < 8 ? (char)(original ^ (1 << k)) : others[k - 8];
            if (!neuroscope_page_read(reader, page.bytes, page.length, layer, neuron, reason))
                continue;
            for (size_t t = 0; t < reader->num_texts; t++)
                assert_in_range(reader->texts[t].max_position, 0, reader->texts[t].num_tokens - 1);
        }
        page.bytes[i] = original;
    }
    neuroscope_page_free(reader);
    free(page.bytes);
}

static void any_byte_may_be_flipped_without_a_crash(void **state)
{
    (void)state;
    assert_every_change_is_survived("tests/data/neuroscope/odd.html", 3, 7);
    assert_every_change_is_survived("tests/data/neuroscope/logits.html", 1, 0);
}

/* Prints a block of `count` tokens, of which each is `token`. */
static void block_print(FILE *out, const char *token, size_t count)
{
    fprintf(out,
            "<div id=\"a\"/>\n<script type=\"module\">\nimport x;\nrender(\n\"a\",\nColoredTokens,\n{\"tokens\": [");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s\"%s\"", i ? ", " : "", token);
    fprintf(out, "], \"values\": [");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s0", i ? ", " : "");
    fprintf(out, "], \"minValue\": 0, \"maxValue\": 0}\n)\n</script>\n");
}

static struct saved_file page_print(size_t texts, const char *token, size_t tokens)
{
    struct saved_file page;
    FILE *out = open_memstream(&page.bytes, &page.length);
    assert_non_null(out);
    fprintf(out, "<h2>Neuron 5 in Layer 0 </h2>\n<hr>\n\n");
    for (size_t k = 0; k < texts; k++) {
        fprintf(out, "<hr>\n<h2>Text #%zu</h2><h4>Max Range: <b>0</b>. Min Range: <b>0</b></h4>\n", k);
        fprintf(out, "<h4>Max Act: <b>0</b>. Min Act: <b>0</b></h4>\n<h4>Data Index: <b>0</b> ()</h4>\n");
        fprintf(out, "<h4>Max Activating Token Index: <b>0</b></h4>\n<details><summary>\n<h3>Truncated</h3>\n");
        block_print(out, "", 1);
        fprintf(out, "</summary>\n<h3>Full Text #%zu</h3>\n", k);
        block_print(out, token, tokens);
        fprintf(out, "</details>\n");
    }
    fclose(out);
    return page;
}

static void assert_limit(struct saved_file page, const char *expected)
{
    bool was_read = is_read(page, 0, 5);
    if (expected)
        assert_reason(was_read, expected);
    else if (!was_read)
        fail_msg("refused: %s", reason);
    free(page.bytes);
}

static void a_page_may_have_100_texts_but_not_101(void **state)
{
    (void)state;
    assert_limit(page_print(100, "a", 3), NULL);
    assert_limit(page_print(101, "a", 3), "more than 100 texts");
}

static void a_text_may_have_65536_tokens_but_not_65537(void **state)
{
    (void)state;
    assert_limit(page_print(3, "", 65536), NULL);
    struct saved_file page = page_print(1, "", 65537);
    char expected[128];
    snprintf(expected, sizeof expected, "text 0: JSON has more than 65536 tokens, the next at byte %zu",
             saved_file_find(page, "\"\"], \"values\"", true) + 1);
    assert_limit(page, expected);
}

static void a_token_may_have_1024_bytes_but_not_1025(void **state)
{
    (void)state;
    char token[2 * 1024 + 2] = "";
    for (size_t i = 0; i < 1024; i++)
        memcpy(token + 2 * i, "\\n", 3);
    assert_limit(page_print(1, token, 2), NULL);
    memcpy(token + 2 * 1024, "a", 2);
    struct saved_file page = page_print(1, token, 1);
    char expected[128];
    snprintf(expected, sizeof expected, "text 0: JSON has a token of more than 1024 bytes that ends at byte %zu",
             saved_file_find(page, "a\"], \"values\"", true) + 1);
    assert_limit(page, expected);
}

static void a_page_may_have_1000_logit_effects_but_not_1001(void **state)
{
    (void)state;
    for (int count = 1000; count <= 1001; count++) {
        struct saved_file one = saved_file_load("tests/data/neuroscope/one.html"), effects;
        FILE *out = open_memstream(&effects.bytes, &effects.length);
        assert_non_null(out);
        fprintf(out, "<h3>Direct Logit Effect</h3>\n");
        for (int i = 0; i < count; i++)
            fprintf(out, "<p style='color: blue;'>#%d +0.5 <span class='token'>a</span></p>\n", i);
        fprintf(out, "<p>...</p>");
        fclose(out);
        size_t empty_line = saved_file_find(one, "<hr>\n\n", false) + strlen("<hr>\n");
        struct saved_file page = saved_file_splice(one, empty_line, 0, effects.bytes, effects.length);
        assert_limit(page, count == 1000 ? NULL : "line 1012: more than 1000 logit effects");
        free(one.bytes);
        free(effects.bytes);
    }
}

/* Memory that nobody touches costs nothing; the page is refused for its length alone. */
static void a_page_of_more_than_256_MiB_is_refused(void **state)
{
    (void)state;
    struct saved_file page = {calloc(1, (256 << 20) + 1), (256 << 20) + 1};
    assert_non_null(page.bytes);
    assert_limit(page, "268435457 bytes are too many for a page");
}

int main(void)
{
    struct CMUnitTest tests[NUM_REFUSALS + NUM_LOGIT_REFUSALS + 10] = {
        cmocka_unit_test(no_bytes_at_all_are_refused),
        cmocka_unit_test(bytes_that_are_not_utf8_are_refused_wherever_they_are),
        cmocka_unit_test(a_page_cut_at_any_byte_is_refused),
        cmocka_unit_test(a_page_of_two_texts_cut_at_any_byte_is_refused_but_between_its_texts),
        cmocka_unit_test(any_byte_may_be_flipped_without_a_crash),
        cmocka_unit_test(a_page_may_have_100_texts_but_not_101),
        cmocka_unit_test(a_text_may_have_65536_tokens_but_not_65537),
        cmocka_unit_test(a_token_may_have_1024_bytes_but_not_1025),
        cmocka_unit_test(a_page_may_have_1000_logit_effects_but_not_1001),
        cmocka_unit_test(a_page_of_more_than_256_MiB_is_refused),
    };
    static char names[NUM_REFUSALS + NUM_LOGIT_REFUSALS][100];
    for (size_t i = 0; i < NUM_REFUSALS + NUM_LOGIT_REFUSALS; i++) {
        bool about_logits = i >= NUM_REFUSALS;
        struct refusal refusal = about_logits ? logit_refusals[i - NUM_REFUSALS] : refusals[i];
        snprintf(names[i], sizeof names[i], "refused: %s", refusal.sentence);
        static struct refusal states[NUM_REFUSALS + NUM_LOGIT_REFUSALS];
        states[i] = refusal;
        tests[10 + i] = (struct CMUnitTest){
            .name = names[i], .test_func = about_logits ? logits_are_refused : is_refused, .initial_state = &states[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
