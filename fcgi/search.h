/*
 * What the searches share: their parameters, the cursor that leads from one page to the next, and what is said when a
 * query is wrong or would need too much.
 *
 * A cursor is the sort key of the last item of a page: numbers in hexadecimal with points between them, and perhaps a
 * run of bytes behind them. For clients it is opaque.
 */
#ifndef DEEPDECIPHER_SEARCH_H
#define DEEPDECIPHER_SEARCH_H

#include "exchange.h"
#include "rows.h"

enum {
    SEARCH_LIMIT_MAX = 100,
    SEARCH_CHARACTERS_MAX = 1000, /* of a parameter */
    SEARCH_REPEATS_MAX = 16,      /* of one that may come more than once */
    SEARCH_CURSOR_NUMBERS_MAX = 5,
    SEARCH_CURSOR_BYTES_MAX = 1024
};

struct search_cursor {
    bool is_there;
    uint64_t numbers[SEARCH_CURSOR_NUMBERS_MAX];
    uint8_t bytes[SEARCH_CURSOR_BYTES_MAX];
    size_t length;
};

/* Reads `after` as so many numbers, and bytes where `has_bytes`. Answers 400. */
bool search_cursor_read(struct exchange *x, int num_numbers, bool has_bytes, struct search_cursor *cursor) MUST_CHECK;
/* Writes it as a JSON string. */
void search_cursor_write(struct buffer *body, int num_numbers, const uint64_t numbers[], const void *bytes,
                         size_t length);

/* The bits of numbers, as cursors hold them. */
uint64_t search_bits_of_float32(float value);
uint64_t search_bits_of_float64(double value);
float search_float32_of_bits(uint64_t bits);
double search_float64_of_bits(uint64_t bits);

/* True when no parameter is too long or comes too often. Answers 400. */
bool search_check_sizes(struct exchange *x) MUST_CHECK;
/* Reads `limit`. Answers 400. */
bool search_limit(struct exchange *x, int64_t *limit) MUST_CHECK;
/* Reads q, which must be there. Answers 400. */
bool search_q(struct exchange *x, const char **q) MUST_CHECK;
/* Reads a parameter as one of `words` (NULL ends them); `otherwise` when it is not there. Answers 400. */
bool search_choice(struct exchange *x, const char *name, const char *const words[], int otherwise,
                   int *choice) MUST_CHECK;

/* Adds the values of the repeated parameter `model` to an array parameter, whose memory is `memory`. */
struct db_param search_models(const struct exchange *x, struct rows *memory);
/* Queues the statement that finds which of these models are not stored; search_check_models takes its answer, and
 * answers 404. */
enum db_status search_send_models(struct exchange *x, struct db_param models) MUST_CHECK;
bool search_check_models(struct exchange *x, const PGresult *rows) MUST_CHECK;

/* Takes what came of search_send_models and one statement behind it, whose sending ended with `sent`: true with its rows.
 * Answers as search_check_models and exchange_db_ok do, and 422 with `too_much` when the query would need too much, as the
 * database's functions say. */
bool search_receive(struct exchange *x, enum db_status sent, const char *too_much, PGresult **rows) MUST_CHECK;

/* GET /api/search: a few of everything. */
void handle_search(struct exchange *x);
/* GET /api/search/tokens */
void handle_search_tokens(struct exchange *x);
/* GET /api/search/neurons */
void handle_search_neurons(struct exchange *x);
/* GET /api/search/explanations */
void handle_search_explanations(struct exchange *x);
/* GET /api/search/texts */
void handle_search_texts(struct exchange *x);
/* GET /api/search/similar */
void handle_search_similar(struct exchange *x);

#endif
