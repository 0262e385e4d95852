#include "feature_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

static bool refuse(char reason[JSON_SCAN_REASON_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(char reason[JSON_SCAN_REASON_SIZE], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, JSON_SCAN_REASON_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

static bool are_as_many(const char *what, size_t count, const char *others, size_t others_count, char *reason)
{
    return count == others_count ||
           refuse(reason, "%s has %zu elements, but %s has %zu", what, count, others, others_count);
}

/* Two lists of which an export may lack the second as a whole. */
static bool are_companions(const struct feature_line *line, enum feature_list indexes, const char *indexes_key,
                           enum feature_list list, const char *key, char *reason)
{
    return line->lists[list].count == 0 ||
           are_as_many(key, line->lists[list].count, indexes_key, line->lists[indexes].count, reason);
}

static bool check_similar(const struct feature_line *line, int32_t layer_size, char *reason)
{
    const struct feature_list_numbers *similar = &line->lists[LIST_SIMILAR];
    for (size_t i = 0; i < similar->count; i++)
        if (similar->numbers[i] >= layer_size)
            return refuse(reason,
                          "topkCosSimIndices has %.0f, but layers of the model have %d neurons, numbered from 0",
                          similar->numbers[i], layer_size);
    return are_companions(line, LIST_SIMILAR, "topkCosSimIndices", LIST_SIMILARITIES, "topkCosSimValues", reason);
}

static bool check_logits(const struct feature_line *line, char *reason)
{
    const struct feature_list_tokens *tokens = line->tokens;
    if (tokens[TOKENS_POSITIVE].count > FEATURE_LOGITS_MAX || tokens[TOKENS_NEGATIVE].count > FEATURE_LOGITS_MAX)
        return refuse(reason, "there are more than %d logits", FEATURE_LOGITS_MAX);
    return are_as_many("pos_values", line->lists[LIST_POSITIVE].count, "pos_str", tokens[TOKENS_POSITIVE].count,
                       reason) &&
           are_as_many("neg_values", line->lists[LIST_NEGATIVE].count, "neg_str", tokens[TOKENS_NEGATIVE].count,
                       reason);
}

static bool check_histograms(const struct feature_line *line, char *reason)
{
    return are_as_many("freq_hist_data_bar_heights", line->lists[LIST_DENSITY_HEIGHTS].count,
                       "freq_hist_data_bar_values", line->lists[LIST_DENSITY_VALUES].count, reason) &&
           are_as_many("logits_hist_data_bar_heights", line->lists[LIST_LOGITS_HEIGHTS].count,
                       "logits_hist_data_bar_values", line->lists[LIST_LOGITS_VALUES].count, reason);
}

static bool check_neurons(const struct feature_line *line, char *reason)
{
    static const char correlated[] = "correlated_neurons_indices", alignment[] = "neuron_alignment_indices";
    return are_companions(line, LIST_CORRELATED, correlated, LIST_CORRELATED_L1, "correlated_neurons_l1", reason) &&
           are_companions(line, LIST_CORRELATED, correlated, LIST_CORRELATED_PEARSON, "correlated_neurons_pearson",
                          reason) &&
           are_companions(line, LIST_ALIGNMENT, alignment, LIST_ALIGNMENT_L1, "neuron_alignment_l1", reason) &&
           are_companions(line, LIST_ALIGNMENT, alignment, LIST_ALIGNMENT_VALUES, "neuron_alignment_values", reason);
}

static bool check_feature(const struct feature_line *line, int32_t layer_size, char *reason)
{
    double share = line->numbers[NUMBER_FRAC_NONZERO];
    if (!isnan(share) && !(share >= 0 && share <= 1))
        return refuse(reason, "frac_nonzero is %g, which is not between 0 and 1", share);
    return check_histograms(line, reason) && check_logits(line, reason) && check_similar(line, layer_size, reason) &&
           check_neurons(line, reason);
}

static bool check_example(const struct feature_line *line, char *reason)
{
    size_t num_tokens = line->tokens[TOKENS_TEXT].count;
    double place = line->numbers[NUMBER_MAX_TOKEN_INDEX];
    if (num_tokens == 0)
        return refuse(reason, "tokens is missing or empty");
    if (!are_as_many("values", line->lists[LIST_ACTIVATIONS].count, "tokens", num_tokens, reason))
        return false;
    if (isnan(line->numbers[NUMBER_MAX_ACTIVATION]))
        return refuse(reason, "maxValue is missing");
    if (!(place >= 0 && place < (double)num_tokens && place == floor(place)))
        return isnan(place) ? refuse(reason, "maxValueTokenIndex is missing")
                            : refuse(reason, "maxValueTokenIndex is %g, but there are %zu tokens", place, num_tokens);
    return true;
}

bool feature_line_check(const struct feature_line *line, enum feature_line_kind kind, int32_t layer_size,
                        char reason[JSON_SCAN_REASON_SIZE])
{
    if (line->index < 0)
        return refuse(reason, "index is missing");
    if (!line->has_text[TEXT_LAYER])
        return refuse(reason, "layer is missing");
    if (kind == LINE_FEATURE)
        return check_feature(line, layer_size, reason);
    if (kind == LINE_EXAMPLE)
        return check_example(line, reason);
    return line->has_text[TEXT_EXPLANATION] || refuse(reason, "description is missing");
}
