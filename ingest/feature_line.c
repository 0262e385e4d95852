#include "feature_line.h"
#include "feature_check.h"
#include "json_tokens.h"
#include "must.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { DEPTH_MAX = 32 };

enum value_type {
    VALUE_INDEX,   /* a whole number, also as text */
    VALUE_TEXT,    /* a string, or null */
    VALUE_NUMBER,  /* finite, or null */
    VALUE_NUMBERS, /* a list of finite numbers, or null */
    VALUE_INDEXES, /* a list of whole numbers, or null */
    VALUE_TOKENS   /* a list of strings, or null */
};

/* A key that is known: what it holds, and where that goes (an enum of feature_line.h). */
struct line_key {
    const char *name;
    enum value_type type;
    int place;
};

enum { KEYS_MAX = 32 };

static const struct line_key keys[NUM_LINE_KINDS][KEYS_MAX] = {
    [LINE_FEATURE] =
        {
            {"index", VALUE_INDEX, 0},
            {"layer", VALUE_TEXT, TEXT_LAYER},
            {"maxActApprox", VALUE_NUMBER, NUMBER_MAX_ACTIVATION},
            {"frac_nonzero", VALUE_NUMBER, NUMBER_FRAC_NONZERO},
            {"freq_hist_data_bar_heights", VALUE_NUMBERS, LIST_DENSITY_HEIGHTS},
            {"freq_hist_data_bar_values", VALUE_NUMBERS, LIST_DENSITY_VALUES},
            {"logits_hist_data_bar_heights", VALUE_NUMBERS, LIST_LOGITS_HEIGHTS},
            {"logits_hist_data_bar_values", VALUE_NUMBERS, LIST_LOGITS_VALUES},
            {"pos_str", VALUE_TOKENS, TOKENS_POSITIVE},
            {"pos_values", VALUE_NUMBERS, LIST_POSITIVE},
            {"neg_str", VALUE_TOKENS, TOKENS_NEGATIVE},
            {"neg_values", VALUE_NUMBERS, LIST_NEGATIVE},
            {"topkCosSimIndices", VALUE_INDEXES, LIST_SIMILAR},
            {"topkCosSimValues", VALUE_NUMBERS, LIST_SIMILARITIES},
            {"correlated_neurons_indices", VALUE_INDEXES, LIST_CORRELATED},
            {"correlated_neurons_l1", VALUE_NUMBERS, LIST_CORRELATED_L1},
            {"correlated_neurons_pearson", VALUE_NUMBERS, LIST_CORRELATED_PEARSON},
            {"neuron_alignment_indices", VALUE_INDEXES, LIST_ALIGNMENT},
            {"neuron_alignment_l1", VALUE_NUMBERS, LIST_ALIGNMENT_L1},
            {"neuron_alignment_values", VALUE_NUMBERS, LIST_ALIGNMENT_VALUES},
        },
    [LINE_EXAMPLE] =
        {
            {"index", VALUE_INDEX, 0},
            {"layer", VALUE_TEXT, TEXT_LAYER},
            {"tokens", VALUE_TOKENS, TOKENS_TEXT},
            {"values", VALUE_NUMBERS, LIST_ACTIVATIONS},
            {"maxValue", VALUE_NUMBER, NUMBER_MAX_ACTIVATION},
            {"maxValueTokenIndex", VALUE_NUMBER, NUMBER_MAX_TOKEN_INDEX},
            {"binMin", VALUE_NUMBER, NUMBER_BIN_MIN},
            {"binMax", VALUE_NUMBER, NUMBER_BIN_MAX},
            {"binContains", VALUE_NUMBER, NUMBER_BIN_CONTAINS},
        },
    [LINE_EXPLANATION] =
        {
            {"index", VALUE_INDEX, 0},
            {"layer", VALUE_TEXT, TEXT_LAYER},
            {"description", VALUE_TEXT, TEXT_EXPLANATION},
            {"typeName", VALUE_TEXT, TEXT_TYPE},
            {"explanationModelName", VALUE_TEXT, TEXT_EXPLANATION_MODEL},
        },
};

/* The next byte that is no blank; 0 at the end. */
static char peek(struct json_scan *scan)
{
    while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) != NULL && *scan->at != '\0')
        scan->at++;
    return scan->at < scan->end ? *scan->at : '\0';
}

/* True when null stood here. */
static bool take_null(struct json_scan *scan)
{
    if (peek(scan) != 'n' || scan->end - scan->at < 4 || memcmp(scan->at, "null", 4) != 0)
        return false;
    scan->at += 4;
    return true;
}

/* Passes over a value of any kind. */
static bool skip_value(struct json_scan *scan, int depth)
{
    struct json_text key;
    char first = peek(scan);
    if (first != '{' && first != '[')
        return json_scan_skip(scan);
    if (depth == DEPTH_MAX)
        return json_scan_fail(scan, "more than %d levels deep", DEPTH_MAX);
    if (!json_scan_enter(scan, first))
        return false;
    while (first == '{' ? json_scan_key(scan, &key) : json_scan_element(scan))
        if (!skip_value(scan, depth + 1))
            return false;
    return json_scan_is_fine(scan);
}

/* Decimal digits alone, as "17" has them. */
static bool read_digits(const struct json_text *text, int64_t *index)
{
    *index = 0;
    if (text->length == 0 || text->length > 10 || (text->bytes[0] == '0' && text->length > 1))
        return false;
    for (size_t i = 0; i < text->length; i++) {
        if (text->bytes[i] < '0' || text->bytes[i] > '9')
            return false;
        *index = 10 * *index + (text->bytes[i] - '0');
    }
    return true;
}

static bool read_finite(struct json_scan *scan, double *number)
{
    const char *from = scan->at;
    if (!json_scan_number(scan, number))
        return false;
    if (isfinite(*number))
        return true;
    scan->at = from;
    return json_scan_fail(scan, "a number is NaN");
}

static bool read_whole(struct json_scan *scan, double *number)
{
    if (!read_finite(scan, number))
        return false;
    return (*number >= 0 && *number <= INT32_MAX && *number == floor(*number)) ||
           json_scan_fail(scan, "%g is no index", *number);
}

static bool read_index(struct json_scan *scan, int64_t *index)
{
    struct json_text text;
    double number;
    if (peek(scan) != '"') {
        if (!read_whole(scan, &number))
            return false;
        *index = (int64_t)number;
        return true;
    }
    int64_t digits;
    if (!json_scan_string(scan, &text))
        return false;
    if (!read_digits(&text, &digits))
        return json_scan_fail(scan, "the index \"%.*s\" is no number", (int)(text.length < 24 ? text.length : 24),
                              text.bytes);
    *index = digits;
    return true;
}

/* text of PostgreSQL cannot hold NUL: it is shown as U+2400. */
static void keep_text(struct text *text, const struct json_text *read)
{
    for (size_t i = 0; i < read->length; i++)
        if (read->bytes[i] == '\0')
            text_add(text, "\xe2\x90\x80", 3);
        else
            text_add_char(text, read->bytes[i]);
}

/* A converter's file may have a layer as a number. */
static bool read_text(struct json_scan *scan, struct text *text, bool may_be_number)
{
    struct json_text read;
    if (may_be_number && peek(scan) != '"') {
        double number;
        if (!read_whole(scan, &number))
            return false;
        text_printf(text, "%.0f", number);
        return true;
    }
    if (!json_scan_string(scan, &read))
        return false;
    if (read.length > FEATURE_TEXT_MAX)
        return json_scan_fail(scan, "a text has %zu bytes; %d are the most", read.length, FEATURE_TEXT_MAX);
    keep_text(text, &read);
    return true;
}

static bool read_numbers(struct json_scan *scan, struct feature_list_numbers *list, bool are_whole)
{
    if (!json_scan_enter(scan, '['))
        return false;
    while (json_scan_element(scan)) {
        if (list->count == list->capacity) {
            list->capacity = 2 * list->capacity + 64;
            list->numbers = must(realloc(list->numbers, list->capacity * sizeof *list->numbers));
        }
        double *number = &list->numbers[list->count++];
        if (!(are_whole ? read_whole(scan, number) : read_finite(scan, number)))
            return false;
    }
    return json_scan_is_fine(scan);
}

static bool add_token(struct json_scan *scan, struct feature_list_tokens *list)
{
    struct json_text token;
    if (!json_scan_string(scan, &token))
        return false;
    if (token.length > JSON_TOKEN_MAX_BYTES)
        return json_scan_fail(scan, "a token has %zu bytes; %d are the most", token.length, JSON_TOKEN_MAX_BYTES);
    if (list->count == FEATURE_TOKENS_MAX)
        return json_scan_fail(scan, "there are more than %d tokens", FEATURE_TOKENS_MAX);
    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 64;
        list->tokens = must(realloc(list->tokens, list->capacity * sizeof *list->tokens));
    }
    list->tokens[list->count++].length = (uint32_t)token.length;
    text_add(&list->bytes, token.bytes, token.length);
    return true;
}

static bool read_tokens(struct json_scan *scan, struct feature_list_tokens *list)
{
    if (!json_scan_enter(scan, '['))
        return false;
    while (json_scan_element(scan))
        if (!add_token(scan, list))
            return false;
    size_t at = 0;
    for (size_t i = 0; i < list->count; i++) {
        list->tokens[i].bytes = list->bytes.bytes != NULL ? list->bytes.bytes + at : "";
        at += list->tokens[i].length;
    }
    return json_scan_is_fine(scan);
}

static bool read_value(struct feature_line *line, const struct line_key *key)
{
    struct json_scan *scan = &line->scan;
    if (key->type == VALUE_INDEX)
        return read_index(scan, &line->index);
    if (take_null(scan))
        return true;
    switch (key->type) {
    case VALUE_TEXT:
        line->has_text[key->place] = true;
        return read_text(scan, &line->texts[key->place], key->place == TEXT_LAYER);
    case VALUE_NUMBER: return read_finite(scan, &line->numbers[key->place]);
    case VALUE_TOKENS: return read_tokens(scan, &line->tokens[key->place]);
    default: return read_numbers(scan, &line->lists[key->place], key->type == VALUE_INDEXES);
    }
}

static bool read_members(struct feature_line *line, const struct line_key *known)
{
    struct json_text key;
    uint32_t seen = 0;
    if (!json_scan_enter(&line->scan, '{'))
        return false;
    while (json_scan_key(&line->scan, &key)) {
        int i = 0;
        while (known[i].name != NULL && !json_text_is(&key, known[i].name))
            i++;
        if (known[i].name == NULL) {
            if (!skip_value(&line->scan, 0))
                return false;
            continue;
        }
        if (seen & UINT32_C(1) << i)
            return json_scan_fail(&line->scan, "\"%s\" comes twice", known[i].name);
        seen |= UINT32_C(1) << i;
        if (!read_value(line, &known[i]))
            return false;
    }
    return json_scan_close(&line->scan);
}

static void reset(struct feature_line *line)
{
    line->index = -1;
    for (size_t i = 0; i < NUM_FEATURE_TEXTS; i++) {
        line->has_text[i] = false;
        text_reset(&line->texts[i]);
    }
    for (size_t i = 0; i < NUM_FEATURE_NUMBERS; i++)
        line->numbers[i] = NAN;
    for (size_t i = 0; i < NUM_FEATURE_LISTS; i++)
        line->lists[i].count = 0;
    for (size_t i = 0; i < NUM_FEATURE_TOKENS; i++) {
        line->tokens[i].count = 0;
        text_reset(&line->tokens[i].bytes);
    }
}

void feature_line_free(struct feature_line *line)
{
    for (size_t i = 0; i < NUM_FEATURE_TEXTS; i++)
        text_free(&line->texts[i]);
    for (size_t i = 0; i < NUM_FEATURE_LISTS; i++)
        free(line->lists[i].numbers);
    for (size_t i = 0; i < NUM_FEATURE_TOKENS; i++) {
        free(line->tokens[i].tokens);
        text_free(&line->tokens[i].bytes);
    }
    json_scan_free(&line->scan);
    *line = (struct feature_line){0};
}

bool feature_line_read(struct feature_line *line, enum feature_line_kind kind, const char *bytes, size_t length,
                       int32_t layer_size, char reason[JSON_SCAN_REASON_SIZE])
{
    reset(line);
    return json_scan_open(&line->scan, bytes, length, reason) && read_members(line, keys[kind]) &&
           feature_line_check(line, kind, layer_size, reason);
}
