/*
 * Any bytes as lines of a Neuronpedia export, of each kind. What is read must keep the promises of feature_line.h.
 * Seeds: tests/data/neuronpedia.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "ingest/feature_line.h"
#include "ingest/json_tokens.h"

enum { LAYER_SIZE = 128 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void lists_check(const struct feature_line *line)
{
    for (size_t i = 0; i < NUM_FEATURE_LISTS; i++)
        for (size_t j = 0; j < line->lists[i].count; j++)
            assert(isfinite(line->lists[i].numbers[j]));
    for (size_t j = 0; j < line->lists[LIST_SIMILAR].count; j++)
        assert(line->lists[LIST_SIMILAR].numbers[j] >= 0 && line->lists[LIST_SIMILAR].numbers[j] < LAYER_SIZE);
    assert(line->lists[LIST_POSITIVE].count == line->tokens[TOKENS_POSITIVE].count);
    assert(line->lists[LIST_NEGATIVE].count == line->tokens[TOKENS_NEGATIVE].count);
}

static void tokens_check(const struct feature_line *line)
{
    for (size_t i = 0; i < NUM_FEATURE_TOKENS; i++) {
        size_t total = 0;
        for (size_t j = 0; j < line->tokens[i].count; j++) {
            const struct page_token *token = &line->tokens[i].tokens[j];
            assert(token->length <= JSON_TOKEN_MAX_BYTES);
            assert(token->length == 0 || token->bytes == line->tokens[i].bytes.bytes + total);
            total += token->length;
        }
        assert(total == line->tokens[i].bytes.length);
    }
}

static void line_check(const struct feature_line *line, enum feature_line_kind kind)
{
    assert(line->index >= 0 && line->has_text[TEXT_LAYER]);
    lists_check(line);
    tokens_check(line);
    for (size_t i = 0; i < NUM_FEATURE_TEXTS; i++)
        assert(line->texts[i].length == 0 || memchr(line->texts[i].bytes, '\0', line->texts[i].length) == NULL);
    if (kind != LINE_EXAMPLE)
        return;
    size_t count = line->tokens[TOKENS_TEXT].count;
    assert(count > 0 && line->lists[LIST_ACTIVATIONS].count == count);
    assert(line->numbers[NUMBER_MAX_TOKEN_INDEX] < (double)count && isfinite(line->numbers[NUMBER_MAX_ACTIVATION]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct feature_line line;
    char reason[JSON_SCAN_REASON_SIZE];
    for (enum feature_line_kind kind = 0; kind < NUM_LINE_KINDS; kind++)
        if (feature_line_read(&line, kind, (const char *)data, size, LAYER_SIZE, reason))
            line_check(&line, kind);
        else
            assert(reason[0] != '\0');
    return 0;
}
