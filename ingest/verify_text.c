#include "verify_text.h"

#include <math.h>

#include "../sql/client/packing.h"

const char *const text_fault_names[TEXT_FAULTS] = {
    [TEXT_FINE] = "fine",
    [TEXT_ABSENT] = "a text is not stored",
    [TEXT_TOKENS_UNREADABLE] = "the packed tokens of a text can not be read",
    [TEXT_TOKEN_UNKNOWN] = "a token of a text is not in the vocabulary",
    [TEXT_ACTIVATIONS_UNREADABLE] = "the packed activations can not be read, or are not as many as the text's tokens",
    [TEXT_POSITION_WRONG] = "the position of the highest activation is outside the text",
    [TEXT_TOKEN_WRONG] = "the token at the highest activation is another one",
    [TEXT_MAXIMUM_ELSEWHERE] = "the highest activation is at another position",
    [TEXT_EXTREMES_WRONG] = "the highest or lowest activation is not that of the text",
};

bool text_fault_is_of_text(enum text_fault fault)
{
    return fault == TEXT_TOKENS_UNREADABLE || fault == TEXT_TOKEN_UNKNOWN;
}

/* Pages print both, one with four decimals. */
static bool is_close(double printed, double value)
{
    return fabs(printed - value) <= 0.0001 + 1e-6 * fabs(value);
}

static enum text_fault verify_numbers(const struct stored_text *text, const struct packed_numbers *numbers)
{
    double highest = -INFINITY, lowest = INFINITY;
    for (uint32_t i = 0; i < numbers->count; i++) {
        double value = packed_numbers_get(numbers, i);
        if (!isfinite(value))
            return TEXT_ACTIVATIONS_UNREADABLE;
        highest = fmax(highest, value);
        lowest = fmin(lowest, value);
    }
    if (packed_numbers_get(numbers, (uint32_t)text->max_position) != highest)
        return TEXT_MAXIMUM_ELSEWHERE;
    return is_close(text->max_activation, highest) && is_close(text->min_activation, lowest) ? TEXT_FINE
                                                                                             : TEXT_EXTREMES_WRONG;
}

enum text_fault text_verify_tokens(const uint8_t *tokens, size_t length, int32_t num_tokens, const bool has_token[],
                                   size_t num_ids, uint32_t *ids)
{
    if (num_tokens <= 0 || !unpack_tokens(tokens, length, ids, (size_t)num_tokens))
        return TEXT_TOKENS_UNREADABLE;
    for (int32_t i = 0; i < num_tokens; i++)
        if (ids[i] >= num_ids || !has_token[ids[i]])
            return TEXT_TOKEN_UNKNOWN;
    return TEXT_FINE;
}

enum text_fault text_verify(const struct stored_text *text, const bool has_token[], size_t num_ids, uint32_t *ids)
{
    struct packed_numbers numbers;
    if (!text->is_there)
        return TEXT_ABSENT;
    enum text_fault fault =
        text_verify_tokens(text->tokens, text->tokens_length, text->num_tokens, has_token, num_ids, ids);
    if (fault != TEXT_FINE)
        return fault;
    if (text->activations_at < 0 || (size_t)text->activations_at > text->activations_length ||
        !packed_numbers_open(&numbers, text->activations + text->activations_at,
                             text->activations_length - (size_t)text->activations_at) ||
        numbers.count != (uint32_t)text->num_tokens)
        return TEXT_ACTIVATIONS_UNREADABLE;
    if (text->max_position < 0 || text->max_position >= text->num_tokens)
        return TEXT_POSITION_WRONG;
    if (ids[text->max_position] != (uint32_t)text->max_token_id)
        return TEXT_TOKEN_WRONG;
    return verify_numbers(text, &numbers);
}
