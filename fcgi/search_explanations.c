/* GET /api/search/explanations: explanations that have words, with the words marked. */
#include "search.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "search_items.h"
#include "search_marks.h"

enum { CANDIDATES_MAX = 20000 };
enum { CURSOR_RANK, CURSOR_SCORE, CURSOR_NEURON, CURSOR_SOURCE, CURSOR_PLACE, CURSOR_NUMBERS };
enum {
    ROW_MODEL,
    ROW_LAYER,
    ROW_NEURON,
    ROW_SCORE,
    ROW_RANK,
    ROW_SOURCE,
    ROW_MARKED,
    ROW_NEURON_ID,
    ROW_SOURCE_ID,
    ROW_PLACE
};

struct explanation_query {
    const char *q;
    int match;
    bool has_min, has_max;
    double min_score, max_score;
    int64_t limit;
    struct search_cursor after;
};

static const char *const matches[] = {"word", "phrase", "prefix", "fuzzy", NULL};

static bool read_score(struct exchange *x, const char *name, bool *is_there, double *score)
{
    const struct request_text *text = request_param(&x->request, name);
    char *end;
    *is_there = text != NULL;
    if (text == NULL)
        return true;
    *score = strtod(text->text, &end);
    if (strspn(text->text, "+-0123456789.eE") == text->length && text->length > 0 && *end == '\0' && isfinite(*score))
        return true;
    exchange_problem(x, 400, "%s must be a number, such as 0.25, not \"%s\".", name, text->text);
    return false;
}

static bool read_query(struct exchange *x, struct explanation_query *query)
{
    return search_q(x, &query->q) && search_choice(x, "match", matches, 0, &query->match) &&
           read_score(x, "min_score", &query->has_min, &query->min_score) &&
           read_score(x, "max_score", &query->has_max, &query->max_score) && search_limit(x, &query->limit) &&
           search_cursor_read(x, CURSOR_NUMBERS, false, &query->after);
}

static enum db_status send_query(struct exchange *x, const struct explanation_query *query)
{
    struct rows models = {0};
    const uint64_t *after = query->after.numbers;
    const struct db_param names = search_models(x, &models);
    struct db_param params[12] = {
        db_text(query->q),
        db_text(matches[query->match]),
        names,
        query->has_min ? db_float8(query->min_score) : db_null(),
        query->has_max ? db_float8(query->max_score) : db_null(),
        db_int4((int32_t)query->limit + 1),
        db_int4(CANDIDATES_MAX),
    };
    if (query->after.is_there) {
        params[7] = db_int4((int32_t)after[CURSOR_RANK]);
        params[8] = db_int8((int64_t)after[CURSOR_SCORE]);
        params[9] = db_int8((int64_t)after[CURSOR_NEURON]);
        params[10] = db_int2((int16_t)after[CURSOR_SOURCE]);
        params[11] = db_int2((int16_t)after[CURSOR_PLACE]);
    }
    enum db_status status = search_send_models(x, names);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_SEARCH_EXPLANATIONS, 12, params);
    rows_free(&models);
    return status;
}

static void write_explanation(const PGresult *rows, int row, struct buffer *body)
{
    struct buffer plain = {0}, marks = {0};
    search_write_marks(db_get_text(rows, row, ROW_MARKED), &plain, &marks);
    buffer_add_text(body, "{\"explanation\":");
    json_string(body, plain.data != NULL ? plain.data : "", plain.length);
    buffer_printf(body, ",\"layer\":%" PRId32 ",\"marks\":", db_get_int4(rows, row, ROW_LAYER));
    buffer_add(body, marks.data, marks.length);
    buffer_add_text(body, ",\"model\":");
    json_text(body, db_get_text(rows, row, ROW_MODEL));
    buffer_printf(body, ",\"neuron\":%" PRId32 ",\"rank\":", db_get_int4(rows, row, ROW_NEURON));
    json_float32(body, db_get_float4(rows, row, ROW_RANK));
    buffer_add_text(body, ",\"score\":");
    json_float64(body, db_is_null(rows, row, ROW_SCORE) ? NAN : db_get_float8(rows, row, ROW_SCORE));
    buffer_add_text(body, ",\"source\":");
    json_text(body, db_get_text(rows, row, ROW_SOURCE));
    buffer_add_char(body, '}');
    body->failed |= plain.failed || marks.failed;
    buffer_clear(&plain);
    buffer_clear(&marks);
}

void search_write_explanations(const PGresult *rows, int64_t limit, struct buffer *body)
{
    buffer_add_text(body, "\"explanations\":[");
    for (int row = 0; row < PQntuples(rows) && row < limit; row++) {
        if (row > 0)
            buffer_add_char(body, ',');
        write_explanation(rows, row, body);
    }
    buffer_add_char(body, ']');
}

static void write_next(const PGresult *rows, int row, struct buffer *body)
{
    /* No score is below every score. */
    double score = db_is_null(rows, row, ROW_SCORE) ? -INFINITY : db_get_float8(rows, row, ROW_SCORE);
    const uint64_t numbers[] = {
        [CURSOR_RANK] = search_bits_of_float32(db_get_float4(rows, row, ROW_RANK)),
        [CURSOR_SCORE] = search_bits_of_float64(score),
        [CURSOR_NEURON] = (uint64_t)db_get_int8(rows, row, ROW_NEURON_ID),
        [CURSOR_SOURCE] = (uint64_t)db_get_int2(rows, row, ROW_SOURCE_ID),
        [CURSOR_PLACE] = (uint64_t)db_get_int2(rows, row, ROW_PLACE),
    };
    search_cursor_write(body, CURSOR_NUMBERS, numbers, NULL, 0);
}

static void write_page(const PGresult *rows, int64_t limit, struct buffer *body)
{
    buffer_add_char(body, '{');
    search_write_explanations(rows, limit, body);
    buffer_add_text(body, ",\"next\":");
    if (PQntuples(rows) > limit)
        write_next(rows, (int)limit - 1, body);
    else
        buffer_add_text(body, "null");
    buffer_add_char(body, '}');
}

void handle_search_explanations(struct exchange *x)
{
    struct explanation_query query;
    PGresult *rows;
    if (!read_query(x, &query))
        return;
    const char *too_much =
        "Each word of q is in more than 20000 explanations. Add a word, write the words out, or name models.";
    if (search_receive(x, send_query(x, &query), too_much, &rows))
        write_page(rows, query.limit, exchange_json(x));
}
