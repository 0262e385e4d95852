/*
 * What a request for a list of neurons asks for: its query parameters, read and checked.
 */
#ifndef DEEPDECIPHER_LIST_QUERY_H
#define DEEPDECIPHER_LIST_QUERY_H

#include "exchange.h"
#include "neuron_field.h"
#include "rows.h"

enum list_form { LIST_JSON, LIST_NDJSON, LIST_CSV };

enum { LIST_LIMIT = 100, LIST_LIMIT_MAX = 1000, LIST_STREAM_LIMIT_MAX = 10000000, LIST_CURSOR_SIZE = 96 };

struct list_query {
    enum list_form form;
    const struct neuron_field *order; /* NULL: by model, layer and neuron */
    bool is_descending;
    bool has_models;
    size_t num_models;
    struct rows models;   /* names, as an array parameter that is begun */
    struct buffer layers; /* multirange; empty: all */
    size_t num_filters;
    struct rows filters, lows, highs; /* array parameters that are begun */
    size_t num_fields;
    const struct neuron_field *fields[NEURON_FIELDS_MAX]; /* in the order of their names */
    bool is_later; /* than the first page: the last neuron of the one before was … */
    double after_value;
    int64_t after_id;
    int32_t limit;
};

/* Reads the request's parameters; `query` is to be cleared whatever comes of it. False: 400 is answered. */
bool list_query_read(struct exchange *x, struct list_query *query) MUST_CHECK;
void list_query_clear(struct list_query *query);

/* Queues STATEMENT_NEURON_LIST or STATEMENT_NEURON_LIST_OPEN with `limit` rows. Once only. */
enum db_status list_query_send(struct exchange *x, struct list_query *query, enum statement statement,
                               int32_t limit) MUST_CHECK;

/* What `after` must be for the list that goes on behind this row. */
void list_query_cursor(const struct list_query *query, const PGresult *rows, int row, char cursor[LIST_CURSOR_SIZE]);

#endif
