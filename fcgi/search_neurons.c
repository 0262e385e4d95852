/* GET /api/search/neurons: neurons that have tokens, the best first, with the reason for each. */
#include "search.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "posting_merge.h"
#include "search_rank.h"
#include "search_terms.h"

enum { ENTRIES_MAX = 2000000, LISTS_MAX = 3 * SEARCH_TERMS_MAX };
enum { CURSOR_SCORE, CURSOR_MATCHED, CURSOR_TOKENS, CURSOR_NEURON, CURSOR_NUMBERS };
enum {
    LIST_PLACE,
    LIST_MODEL_ID,
    LIST_MODEL,
    LIST_LAYER_SIZE,
    LIST_TOKEN_ID,
    LIST_KIND,
    LIST_NUM_NEURONS,
    LIST_NUM_WANTED,
    LIST_ENTRIES
};

/* One request; too large for the stack of a careful program, so each worker has one. */
struct neuron_query {
    struct search_terms terms;
    int num_layers; /* ranges of layers; 0: any layer */
    int64_t layers[REQUEST_PARAMS_MAX][2];
    int64_t limit;
    struct ranked_neuron after;
    struct search_rank rank;
};

/* "3" or "0-5" */
static bool read_layers(const char *text, int64_t range[2])
{
    const char *dash = strchr(text, '-');
    size_t length = dash != NULL ? (size_t)(dash - text) : strlen(text);
    if (!request_read_int(text, length, 0, UINT16_MAX, &range[0]))
        return false;
    range[1] = range[0];
    return dash == NULL || request_read_int(dash + 1, strlen(dash + 1), range[0], UINT16_MAX, &range[1]);
}

static bool read_all_layers(struct exchange *x, struct neuron_query *query)
{
    query->num_layers = 0;
    for (size_t i = 0; i < x->request.param_count; i++) {
        const char *text = x->request.params[i].value.text;
        if (strcmp(x->request.params[i].name.text, "layer") != 0)
            continue;
        if (!read_layers(text, query->layers[query->num_layers++])) {
            exchange_problem(x, 400, "layer must be a layer from 0 on, or two such as 0-5, not \"%s\".", text);
            return false;
        }
    }
    return true;
}

static bool read_after(struct exchange *x, struct neuron_query *query)
{
    struct search_cursor cursor;
    if (!search_cursor_read(x, CURSOR_NUMBERS, false, &cursor))
        return false;
    query->rank.after = cursor.is_there ? &query->after : NULL;
    if (cursor.is_there)
        query->after = (struct ranked_neuron){.score = search_float64_of_bits(cursor.numbers[CURSOR_SCORE]),
                                              .num_matched = (uint32_t)cursor.numbers[CURSOR_MATCHED],
                                              .num_tokens = (uint32_t)cursor.numbers[CURSOR_TOKENS],
                                              .neuron_id = (int64_t)cursor.numbers[CURSOR_NEURON]};
    return true;
}

static bool read_query(struct exchange *x, struct neuron_query *query)
{
    if (!search_terms_read(x, &query->terms) || !read_all_layers(x, query) || !search_limit(x, &query->limit) ||
        !read_after(x, query))
        return false;
    query->rank.max = (int)query->limit + 1;
    query->rank.count = 0;
    return true;
}

static enum db_status send_query(struct exchange *x, const struct search_terms *terms)
{
    struct rows kinds = {0}, tokens = {0}, models = {0};
    array_start(&kinds, ARRAY_TEXT);
    array_start(&tokens, ARRAY_BYTEA);
    for (int i = 0; i < terms->count; i++) {
        rows_text(&kinds, terms->terms[i].kind);
        rows_bytes(&tokens, terms->terms[i].token, terms->terms[i].length);
    }
    const struct db_param names = search_models(x, &models);
    enum db_status status = search_send_models(x, names);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_SEARCH_LISTS, 4,
                         (struct db_param[]){array_param(&kinds, (size_t)terms->count),
                                             array_param(&tokens, (size_t)terms->count), names, db_int8(ENTRIES_MAX)});
    rows_free(&kinds);
    rows_free(&tokens);
    rows_free(&models);
    return status;
}

/* A list is there again when several terms ask for it: then only the first counts among the neuron's own tokens. */
static bool is_again(const PGresult *rows, int first, int row)
{
    for (int i = first; i < row; i++)
        if (db_get_int4(rows, i, LIST_TOKEN_ID) == db_get_int4(rows, row, LIST_TOKEN_ID) &&
            strcmp(db_get_text(rows, i, LIST_KIND), db_get_text(rows, row, LIST_KIND)) == 0)
            return true;
    return false;
}

static struct posting_list list_of(const PGresult *rows, int first, int row, const struct search_terms *terms)
{
    struct posting_list list = {.group = terms->terms[db_get_int4(rows, row, LIST_PLACE) - 1].group};
    list.entries = db_get_bytes(rows, row, LIST_ENTRIES, &list.count);
    assert(list.count % POSTING_BYTES == 0);
    list.count /= POSTING_BYTES;
    list.is_own_token = strcmp(db_get_text(rows, row, LIST_KIND), "peak") != 0 && !is_again(rows, first, row);
    return list;
}

/* The row behind the last of the model whose rows begin at `first`. */
static int model_end(const PGresult *rows, int first)
{
    int end = first;
    while (end < PQntuples(rows) && db_get_int2(rows, end, LIST_MODEL_ID) == db_get_int2(rows, first, LIST_MODEL_ID))
        end++;
    return end;
}

static bool has_layer(const struct neuron_query *query, int64_t layer)
{
    for (int i = 0; i < query->num_layers; i++)
        if (layer >= query->layers[i][0] && layer <= query->layers[i][1])
            return true;
    return query->num_layers == 0;
}

static void rank_model(const PGresult *rows, int first, int end, struct neuron_query *query)
{
    struct posting_list lists[LISTS_MAX];
    size_t count;
    assert(end - first <= LISTS_MAX);
    for (int row = first; row < end; row++)
        lists[row - first] = list_of(rows, first, row, &query->terms);
    struct posting_match *matches = posting_merge(lists, (size_t)(end - first), query->terms.num_groups, &count);
    uint32_t layer_size = (uint32_t)db_get_int4(rows, first, LIST_LAYER_SIZE);
    int64_t model_id = db_get_int2(rows, first, LIST_MODEL_ID);
    for (size_t i = 0; i < count; i++) {
        int64_t layer = matches[i].place / layer_size;
        if (has_layer(query, layer))
            search_rank_offer(&query->rank, &(struct ranked_neuron){
                                                matches[i].sum / query->terms.num_groups, matches[i].num_matched,
                                                matches[i].num_tokens,
                                                model_id << 48 | layer << 32 | matches[i].place % layer_size, first});
    }
    free(matches);
}

/* Which of the lists the neuron is in: the reasons why it was found. */
static void write_matches(const PGresult *rows, const struct neuron_query *query, const struct ranked_neuron *neuron,
                          uint32_t place, struct buffer *body)
{
    const char *between = "";
    int first = neuron->model_row, end = model_end(rows, first);
    for (int row = first; row < end; row++) {
        const struct search_term *term = &query->terms.terms[db_get_int4(rows, row, LIST_PLACE) - 1];
        const struct posting_list list = list_of(rows, first, row, &query->terms);
        float importance;
        if (is_again(rows, first, row) || !posting_find(&list, place, &importance))
            continue;
        buffer_printf(body, "%s{\"importance\":", between);
        json_float32(body, importance);
        buffer_printf(body, ",\"kind\":\"%s\",\"token\":", db_get_text(rows, row, LIST_KIND));
        json_string(body, term->token, term->length);
        buffer_add_char(body, '}');
        between = ",";
    }
}

static void write_neuron(const PGresult *rows, const struct neuron_query *query, const struct ranked_neuron *neuron,
                         struct buffer *body)
{
    uint32_t layer = (uint32_t)(neuron->neuron_id >> 32 & UINT16_MAX), index = (uint32_t)neuron->neuron_id;
    uint32_t layer_size = (uint32_t)db_get_int4(rows, neuron->model_row, LIST_LAYER_SIZE);
    buffer_printf(body, "{\"layer\":%" PRIu32 ",\"matches\":[", layer);
    write_matches(rows, query, neuron, layer * layer_size + index, body);
    buffer_add_text(body, "],\"model\":");
    json_text(body, db_get_text(rows, neuron->model_row, LIST_MODEL));
    buffer_printf(body, ",\"neuron\":%" PRIu32 ",\"num_tokens\":%" PRIu32 ",\"score\":", index, neuron->num_tokens);
    json_float32(body, (float)neuron->score);
    buffer_add_char(body, '}');
}

static void write_page(const PGresult *rows, const struct neuron_query *query, struct buffer *body)
{
    const struct search_rank *rank = &query->rank;
    buffer_add_text(body, "{\"neurons\":[");
    for (int i = 0; i < rank->count && i < query->limit; i++) {
        if (i > 0)
            buffer_add_char(body, ',');
        write_neuron(rows, query, &rank->neurons[i], body);
    }
    buffer_add_text(body, "],\"next\":");
    if (rank->count > query->limit) {
        const struct ranked_neuron *last = &rank->neurons[query->limit - 1];
        const uint64_t numbers[] = {search_bits_of_float64(last->score), last->num_matched, last->num_tokens,
                                    (uint64_t)last->neuron_id};
        search_cursor_write(body, CURSOR_NUMBERS, numbers, NULL, 0);
    } else {
        buffer_add_text(body, "null");
    }
    buffer_add_char(body, '}');
}

/* The lists are sent only when they are not too long together. */
static bool check_size(struct exchange *x, const PGresult *rows)
{
    if (PQntuples(rows) == 0 || db_get_int8(rows, 0, LIST_NUM_WANTED) <= ENTRIES_MAX)
        return true;
    exchange_problem(x, 422,
                     "These tokens are found %" PRId64
                     " times, and %d can be looked at. Name fewer or rarer tokens, or "
                     "name models.",
                     db_get_int8(rows, 0, LIST_NUM_WANTED), ENTRIES_MAX);
    return false;
}

static void answer(struct exchange *x, struct neuron_query *query)
{
    PGresult *unknown = NULL, *rows = NULL;
    enum db_status status = send_query(x, &query->terms);
    if (status == DB_OK)
        status = db_flush(x->db);
    if (status == DB_OK)
        status = db_receive(x->db, &unknown);
    if (status == DB_OK)
        status = db_receive(x->db, &rows);
    if (!exchange_db_ok(x, status) || !search_check_models(x, unknown) || !check_size(x, rows))
        return;
    for (int first = 0, end; first < PQntuples(rows); first = end) {
        end = model_end(rows, first);
        rank_model(rows, first, end, query);
    }
    search_rank_sort(&query->rank);
    write_page(rows, query, exchange_json(x));
}

void handle_search_neurons(struct exchange *x)
{
    static struct neuron_query query;
    if (read_query(x, &query))
        answer(x, &query);
    search_terms_clear(&query.terms);
}
