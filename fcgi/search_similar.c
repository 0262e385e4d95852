/* GET /api/search/similar: neurons of any model that share tokens with a neuron. */
#include "search.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "posting_count.h"
#include "posting_merge.h"
#include "search_rank.h"

enum { ENTRIES_MAX = 2000000, SHARED_TOKENS_MAX = 100 };
enum { CURSOR_SIMILARITY, CURSOR_SHARED, CURSOR_NEURON, CURSOR_NUMBERS };
enum { NEURON_IS_THERE, NEURON_ID, NEURON_NUM_TOKENS };
enum { LIST_MODEL_ID, LIST_MODEL, LIST_LAYER_SIZE, LIST_NUM_WANTED, LIST_ENTRIES };
enum { TOKEN_PLACE, TOKEN_KIND, TOKEN_BYTES };

struct similar_query {
    char *model; /* owned */
    int64_t layer, neuron;
    double min_similarity;
    int64_t limit;
    struct search_cursor after;
    /* What the database says of the neuron: */
    int64_t neuron_id;
    uint32_t num_tokens;
};

/* MODEL/LAYER/NEURON */
static bool read_neuron(struct exchange *x, struct similar_query *query)
{
    const struct request_text *text = request_param(&x->request, "neuron");
    if (text == NULL) {
        exchange_problem(x, 400, "Say which neuron others shall be like: neuron=MODEL/LAYER/NEURON.");
        return false;
    }
    query->model = strdup(text->text);
    assert(query->model != NULL);
    char *neuron = strrchr(query->model, '/'), *layer = NULL;
    if (neuron != NULL) {
        *neuron++ = '\0';
        layer = strrchr(query->model, '/');
    }
    if (layer != NULL) {
        *layer++ = '\0';
        if (query->model[0] != '\0' && request_read_int(layer, strlen(layer), 0, INT32_MAX, &query->layer) &&
            request_read_int(neuron, strlen(neuron), 0, INT32_MAX, &query->neuron))
            return true;
    }
    exchange_problem(x, 400, "neuron must be MODEL/LAYER/NEURON, such as gpt2-small/5/12, not \"%s\".", text->text);
    return false;
}

static bool read_min_similarity(struct exchange *x, double *similarity)
{
    const struct request_text *text = request_param(&x->request, "min_similarity");
    char *end;
    *similarity = 0.4;
    if (text == NULL)
        return true;
    *similarity = strtod(text->text, &end);
    if (strspn(text->text, "+0123456789.eE-") == text->length && text->length > 0 && *end == '\0' && *similarity > 0 &&
        *similarity <= 1)
        return true;
    exchange_problem(x, 400, "min_similarity must be a number above 0, at most 1, such as 0.4, not \"%s\".",
                     text->text);
    return false;
}

static bool read_query(struct exchange *x, struct similar_query *query)
{
    return search_check_sizes(x) && read_neuron(x, query) && read_min_similarity(x, &query->min_similarity) &&
           search_limit(x, &query->limit) && search_cursor_read(x, CURSOR_NUMBERS, false, &query->after);
}

static enum db_status send_query(struct exchange *x, const struct similar_query *query)
{
    struct rows models = {0};
    const struct db_param names = search_models(x, &models);
    /* A layer that no key has room for would be another model's; no model has it. */
    const int32_t layer = query->layer <= UINT16_MAX ? (int32_t)query->layer : UINT16_MAX;
    const struct db_param params[] = {db_text(query->model), db_int4(layer), db_int4((int32_t)query->neuron), names,
                                      db_int8(ENTRIES_MAX)};
    enum db_status status = search_send_models(x, names);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_SEARCH_SIMILAR_NEURON, 3, params);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_SEARCH_SIMILAR_LISTS, 5, params);
    rows_free(&models);
    return status == DB_OK ? db_flush(x->db) : status;
}

/* True when the neuron is there and has tokens. Answers 404. */
static bool check_neuron(struct exchange *x, const PGresult *rows, struct similar_query *query)
{
    if (PQntuples(rows) == 0) {
        exchange_problem(x, 404, "Model '%s' not found.", query->model);
        return false;
    }
    if (!db_get_bool(rows, 0, NEURON_IS_THERE)) {
        exchange_problem(x, 404, "Model '%s' has no neuron l%" PRId64 "n%" PRId64 ".", query->model, query->layer,
                         query->neuron);
        return false;
    }
    query->neuron_id = db_get_int8(rows, 0, NEURON_ID);
    query->num_tokens = (uint32_t)db_get_int8(rows, 0, NEURON_NUM_TOKENS);
    if (query->num_tokens > 0)
        return true;
    exchange_problem(x, 404, "Database has no tokens of neuron l%" PRId64 "n%" PRId64 " in model '%s'.", query->layer,
                     query->neuron, query->model);
    return false;
}

/* The lists are sent only when they are not too long together. */
static bool check_size(struct exchange *x, const PGresult *rows)
{
    if (PQntuples(rows) == 0 || db_get_int8(rows, 0, LIST_NUM_WANTED) <= ENTRIES_MAX)
        return true;
    exchange_problem(x, 422,
                     "The tokens of this neuron are found %" PRId64
                     " times, and %d can be looked at. Name models, or fewer of them.",
                     db_get_int8(rows, 0, LIST_NUM_WANTED), ENTRIES_MAX);
    return false;
}

/* The neuron of a count, by how similar it is: tokens in common / tokens of the one that has fewer. */
static struct ranked_neuron rank_of(const struct posting_count *count, const PGresult *rows, int row,
                                    uint32_t num_tokens)
{
    uint32_t fewer = count->num_tokens < num_tokens ? count->num_tokens : num_tokens;
    uint32_t layer_size = (uint32_t)db_get_int4(rows, row, LIST_LAYER_SIZE);
    int64_t model_id = db_get_int2(rows, row, LIST_MODEL_ID), layer = count->place / layer_size;
    return (struct ranked_neuron){(double)count->num_lists / fewer, count->num_lists, num_tokens,
                                  model_id << 48 | layer << 32 | count->place % layer_size, row};
}

static void rank_model(const PGresult *rows, int row, const struct similar_query *query, struct search_rank *rank)
{
    size_t length, num_counts;
    const uint8_t *entries = db_get_bytes(rows, row, LIST_ENTRIES, &length);
    assert(length % POSTING_BYTES == 0);
    struct posting_count *counts = posting_count(entries, length / POSTING_BYTES, &num_counts);
    for (size_t i = 0; i < num_counts; i++) {
        struct ranked_neuron neuron = rank_of(&counts[i], rows, row, query->num_tokens);
        if (neuron.neuron_id == query->neuron_id || !(neuron.score >= query->min_similarity))
            continue;
        neuron.score = (float)neuron.score;
        search_rank_offer(rank, &neuron);
    }
    free(counts);
}

/* `[{"kind":"activating","token":" the"},…]` of the answer at `place`; `*row` moves on. */
static void write_tokens(const PGresult *rows, int *row, int place, struct buffer *body)
{
    buffer_add_char(body, '[');
    for (int first = *row; *row < PQntuples(rows) && db_get_int4(rows, *row, TOKEN_PLACE) == place; ++*row) {
        size_t length;
        const uint8_t *token = db_get_bytes(rows, *row, TOKEN_BYTES, &length);
        buffer_printf(body, "%s{\"kind\":\"%s\",\"token\":", *row > first ? "," : "",
                      db_get_text(rows, *row, TOKEN_KIND));
        json_string(body, (const char *)token, length);
        buffer_add_char(body, '}');
    }
    buffer_add_char(body, ']');
}

static void write_page(const PGresult *lists, const PGresult *tokens, const struct similar_query *query,
                       const struct search_rank *rank, struct buffer *body)
{
    int token = 0;
    buffer_add_text(body, "{\"neurons\":[");
    for (int i = 0; i < rank->count && i < query->limit; i++) {
        const struct ranked_neuron *neuron = &rank->neurons[i];
        buffer_printf(body, "%s{\"layer\":%" PRId64 ",\"model\":", i > 0 ? "," : "",
                      neuron->neuron_id >> 32 & UINT16_MAX);
        json_text(body, db_get_text(lists, neuron->model_row, LIST_MODEL));
        buffer_printf(body, ",\"neuron\":%" PRId64 ",\"num_shared\":%" PRIu32 ",\"shared_tokens\":",
                      neuron->neuron_id & UINT32_MAX, neuron->num_matched);
        write_tokens(tokens, &token, i + 1, body);
        buffer_add_text(body, ",\"similarity\":");
        json_float32(body, (float)neuron->score);
        buffer_add_char(body, '}');
    }
    buffer_add_text(body, "],\"next\":");
    if (rank->count > query->limit) {
        const struct ranked_neuron *last = &rank->neurons[query->limit - 1];
        const uint64_t numbers[] = {search_bits_of_float64(last->score), last->num_matched, (uint64_t)last->neuron_id};
        search_cursor_write(body, CURSOR_NUMBERS, numbers, NULL, 0);
    } else {
        buffer_add_text(body, "null");
    }
    buffer_printf(body, ",\"num_tokens\":%" PRIu32 "}", query->num_tokens);
}

static enum db_status ask_for_tokens(struct exchange *x, const struct similar_query *query,
                                     const struct search_rank *rank, PGresult **tokens)
{
    struct rows ids = {0};
    int count = rank->count < query->limit ? rank->count : (int)query->limit;
    array_start(&ids, ARRAY_INT8);
    for (int i = 0; i < count; i++)
        rows_int8(&ids, rank->neurons[i].neuron_id);
    db_continue(x->db);
    enum db_status status = db_query(
        x->db, STATEMENT_SEARCH_SIMILAR_TOKENS, 3,
        (struct db_param[]){db_int8(query->neuron_id), array_param(&ids, (size_t)count), db_int4(SHARED_TOKENS_MAX)},
        tokens);
    rows_free(&ids);
    return status;
}

static void answer(struct exchange *x, struct similar_query *query)
{
    PGresult *unknown = NULL, *neuron = NULL, *lists = NULL, *tokens;
    enum db_status status = send_query(x, query);
    if (status == DB_OK)
        status = db_receive(x->db, &unknown);
    if (status == DB_OK)
        status = db_receive(x->db, &neuron);
    if (status == DB_OK)
        status = db_receive(x->db, &lists);
    if (!exchange_db_ok(x, status) || !check_neuron(x, neuron, query) || !search_check_models(x, unknown) ||
        !check_size(x, lists))
        return;
    const uint64_t *numbers = query->after.numbers;
    const struct ranked_neuron after = {search_float64_of_bits(numbers[CURSOR_SIMILARITY]),
                                        (uint32_t)numbers[CURSOR_SHARED], query->num_tokens,
                                        (int64_t)numbers[CURSOR_NEURON], 0};
    struct search_rank rank = {.after = query->after.is_there ? &after : NULL, .max = (int)query->limit + 1};
    for (int row = 0; row < PQntuples(lists); row++)
        rank_model(lists, row, query, &rank);
    search_rank_sort(&rank);
    if (exchange_db_ok(x, ask_for_tokens(x, query, &rank, &tokens)))
        write_page(lists, tokens, query, &rank, exchange_json(x));
}

void handle_search_similar(struct exchange *x)
{
    struct similar_query query = {0};
    if (read_query(x, &query))
        answer(x, &query);
    free(query.model);
}
