/* The service neuron2graph-search; see neuron2graph_search.h. */
#include "neuron2graph_search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rows.h"

static const char right_form[] =
    "query must be one or more of TYPE:TOKEN with commas between them, TYPE being activating, "
    "important or any, such as activating:the,any:dog";

/* Takes the next TYPE:TOKEN off the query. False, with the reason, when it is none. */
static bool next_term(const char **at, struct rows *kinds, struct rows *tokens, char reason[SERVICE_REASON_SIZE])
{
    static const char *const types[] = {"activating", "important", "any"};
    size_t length = strcspn(*at, ","), type = 0, type_length = strcspn(*at, ":,");
    const char *token = *at + type_length + 1;
    if (type_length >= length) {
        snprintf(reason, SERVICE_REASON_SIZE, "\"%.*s\" has no colon: %s.", (int)(length < 40 ? length : 40), *at,
                 right_form);
        return false;
    }
    size_t token_length = length - type_length - 1;
    while (type < 3 && (strlen(types[type]) != type_length || memcmp(types[type], *at, type_length) != 0))
        type++;
    if (type == 3 || memchr(token, ':', token_length) != NULL) {
        snprintf(reason, SERVICE_REASON_SIZE, "\"%.*s\" has %s: %s.", (int)(length < 40 ? length : 40), *at,
                 type == 3 ? "another type" : "two colons", right_form);
        return false;
    }
    rows_text(kinds, types[type]);
    rows_bytes(tokens, token, token_length);
    *at += length;
    return true;
}

/* The terms of a query as two arrays. False, with the reason, when it is wrong. */
static bool read_query(const struct request_text *query, struct rows *kinds, struct rows *tokens, size_t *count,
                       char reason[SERVICE_REASON_SIZE])
{
    array_start(kinds, ARRAY_TEXT);
    array_start(tokens, ARRAY_BYTEA);
    *count = 0;
    if (query == NULL) {
        snprintf(reason, SERVICE_REASON_SIZE, "Query should contain an entry 'query' with a string value.");
        return false;
    }
    for (const char *at = query->text;; at++) { /* past the comma */
        if (!next_term(&at, kinds, tokens, reason))
            return false;
        ++*count;
        if (*at == '\0')
            return true;
    }
}

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    struct rows kinds = {0}, tokens = {0};
    char reason[SERVICE_REASON_SIZE];
    size_t num_terms;
    enum db_status status = DB_OK;
    if (target->level == LEVEL_MODEL &&
        read_query(request_param(&x->request, "query"), &kinds, &tokens, &num_terms, reason)) {
        *count = 1;
        status = db_send(x->db, STATEMENT_SEARCH_NEURONS, 3,
                         (struct db_param[]){db_text(target->model_name), array_param(&kinds, num_terms),
                                             array_param(&tokens, num_terms)});
    }
    rows_free(&kinds);
    rows_free(&tokens);
    return status;
}

/* Without an answer of the database there was no query, or a wrong one: the reason is made again. */
static enum service_outcome refuse(struct exchange *x, char reason[SERVICE_REASON_SIZE])
{
    struct rows kinds = {0}, tokens = {0};
    size_t num_terms;
    bool is_right = read_query(request_param(&x->request, "query"), &kinds, &tokens, &num_terms, reason);
    rows_free(&kinds);
    rows_free(&tokens);
    if (!is_right)
        return SERVICE_REFUSED;
    exchange_internal_error(x, "a query was not sent");
    return SERVICE_ANSWERED;
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[0];
    if (target->level != LEVEL_MODEL) {
        snprintf(reason, SERVICE_REASON_SIZE, "No %s data exists for service 'neuron2graph-search' for model '%s'.",
                 target->level == LEVEL_LAYER ? "layer" : "neuron", target->model.name);
        return SERVICE_ABSENT;
    }
    if (rows == NULL)
        return refuse(x, reason);
    buffer_add_char(body, '[');
    for (int row = 0; row < PQntuples(rows); row++)
        buffer_printf(body, "%s{\"layer\":%" PRId32 ",\"neuron\":%" PRId32 "}", row > 0 ? "," : "",
                      db_get_int4(rows, row, 0), db_get_int4(rows, row, 1));
    buffer_add_char(body, ']');
    return SERVICE_WRITTEN;
}

const struct service neuron2graph_search_service = {
    .name = "neuron2graph-search",
    .source = "neuron-store",
    .parameters = {[LEVEL_MODEL] = "query"},
    .send = send_statements,
    .write = write_data,
};
