/* GET /api/search/tokens: tokens that match a text, and in how many neurons they are. */
#include "search.h"

#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "search_items.h"

enum { MATCH_EXACT, MATCH_PREFIX };
enum { CURSOR_EXACT, CURSOR_LIKENESS, CURSOR_NEURONS, CURSOR_NUMBERS };
enum { TOKEN_BYTES, TOKEN_ACTIVATING, TOKEN_IMPORTANT, TOKEN_MODELS, TOKEN_EXACT, TOKEN_LIKENESS };

struct token_query {
    const char *q;
    int match, has_case;
    int64_t limit;
    struct search_cursor after;
};

static const char *const matches[] = {"exact", "prefix", "substring", "fuzzy", NULL};

static bool read_query(struct exchange *x, struct token_query *query)
{
    static const char *const no_yes[] = {"0", "1", NULL};
    return search_q(x, &query->q) && search_choice(x, "match", matches, MATCH_PREFIX, &query->match) &&
           search_choice(x, "case", no_yes, query->match == MATCH_EXACT, &query->has_case) &&
           search_limit(x, &query->limit) && search_cursor_read(x, CURSOR_NUMBERS, true, &query->after);
}

/* One row more than is shown says whether there is a next page. */
static enum db_status send_query(struct exchange *x, const struct token_query *query)
{
    struct rows models = {0};
    const struct search_cursor *after = &query->after;
    const struct db_param names = search_models(x, &models), none = db_null();
    enum db_status status = search_send_models(x, names);
    if (status == DB_OK)
        status = db_send(
            x->db, STATEMENT_SEARCH_TOKENS, 9,
            (struct db_param[]){db_text(query->q), db_text(matches[query->match]), db_bool(query->has_case == 1), names,
                                db_int4((int32_t)query->limit + 1),
                                after->is_there ? db_bool(after->numbers[CURSOR_EXACT] != 0) : none,
                                after->is_there ? db_int4((int32_t)after->numbers[CURSOR_LIKENESS]) : none,
                                after->is_there ? db_int8((int64_t)(after->numbers[CURSOR_NEURONS] & INT64_MAX)) : none,
                                after->is_there ? db_bytes(after->bytes, after->length) : none});
    rows_free(&models);
    return status;
}

static void write_next(const PGresult *rows, int row, struct buffer *body)
{
    size_t length;
    const uint8_t *bytes = db_get_bytes(rows, row, TOKEN_BYTES, &length);
    const uint64_t numbers[] = {
        [CURSOR_EXACT] = db_get_bool(rows, row, TOKEN_EXACT),
        [CURSOR_LIKENESS] = search_bits_of_float32(db_get_float4(rows, row, TOKEN_LIKENESS)),
        [CURSOR_NEURONS] =
            (uint64_t)(db_get_int8(rows, row, TOKEN_ACTIVATING) + db_get_int8(rows, row, TOKEN_IMPORTANT)),
    };
    search_cursor_write(body, CURSOR_NUMBERS, numbers, bytes, length);
}

void search_write_tokens(const PGresult *rows, int64_t limit, struct buffer *body)
{
    buffer_add_text(body, "\"tokens\":[");
    for (int row = 0; row < PQntuples(rows) && row < limit; row++) {
        size_t length;
        const uint8_t *token = db_get_bytes(rows, row, TOKEN_BYTES, &length);
        buffer_printf(body,
                      "%s{\"num_activating\":%" PRId64 ",\"num_important\":%" PRId64 ",\"num_models\":%" PRId64
                      ",\"token\":",
                      row > 0 ? "," : "", db_get_int8(rows, row, TOKEN_ACTIVATING),
                      db_get_int8(rows, row, TOKEN_IMPORTANT), db_get_int8(rows, row, TOKEN_MODELS));
        json_string(body, (const char *)token, length);
        buffer_add_char(body, '}');
    }
    buffer_add_char(body, ']');
}

void handle_search_tokens(struct exchange *x)
{
    struct token_query query;
    PGresult *unknown, *rows;
    if (!read_query(x, &query))
        return;
    enum db_status status = send_query(x, &query);
    if (status == DB_OK)
        status = db_flush(x->db);
    if (status == DB_OK)
        status = db_receive(x->db, &unknown);
    if (status == DB_OK)
        status = db_receive(x->db, &rows);
    if (!exchange_db_ok(x, status) || !search_check_models(x, unknown))
        return;
    struct buffer *body = exchange_json(x);
    buffer_add_text(body, "{\"next\":");
    if (PQntuples(rows) > query.limit)
        write_next(rows, (int)query.limit - 1, body);
    else
        buffer_add_text(body, "null");
    buffer_add_char(body, ',');
    search_write_tokens(rows, query.limit, body);
    buffer_add_char(body, '}');
}
