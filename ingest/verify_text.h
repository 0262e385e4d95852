/*
 * Does one stored text of a neuron hold together? Pure.
 */
#ifndef DEEPDECIPHER_VERIFY_TEXT_H
#define DEEPDECIPHER_VERIFY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As it is stored. */
struct stored_text {
    bool is_there; /* in the table text; the tokens and their number are valid only then */
    int32_t num_tokens;
    const uint8_t *tokens; /* [tokens_length], packed */
    size_t tokens_length;
    const uint8_t *activations; /* [activations_length], packed, of all texts of the neuron */
    size_t activations_length;
    int32_t activations_at, max_position, max_token_id;
    double max_activation, min_activation;
};

enum text_fault {
    TEXT_FINE,
    TEXT_ABSENT,
    TEXT_TOKENS_UNREADABLE,
    TEXT_TOKEN_UNKNOWN,
    TEXT_ACTIVATIONS_UNREADABLE,
    TEXT_POSITION_WRONG,
    TEXT_TOKEN_WRONG,
    TEXT_MAXIMUM_ELSEWHERE,
    TEXT_EXTREMES_WRONG,
    TEXT_FAULTS
};

/* What each means, as a sentence's end. */
extern const char *const text_fault_names[TEXT_FAULTS];

/* True when the fault is the text's, whose row reading the neuron again does not replace. */
bool text_fault_is_of_text(enum text_fault fault);

/* Tokens alone: TEXT_FINE, TEXT_TOKENS_UNREADABLE or TEXT_TOKEN_UNKNOWN. `ids` has room for `num_tokens`. */
enum text_fault text_verify_tokens(const uint8_t *tokens, size_t length, int32_t num_tokens, const bool has_token[],
                                   size_t num_ids, uint32_t *ids);

/* `has_token[id]` for id < `num_ids`: ids that the vocabulary has. `ids` has room for text->num_tokens. */
enum text_fault text_verify(const struct stored_text *text, const bool has_token[], size_t num_ids, uint32_t *ids);

#endif
