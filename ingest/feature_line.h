/*
 * The lines of a Neuronpedia export, each a JSON object: a feature's statistics, a text with its activations, or an
 * explanation in words. Bytes in, values out. Pure.
 *
 *     {"modelId": "gpt2-small", "layer": "10-res-jb", "index": "17", "maxActApprox": 12.5, "pos_str": [" the"], …}
 *
 * Keys that are not known are passed over, whatever they hold. An index is a number, or text as in dumps of the database.
 */
#ifndef DEEPDECIPHER_FEATURE_LINE_H
#define DEEPDECIPHER_FEATURE_LINE_H

#include "json_scan.h"
#include "neuroscope_page.h"
#include "text.h"

enum feature_line_kind { LINE_FEATURE, LINE_EXAMPLE, LINE_EXPLANATION, NUM_LINE_KINDS };

/* Single numbers; NaN: the line has none. */
enum feature_number {
    NUMBER_MAX_ACTIVATION,
    NUMBER_FRAC_NONZERO,
    NUMBER_MAX_TOKEN_INDEX,
    NUMBER_BIN_MIN,
    NUMBER_BIN_MAX,
    NUMBER_BIN_CONTAINS,
    NUM_FEATURE_NUMBERS
};

/* Lists of numbers; empty: the line has none. */
enum feature_list {
    LIST_DENSITY_HEIGHTS,
    LIST_DENSITY_VALUES,
    LIST_LOGITS_HEIGHTS,
    LIST_LOGITS_VALUES,
    LIST_POSITIVE,
    LIST_NEGATIVE,
    LIST_SIMILAR, /* indexes, as those of the other two below */
    LIST_SIMILARITIES,
    LIST_CORRELATED,
    LIST_CORRELATED_L1,
    LIST_CORRELATED_PEARSON,
    LIST_ALIGNMENT,
    LIST_ALIGNMENT_L1,
    LIST_ALIGNMENT_VALUES,
    LIST_ACTIVATIONS,
    NUM_FEATURE_LISTS
};

enum feature_tokens { TOKENS_POSITIVE, TOKENS_NEGATIVE, TOKENS_TEXT, NUM_FEATURE_TOKENS };
enum feature_text { TEXT_LAYER, TEXT_EXPLANATION, TEXT_TYPE, TEXT_EXPLANATION_MODEL, NUM_FEATURE_TEXTS };

enum {
    FEATURE_TEXT_MAX = 65536, /* bytes */
    FEATURE_LOGITS_MAX = 10000,
    FEATURE_TOKENS_MAX = 65536 /* of a text */
};

struct feature_list_numbers {
    double *numbers;
    size_t count, capacity;
};

struct feature_list_tokens {
    struct page_token *tokens; /* into `bytes` */
    size_t count, capacity;
    struct text bytes;
};

/* What a line says; its memory serves line after line. All zeros before the first. */
struct feature_line {
    int64_t index; /* in the layer; -1: not known */
    bool has_text[NUM_FEATURE_TEXTS];
    struct text texts[NUM_FEATURE_TEXTS]; /* UTF-8; NUL is shown as U+2400 */
    double numbers[NUM_FEATURE_NUMBERS];
    struct feature_list_numbers lists[NUM_FEATURE_LISTS];
    struct feature_list_tokens tokens[NUM_FEATURE_TOKENS];
    struct json_scan scan;
};

/* Reads one line about a layer of `layer_size` features. False with a one-line reason: then only what was read of `index`
 * and TEXT_LAYER may be used, to tell whose line it was. */
bool feature_line_read(struct feature_line *line, enum feature_line_kind kind, const char *bytes, size_t length,
                       int32_t layer_size, char reason[JSON_SCAN_REASON_SIZE]) __attribute__((warn_unused_result));
void feature_line_free(struct feature_line *line);

#endif
