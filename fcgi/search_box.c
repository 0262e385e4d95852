/* GET /api/search: what a person typed into one box, looked for everywhere; a few of each kind. */
#include "search.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "search_items.h"

enum { NUM_TOKENS = 8, NUM_EXPLANATIONS = 5, NAME_SIZE = 128 };
enum { ANSWER_NEURONS, ANSWER_MODELS, ANSWER_TOKENS, ANSWER_EXPLANATIONS, NUM_ANSWERS };

/* A neuron as people write it; `model` is empty when they name none. */
struct neuron_name {
    char model[NAME_SIZE];
    int64_t layer, neuron;
};

static bool is_gap(char c)
{
    return c == ' ' || c == '/' || c == ',' || c == '\0';
}

/* Reads up to ten digits; the end, or NULL when there are none. */
static const char *read_digits(const char *at, int64_t *number)
{
    const char *end = at + strspn(at, "0123456789");
    return end > at && request_read_int(at, (size_t)(end - at), 0, INT32_MAX, number) ? end : NULL;
}

/* Reads `5/2332` or `L5N2332` at `at`; the end, or NULL. */
static const char *read_indexes(const char *at, struct neuron_name *name)
{
    bool has_letters = *at == 'l' || *at == 'L';
    at = read_digits(at + has_letters, &name->layer);
    if (at == NULL || (has_letters ? *at != 'n' && *at != 'N' : *at != '/'))
        return NULL;
    at = read_digits(at + 1, &name->neuron);
    return at != NULL && is_gap(*at) ? at : NULL;
}

/* What is left when the indexes from `start` to `end` are taken out: the model. */
static bool copy_model(const char *text, const char *start, const char *end, char model[NAME_SIZE])
{
    size_t before = (size_t)(start - text);
    while (before > 0 && is_gap(text[before - 1]))
        before--;
    while (*end != '\0' && is_gap(*end))
        end++;
    if (before + strlen(end) >= NAME_SIZE || (before > 0 && *end != '\0'))
        return false;
    memcpy(model, text, before);
    strcpy(model + before, end);
    return true;
}

static bool read_neuron(const char *text, struct neuron_name *name)
{
    while (*text == ' ')
        text++;
    for (const char *at = text; *at != '\0'; at++) {
        if (at > text && !is_gap(at[-1]))
            continue;
        const char *end = read_indexes(at, name);
        if (end != NULL && copy_model(text, at, end, name->model)) {
            for (size_t length = strlen(name->model); length > 0 && name->model[length - 1] == ' ';)
                name->model[--length] = '\0';
            return true;
        }
    }
    return false;
}

static enum db_status send_neurons(struct exchange *x, const struct neuron_name *name)
{
    return db_send(x->db, STATEMENT_SEARCH_BOX_NEURONS, 3,
                   (struct db_param[]){db_text(name->model), db_int8(name->layer), db_int8(name->neuron)});
}

static enum db_status send_tokens(struct exchange *x, const char *q)
{
    struct rows models = {0};
    array_start(&models, ARRAY_TEXT);
    const struct db_param params[9] = {db_text(q), db_text("prefix"), db_bool(false), array_param(&models, 0),
                                       db_int4(NUM_TOKENS)};
    enum db_status status = db_send(x->db, STATEMENT_SEARCH_TOKENS, 9, params);
    rows_free(&models);
    return status;
}

static enum db_status send_all(struct exchange *x, const char *q, const struct neuron_name *name)
{
    enum db_status status = send_neurons(x, name);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_SEARCH_BOX_MODELS, 1, (struct db_param[]){db_text(q)});
    if (status == DB_OK)
        status = send_tokens(x, q);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_SEARCH_BOX_EXPLANATIONS, 2,
                         (struct db_param[]){db_text(q), db_int4(NUM_EXPLANATIONS)});
    return status == DB_OK ? db_flush(x->db) : status;
}

static void write_models(const PGresult *rows, struct buffer *body)
{
    buffer_add_text(body, ",\"models\":[");
    for (int row = 0; row < PQntuples(rows); row++) {
        buffer_add_text(body, row > 0 ? ",{\"name\":" : "{\"name\":");
        json_text(body, db_get_text(rows, row, 0));
        buffer_add_char(body, '}');
    }
}

static void write_neurons(const PGresult *rows, const struct neuron_name *name, struct buffer *body)
{
    buffer_add_text(body, "],\"neurons\":[");
    for (int row = 0; row < PQntuples(rows); row++) {
        buffer_printf(body, "%s{\"layer\":%" PRId64 ",\"model\":", row > 0 ? "," : "", name->layer);
        json_text(body, db_get_text(rows, row, 0));
        buffer_printf(body, ",\"neuron\":%" PRId64 "}", name->neuron);
    }
    buffer_add_text(body, "],");
}

void handle_search(struct exchange *x)
{
    /* A layer that no model has: nothing is found. */
    struct neuron_name name = {.layer = INT64_MAX};
    PGresult *answers[NUM_ANSWERS];
    const char *q;
    if (!search_q(x, &q))
        return;
    if (!read_neuron(q, &name))
        name = (struct neuron_name){.layer = INT64_MAX};
    enum db_status status = send_all(x, q, &name);
    for (int i = 0; i < NUM_ANSWERS && status == DB_OK; i++)
        status = db_receive(x->db, &answers[i]);
    if (!exchange_db_ok(x, status))
        return;
    struct buffer *body = exchange_json(x);
    buffer_add_char(body, '{');
    search_write_explanations(answers[ANSWER_EXPLANATIONS], NUM_EXPLANATIONS, body);
    write_models(answers[ANSWER_MODELS], body);
    write_neurons(answers[ANSWER_NEURONS], &name, body);
    search_write_tokens(answers[ANSWER_TOKENS], NUM_TOKENS, body);
    buffer_add_char(body, '}');
}
