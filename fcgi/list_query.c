/* What a request for a list of neurons asks for; see list_query.h. */
#include "list_query.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A list that names the fields goes with every refusal of one. */
static bool refuse_field(struct exchange *x, const char *parameter, const char *name, bool only_numbers)
{
    struct buffer names = {0};
    neuron_field_list(&names, only_numbers);
    buffer_add_char(&names, '\0');
    exchange_problem(x, 400, "%s can not be \"%s\". There are: %s.", parameter, name,
                     names.failed ? "others" : names.data);
    buffer_clear(&names);
    return false;
}

/* "after fields format layer* limit max_… min_… model* order" */
static bool check_names(struct exchange *x)
{
    struct buffer allowed = {0};
    buffer_add_text(&allowed, "after fields format layer* limit");
    for (size_t i = 0; i < num_neuron_fields; i++)
        if (neuron_field_is_number(&neuron_fields[i]))
            buffer_printf(&allowed, " max_%s min_%s", neuron_fields[i].name, neuron_fields[i].name);
    buffer_add_text(&allowed, route_capture(&x->match, "model") != NULL ? " order" : " model* order");
    buffer_add_char(&allowed, '\0');
    bool is_fine = !allowed.failed && exchange_check_params(x, allowed.data);
    buffer_clear(&allowed);
    return is_fine;
}

static bool read_form(struct exchange *x, struct list_query *query)
{
    const struct request_text *given = request_param(&x->request, "format");
    x->reply.has_forms = given == NULL;
    const char *form = given != NULL ? given->text : x->request.accepted_form;
    if (strcmp(form, "ndjson") == 0)
        query->form = LIST_NDJSON;
    else if (strcmp(form, "csv") == 0)
        query->form = LIST_CSV;
    else if (given != NULL && strcmp(form, "json") != 0) {
        exchange_problem(x, 400, "format must be json, ndjson or csv, not \"%s\".", form);
        return false;
    }
    return true;
}

static bool read_order(struct exchange *x, struct list_query *query)
{
    const struct request_text *order = request_param(&x->request, "order");
    if (order == NULL)
        return true;
    query->is_descending = order->text[0] == '-';
    const char *name = order->text + query->is_descending;
    query->order = neuron_field_find(name, strlen(name));
    if (query->order != NULL && neuron_field_is_number(query->order))
        return true;
    return refuse_field(x, "order", order->text, true);
}

/* "3" or "0-5" */
static bool read_layers(struct exchange *x, struct list_query *query)
{
    for (size_t i = 0; i < x->request.param_count; i++) {
        const struct request_text *value = &x->request.params[i].value;
        if (strcmp(x->request.params[i].name.text, "layer") != 0)
            continue;
        size_t first = strcspn(value->text, "-");
        bool is_range = value->text[first] == '-';
        int64_t low, high;
        bool is_fine = request_read_int(value->text, first, 0, UINT16_MAX, &low);
        high = low;
        if (is_fine && is_range)
            is_fine = request_read_int(value->text + first + 1, value->length - first - 1, low, UINT16_MAX, &high);
        if (!is_fine) {
            exchange_problem(x, 400, "layer must be a number such as 3 or a range such as 0-5, at most %d, not \"%s\".",
                             UINT16_MAX, value->text);
            return false;
        }
        buffer_printf(&query->layers, "%s[%" PRId64 ",%" PRId64 "]", query->layers.length == 0 ? "{" : ",", low, high);
    }
    if (query->layers.length > 0)
        buffer_add_text(&query->layers, "}");
    return true;
}

/* A decimal number: strtod would also take blanks, hexadecimal digits, infinity and NaN. */
static bool read_number(const struct request_text *text, double *number)
{
    char *end;
    if (text->length == 0 || strspn(text->text, "0123456789+-.eE") != text->length)
        return false;
    *number = strtod(text->text, &end);
    return *end == '\0' && isfinite(*number);
}

/* Adds a filter for the field when the request has a bound of it. */
static bool read_bounds(struct exchange *x, struct list_query *query, const struct neuron_field *field)
{
    static const char *const prefixes[] = {"min_", "max_"};
    double bounds[2] = {NAN, NAN};
    for (int i = 0; i < 2; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s", prefixes[i], field->name);
        const struct request_text *text = request_param(&x->request, name);
        if (text != NULL && !read_number(text, &bounds[i])) {
            exchange_problem(x, 400, "%s must be a number such as 0.25 or -1e3, not \"%s\".", name, text->text);
            return false;
        }
    }
    if (isnan(bounds[0]) && isnan(bounds[1]))
        return true;
    rows_text(&query->filters, field->name);
    rows_float8_or_null(&query->lows, bounds[0]);
    rows_float8_or_null(&query->highs, bounds[1]);
    query->num_filters++;
    return true;
}

static bool read_filters(struct exchange *x, struct list_query *query)
{
    array_start(&query->filters, ARRAY_TEXT);
    array_start(&query->lows, ARRAY_FLOAT8);
    array_start(&query->highs, ARRAY_FLOAT8);
    for (size_t i = 0; i < num_neuron_fields; i++)
        if (neuron_field_is_number(&neuron_fields[i]) && !read_bounds(x, query, &neuron_fields[i]))
            return false;
    return true;
}

/* Without the parameter all numbers are shown. */
static bool read_fields(struct exchange *x, struct list_query *query)
{
    const struct request_text *list = request_param(&x->request, "fields");
    bool is_wanted[NEURON_FIELDS_MAX] = {false};
    for (const char *name = list != NULL ? list->text : ""; *name != '\0';) {
        size_t length = strcspn(name, ",");
        const struct neuron_field *field = neuron_field_find(name, length);
        if (field == NULL)
            return refuse_field(x, "fields", list->text, false);
        is_wanted[field - neuron_fields] = true;
        name += length + (name[length] == ',' && name[length + 1] != '\0');
        if (*name == ',')
            return refuse_field(x, "fields", list->text, false);
    }
    for (size_t i = 0; i < num_neuron_fields; i++)
        if (list != NULL ? is_wanted[i] : neuron_field_is_number(&neuron_fields[i]))
            query->fields[query->num_fields++] = &neuron_fields[i];
    return true;
}

static void read_models(struct exchange *x, struct list_query *query)
{
    const struct request_text *captured = route_capture(&x->match, "model");
    array_start(&query->models, ARRAY_TEXT);
    if (captured != NULL) {
        rows_text(&query->models, captured->text);
        query->num_models = 1;
    }
    for (size_t i = 0; i < x->request.param_count; i++) {
        if (strcmp(x->request.params[i].name.text, "model") != 0)
            continue;
        rows_text(&query->models, x->request.params[i].value.text);
        query->num_models++;
    }
    query->has_models = query->num_models > 0;
}

/* What stands before the two numbers of a cursor: one list's cursor is no other's. */
static const char *cursor_order(const struct list_query *query)
{
    return query->order != NULL ? query->order->name : "neuron";
}

void list_query_cursor(const struct list_query *query, const PGresult *rows, int row, char cursor[LIST_CURSOR_SIZE])
{
    double value = query->order != NULL ? neuron_field_number(query->order, rows, row) : 0;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    snprintf(cursor, LIST_CURSOR_SIZE, "%s%s.%016" PRIx64 ".%016" PRIx64, query->is_descending ? "-" : "",
             cursor_order(query), bits, (uint64_t)db_get_int8(rows, row, 0));
}

/* Sixteen hexadecimal digits, as they are written above. */
static bool read_bits(const char *text, uint64_t *bits)
{
    if (strspn(text, "0123456789abcdef") < 16)
        return false;
    char digits[17];
    memcpy(digits, text, 16);
    digits[16] = '\0';
    *bits = strtoull(digits, NULL, 16);
    return true;
}

static bool read_after(struct exchange *x, struct list_query *query)
{
    const struct request_text *after = request_param(&x->request, "after");
    char start[LIST_CURSOR_SIZE];
    uint64_t value, id;
    if (after == NULL || after->length == 0)
        return true;
    size_t length =
        (size_t)snprintf(start, sizeof start, "%s%s.", query->is_descending ? "-" : "", cursor_order(query));
    const char *rest = after->text + length;
    if (after->length == length + 33 && memcmp(after->text, start, length) == 0 && read_bits(rest, &value) &&
        rest[16] == '.' && read_bits(rest + 17, &id) && id <= INT64_MAX) {
        memcpy(&query->after_value, &value, sizeof value);
        query->after_id = (int64_t)id;
        query->is_later = true;
        if (!isnan(query->after_value))
            return true;
    }
    exchange_problem(x, 400, "after must be what an answer with the same order gives as \"next\", not \"%s\".",
                     after->text);
    return false;
}

bool list_query_read(struct exchange *x, struct list_query *query)
{
    int64_t limit;
    *query = (struct list_query){0};
    if (!check_names(x) || !read_form(x, query))
        return false;
    bool is_stream = query->form != LIST_JSON;
    if (!exchange_param_int(x, "limit", 1, is_stream ? LIST_STREAM_LIMIT_MAX : LIST_LIMIT_MAX,
                            is_stream ? LIST_STREAM_LIMIT_MAX : LIST_LIMIT, &limit))
        return false;
    query->limit = (int32_t)limit;
    read_models(x, query);
    return read_order(x, query) && read_layers(x, query) && read_filters(x, query) && read_fields(x, query) &&
           read_after(x, query);
}

void list_query_clear(struct list_query *query)
{
    rows_free(&query->models);
    rows_free(&query->filters);
    rows_free(&query->lows);
    rows_free(&query->highs);
    buffer_clear(&query->layers);
}

enum db_status list_query_send(struct exchange *x, struct list_query *query, enum statement statement, int32_t limit)
{
    struct rows names = {0};
    array_start(&names, ARRAY_TEXT);
    for (size_t i = 0; i < query->num_fields; i++)
        rows_text(&names, query->fields[i]->name);
    struct db_param models = query->has_models ? array_param(&query->models, query->num_models) : db_null();
    enum db_status status = db_send(x->db, STATEMENT_MODEL_NAMES, 1, &models);
    const struct db_param params[] = {
        models,
        query->layers.length > 0 ? db_bytes(query->layers.data, query->layers.length) : db_null(),
        query->order != NULL ? db_text(query->order->name) : db_null(),
        db_bool(query->is_descending),
        array_param(&query->filters, query->num_filters),
        array_param(&query->lows, query->num_filters),
        array_param(&query->highs, query->num_filters),
        query->is_later ? db_float8(query->after_value) : db_null(),
        query->is_later ? db_int8(query->after_id) : db_null(),
        array_param(&names, query->num_fields),
        db_int4(limit),
    };
    if (status == DB_OK)
        status = db_send(x->db, statement, sizeof params / sizeof *params, params);
    rows_free(&names);
    return status;
}
