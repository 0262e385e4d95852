/* GET /api/search/texts: neurons that have words round the maxima of their texts, with one such text each. */
#include "search.h"

#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "search_marks.h"

enum { CANDIDATES_MAX = 10000 };
enum { CURSOR_NUM_TEXTS, CURSOR_TEXT, CURSOR_NEURON, CURSOR_NUMBERS };
enum { ROW_MODEL, ROW_LAYER, ROW_NEURON, ROW_NUM_TEXTS, ROW_TEXT, ROW_SNIPPET, ROW_MARKED, ROW_NEURON_ID };

struct text_query {
    const char *q;
    int match;
    int64_t limit;
    struct search_cursor after;
};

static const char *const matches[] = {"word", "phrase", "prefix", NULL};

static bool read_query(struct exchange *x, struct text_query *query)
{
    return search_q(x, &query->q) && search_choice(x, "match", matches, 0, &query->match) &&
           search_limit(x, &query->limit) && search_cursor_read(x, CURSOR_NUMBERS, false, &query->after);
}

/* One row more than is shown says whether there is a next page. */
static enum db_status send_query(struct exchange *x, const struct text_query *query)
{
    struct rows models = {0};
    const uint64_t *after = query->after.numbers;
    const bool goes_on = query->after.is_there;
    const struct db_param names = search_models(x, &models), none = db_null();
    enum db_status status = search_send_models(x, names);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_SEARCH_TEXTS, 8,
                         (struct db_param[]){db_text(query->q), db_text(matches[query->match]), names,
                                             db_int4((int32_t)query->limit + 1), db_int4(CANDIDATES_MAX),
                                             goes_on ? db_int4((int32_t)(after[CURSOR_NUM_TEXTS] & INT32_MAX)) : none,
                                             goes_on ? db_int4((int32_t)(after[CURSOR_TEXT] & INT32_MAX)) : none,
                                             goes_on ? db_int8((int64_t)after[CURSOR_NEURON]) : none});
    rows_free(&models);
    return status;
}

static void write_neuron(const PGresult *rows, int row, struct buffer *body)
{
    const char *marked = db_get_text(rows, row, ROW_MARKED);
    struct buffer cleared = {0}; /* the snippet without the characters that are no part of words */
    buffer_printf(body, "{\"layer\":%" PRId32 ",\"marks\":", db_get_int4(rows, row, ROW_LAYER));
    search_write_marks(marked, &cleared, body);
    buffer_add_text(body, ",\"model\":");
    json_text(body, db_get_text(rows, row, ROW_MODEL));
    buffer_printf(body,
                  ",\"neuron\":%" PRId32 ",\"num_texts\":%" PRId32 ",\"snippet\":", db_get_int4(rows, row, ROW_NEURON),
                  db_get_int4(rows, row, ROW_NUM_TEXTS));
    json_text(body, db_get_text(rows, row, ROW_SNIPPET));
    buffer_printf(body, ",\"text\":%" PRId32 "}", db_get_int4(rows, row, ROW_TEXT));
    buffer_clear(&cleared);
}

static void write_page(const PGresult *rows, int64_t limit, struct buffer *body)
{
    buffer_add_text(body, "{\"neurons\":[");
    for (int row = 0; row < PQntuples(rows) && row < limit; row++) {
        if (row > 0)
            buffer_add_char(body, ',');
        write_neuron(rows, row, body);
    }
    buffer_add_text(body, "],\"next\":");
    if (PQntuples(rows) > limit) {
        const int last = (int)limit - 1;
        const uint64_t numbers[] = {
            [CURSOR_NUM_TEXTS] = (uint64_t)db_get_int4(rows, last, ROW_NUM_TEXTS),
            [CURSOR_TEXT] = (uint64_t)db_get_int4(rows, last, ROW_TEXT),
            [CURSOR_NEURON] = (uint64_t)db_get_int8(rows, last, ROW_NEURON_ID),
        };
        search_cursor_write(body, CURSOR_NUMBERS, numbers, NULL, 0);
    } else {
        buffer_add_text(body, "null");
    }
    buffer_add_char(body, '}');
}

void handle_search_texts(struct exchange *x)
{
    struct text_query query;
    PGresult *rows;
    if (!read_query(x, &query))
        return;
    const char *too_much = "More than 10000 neurons have these words, or the word that may go on has fewer than three "
                           "characters. Add a word, write the words out, or name models.";
    if (search_receive(x, send_query(x, &query), too_much, &rows))
        write_page(rows, query.limit, exchange_json(x));
}
