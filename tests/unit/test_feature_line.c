/*
 * Lines of Neuronpedia's exports, and files of them.
 */
#include "saved_file.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#include "ingest/feature_folder.h"

enum { LAYER_SIZE = 50 };

static char reason[JSON_SCAN_REASON_SIZE];
static struct feature_line line;

static bool is_read(enum feature_line_kind kind, const char *text)
{
    bool is_good = feature_line_read(&line, kind, text, strlen(text), LAYER_SIZE, reason);
    assert_true(is_good == (reason[0] == '\0'));
    return is_good;
}

static void assert_text(enum feature_text place, const char *wanted)
{
    assert_true(line.has_text[place]);
    assert_int_equal(line.texts[place].length, strlen(wanted));
    assert_memory_equal(line.texts[place].bytes, wanted, strlen(wanted));
}

static void an_example_gives_its_tokens_and_values(void **state)
{
    (void)state;
    assert_true(is_read(LINE_EXAMPLE,
                        "{\"id\":\"x\",\"layer\":\"10-res-jb\",\"index\":\"7\",\"tokens\":[\"a\\u0000b\",\"\",\"\\n\"],"
                        "\"values\":[0,1e-06,-0.5],\"maxValue\":1e-06,\"maxValueTokenIndex\":1,\"binMin\":null,"
                        "\"binMax\":2.5,\"x\":[[{\"y\":[1,\"]\"]}]]}"));
    assert_int_equal(line.index, 7);
    assert_text(TEXT_LAYER, "10-res-jb");
    const struct feature_list_tokens *tokens = &line.tokens[TOKENS_TEXT];
    assert_int_equal(tokens->count, 3);
    assert_int_equal(tokens->tokens[0].length, 3);
    assert_memory_equal(tokens->tokens[0].bytes, "a\0b", 3);
    assert_int_equal(tokens->tokens[1].length, 0);
    assert_memory_equal(tokens->tokens[2].bytes, "\n", 1);
    assert_int_equal(line.lists[LIST_ACTIVATIONS].count, 3);
    assert_true(line.lists[LIST_ACTIVATIONS].numbers[1] == 1e-06);
    assert_true(line.numbers[NUMBER_MAX_ACTIVATION] == 1e-06 && line.numbers[NUMBER_MAX_TOKEN_INDEX] == 1);
    assert_true(isnan(line.numbers[NUMBER_BIN_MIN]) && line.numbers[NUMBER_BIN_MAX] == 2.5);
    assert_true(isnan(line.numbers[NUMBER_BIN_CONTAINS]));
}

static void one_line_leaves_nothing_for_the_next(void **state)
{
    (void)state;
    assert_true(is_read(LINE_FEATURE,
                        "{\"index\":3,\"layer\":\"0\",\"maxActApprox\":5,\"pos_str\":[\"a\"],\"pos_values\":[1]}"));
    assert_true(is_read(LINE_FEATURE, "{\"index\":4,\"layer\":1}"));
    assert_int_equal(line.index, 4);
    assert_text(TEXT_LAYER, "1");
    assert_true(isnan(line.numbers[NUMBER_MAX_ACTIVATION]));
    assert_int_equal(line.tokens[TOKENS_POSITIVE].count, 0);
    assert_int_equal(line.lists[LIST_POSITIVE].count, 0);
}

static void an_explanation_has_no_nul(void **state)
{
    (void)state;
    assert_true(is_read(LINE_EXPLANATION,
                        "{\"index\":3,\"layer\":\"0-x\",\"description\":\"a\\u0000b\",\"typeName\":null,"
                        "\"embedding\":\"[0.1]\"}"));
    assert_text(TEXT_EXPLANATION, "a\xe2\x90\x80"
                                  "b");
    assert_false(line.has_text[TEXT_TYPE] || line.has_text[TEXT_EXPLANATION_MODEL]);
}

static void a_broken_line_still_tells_whose_it_is(void **state)
{
    (void)state;
    assert_false(is_read(LINE_FEATURE, "{\"layer\":\"10-res-jb\",\"index\":\"7\",\"maxActApprox\":NaN}"));
    assert_string_equal(reason, "line 1 column 49: a number is NaN");
    assert_int_equal(line.index, 7);
    assert_text(TEXT_LAYER, "10-res-jb");
    assert_false(is_read(LINE_FEATURE, "{\"maxActApprox\":NaN,\"index\":\"7\"}"));
    assert_int_equal(line.index, -1);
}

static void saved_lines_are_read_and_none_that_is_cut(void **state)
{
    static const char *const paths[] = {[LINE_FEATURE] = "tests/data/neuronpedia/feature.jsonl",
                                        [LINE_EXAMPLE] = "tests/data/neuronpedia/example.jsonl",
                                        [LINE_EXPLANATION] = "tests/data/neuronpedia/explanation.jsonl"};
    (void)state;
    for (enum feature_line_kind kind = 0; kind < NUM_LINE_KINDS; kind++) {
        struct saved_file file = saved_file_load(paths[kind]);
        if (!feature_line_read(&line, kind, file.bytes, file.length, 128, reason))
            fail_msg("refused: %s", reason);
        for (size_t length = 0; length + 1 < file.length; length++)
            assert_false(feature_line_read(&line, kind, file.bytes, length, 128, reason));
        free(file.bytes);
    }
}

static void layers_have_a_number_and_a_source(void **state)
{
    (void)state;
    assert_int_equal(feature_layer_number("10-res-jb"), 10);
    assert_int_equal(feature_layer_number("0"), 0);
    assert_int_equal(feature_layer_number("65534-x"), 65534);
    static const char *const wrong[] = {"", "-1", "res-jb", "10res", "65535", "999999", "1 "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(feature_layer_number(wrong[i]), -1);
}

/* Writes `text`, packed as two parts of gzip that are joined, or plain, and reads its lines. */
static void check_lines(const char *text, bool is_packed, const char *const wanted[], size_t count)
{
    char path[] = "/tmp/feature_lines_XXXXXX";
    const char *bytes;
    size_t length, half = strlen(text) / 2;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (int part = 0; part < 2; part++) {
        gzFile file = gzopen(path, is_packed ? "ab" : "abT");
        gzwrite(file, part == 0 ? text : text + half, (unsigned)(part == 0 ? half : strlen(text) - half));
        gzclose(file);
    }
    struct feature_lines *lines = feature_lines_open(path, reason);
    assert_non_null(lines);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(feature_lines_next(lines, &bytes, &length, reason), LINES_ONE);
        assert_int_equal(length, strlen(wanted[i]));
        assert_memory_equal(bytes, wanted[i], length);
        assert_int_equal(feature_lines_number(lines), i + 1);
    }
    assert_int_equal(feature_lines_next(lines, &bytes, &length, reason), LINES_END);
    feature_lines_close(lines);
    unlink(path);
}

static void lines_are_found_in_plain_files_and_in_joined_gzip(void **state)
{
    (void)state;
    char *longer = malloc(700001);
    memset(longer, 'x', 700000);
    longer[700000] = '\0';
    for (int is_packed = 0; is_packed < 2; is_packed++) {
        check_lines("one\n\n three \n", is_packed, (const char *const[]){"one", "", " three "}, 3);
        check_lines("one\ntwo", is_packed, (const char *const[]){"one", "two"}, 2);
        check_lines("\n", is_packed, (const char *const[]){""}, 1);
        check_lines(longer, is_packed, (const char *const[]){longer}, 1);
    }
    check_lines("", false, NULL, 0);
    free(longer);
}

static int clear(void **state)
{
    (void)state;
    feature_line_free(&line);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_example_gives_its_tokens_and_values),
        cmocka_unit_test(one_line_leaves_nothing_for_the_next),
        cmocka_unit_test(an_explanation_has_no_nul),
        cmocka_unit_test(a_broken_line_still_tells_whose_it_is),
        cmocka_unit_test(saved_lines_are_read_and_none_that_is_cut),
        cmocka_unit_test(layers_have_a_number_and_a_source),
        cmocka_unit_test(lines_are_found_in_plain_files_and_in_joined_gzip),
    };
    return cmocka_run_group_tests(tests, NULL, clear);
}
