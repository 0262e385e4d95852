/* Lists of neurons; see neuron_list.h. */
#include "neuron_list.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "list_query.h"
#include "stream.h"

enum {
    NEXT_ROWS = 1000,                  /* of neuron_list_next.sql */
    STREAM_LONGEST_MS = 15 * 60 * 1000 /* its transaction keeps what is deleted meanwhile on the disk */
};

/* A list under way. */
struct list {
    struct list_query query;
    PGresult *models;  /* of STATEMENT_MODEL_NAMES */
    const char *model; /* of the row that was written last */
    int16_t model_id;
};

/* Answers 404 when a name means no model. */
static bool check_models(struct exchange *x, const struct list *list)
{
    for (int row = 0; row < PQntuples(list->models); row++) {
        if (!db_is_null(list->models, row, 1))
            continue;
        exchange_problem(x, 404, "Model '%s' not found.", db_get_text(list->models, row, 0));
        return false;
    }
    return true;
}

/* A model that came after the names were read has none. */
static const char *model_name(struct list *list, int16_t model_id)
{
    if (list->model != NULL && list->model_id == model_id)
        return list->model;
    list->model = "";
    list->model_id = model_id;
    for (int row = 0; row < PQntuples(list->models); row++)
        if (db_get_int2(list->models, row, 1) == model_id)
            list->model = db_get_text(list->models, row, 2);
    return list->model;
}

/* Writes the members that every row has and whose names come before `name` (NULL: all that are left). */
static void write_key_members(const char *model, int64_t neuron_id, const char *name, int *written, struct buffer *body)
{
    static const char *const names[] = {"layer", "model", "neuron"};
    for (; *written < 3 && (name == NULL || strcmp(names[*written], name) < 0); ++*written) {
        json_key(body, names[*written]);
        switch (*written) {
        case 0: json_int(body, neuron_id >> 32 & UINT16_MAX); break;
        case 1: json_text(body, model); break;
        default: json_int(body, neuron_id & UINT32_MAX); break;
        }
        buffer_add_char(body, ',');
    }
}

static void write_json_row(struct list *list, const PGresult *rows, int row, struct buffer *body)
{
    const struct list_query *query = &list->query;
    int64_t neuron_id = db_get_int8(rows, row, 0);
    const char *model = model_name(list, (int16_t)(neuron_id >> 48));
    int written = 0;
    buffer_add_char(body, '{');
    for (size_t i = 0; i < query->num_fields; i++) {
        write_key_members(model, neuron_id, query->fields[i]->name, &written, body);
        json_key(body, query->fields[i]->name);
        neuron_field_write(query->fields[i], rows, row, body);
        buffer_add_char(body, ',');
    }
    write_key_members(model, neuron_id, NULL, &written, body);
    if (!body->failed)
        body->data[body->length - 1] = '}';
}

/* In quotes where it must be (RFC 4180). */
static void write_csv_text(const char *text, struct buffer *body)
{
    if (strpbrk(text, "\",\r\n") == NULL) {
        buffer_add_text(body, text);
        return;
    }
    buffer_add_char(body, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buffer_add_char(body, '"');
        buffer_add_char(body, *text);
    }
    buffer_add_char(body, '"');
}

static void write_csv_head(const struct list_query *query, struct buffer *body)
{
    buffer_add_text(body, "model,layer,neuron");
    for (size_t i = 0; i < query->num_fields; i++)
        buffer_printf(body, ",%s", query->fields[i]->name);
    buffer_add_text(body, "\r\n");
}

static void write_csv_row(struct list *list, const PGresult *rows, int row, struct buffer *body)
{
    const struct list_query *query = &list->query;
    int64_t neuron_id = db_get_int8(rows, row, 0);
    write_csv_text(model_name(list, (int16_t)(neuron_id >> 48)), body);
    buffer_printf(body, ",%" PRId64 ",%" PRId64, neuron_id >> 32 & UINT16_MAX, neuron_id & UINT32_MAX);
    for (size_t i = 0; i < query->num_fields; i++) {
        const struct neuron_field *field = query->fields[i];
        buffer_add_char(body, ',');
        if (db_is_null(rows, row, field->column))
            continue;
        if (neuron_field_is_number(field))
            neuron_field_write(field, rows, row, body);
        else
            write_csv_text(db_get_text(rows, row, field->column), body);
    }
    buffer_add_text(body, "\r\n");
}

/* One row more than is shown says whether there is a next page. */
static void answer_page(struct exchange *x, struct list *list)
{
    PGresult *models, *rows;
    int32_t limit = list->query.limit;
    enum db_status status = list_query_send(x, &list->query, STATEMENT_NEURON_LIST, limit + 1);
    if (status == DB_OK)
        status = db_flush(x->db);
    if (status == DB_OK)
        status = db_receive(x->db, &models);
    if (status == DB_OK)
        status = db_receive(x->db, &rows);
    if (!exchange_db_ok(x, status))
        return;
    list->models = models;
    if (!check_models(x, list))
        return;
    struct buffer *body = exchange_json(x);
    buffer_add_text(body, "{\"neurons\":[");
    for (int row = 0; row < PQntuples(rows) && row < limit; row++) {
        if (row > 0)
            buffer_add_char(body, ',');
        write_json_row(list, rows, row, body);
    }
    buffer_add_text(body, "],\"next\":");
    char cursor[LIST_CURSOR_SIZE];
    if (PQntuples(rows) > limit)
        list_query_cursor(&list->query, rows, limit - 1, cursor);
    json_text(body, PQntuples(rows) > limit ? cursor : NULL);
    buffer_add_char(body, '}');
}

/* Opens the cursor and reads the first rows, so that most of what can go wrong does so before the status is sent. */
static bool open_cursor(struct exchange *x, struct list *list, PGresult **rows)
{
    PGresult *done, *models;
    enum db_status status = db_send(x->db, STATEMENT_BEGIN, 0, NULL);
    if (status == DB_OK)
        status = list_query_send(x, &list->query, STATEMENT_NEURON_LIST_OPEN, list->query.limit);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_NEURON_LIST_NEXT, 0, NULL);
    if (status == DB_OK)
        status = db_flush(x->db);
    if (status == DB_OK)
        status = db_receive(x->db, &done);
    if (status == DB_OK)
        status = db_receive(x->db, &models);
    if (status == DB_OK)
        status = db_receive(x->db, &done);
    if (status == DB_OK)
        status = db_receive(x->db, rows);
    if (!exchange_db_ok(x, status))
        return false;
    list->models = PQcopyResult(models, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
    return check_models(x, list);
}

static void write_rows(struct list *list, const PGresult *rows, struct buffer *piece)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        if (list->query.form == LIST_CSV) {
            write_csv_row(list, rows, row, piece);
            continue;
        }
        write_json_row(list, rows, row, piece);
        buffer_add_char(piece, '\n');
    }
}

/* Reads and sends to the end. False: it must break off. */
static bool send_rows(struct exchange *x, struct list *list, PGresult *rows)
{
    int64_t deadline_ms = clock_ms() + STREAM_LONGEST_MS;
    while (PQntuples(rows) > 0) {
        write_rows(list, rows, stream_piece(x));
        if (!stream_flush(x, false) || clock_ms() > deadline_ms)
            return false;
        db_finish(x->db); /* these rows; the transaction goes on */
        enum db_status status = db_query(x->db, STATEMENT_NEURON_LIST_NEXT, 0, NULL, &rows);
        scoreboard_database(x->slot, status != DB_LOST, status == DB_OK);
        if (status != DB_OK)
            return false;
    }
    return true;
}

static void close_cursor(struct exchange *x)
{
    PGresult *done;
    db_finish(x->db);
    /* Where this fails the connection is closed, and with it the transaction. */
    if (db_is_connected(x->db) && db_query(x->db, STATEMENT_ROLLBACK, 0, NULL, &done) != DB_OK)
        db_finish(x->db);
}

/* Rows that are there already: a reply like any other. */
static void answer_short(struct exchange *x, struct list *list, const PGresult *rows, const char *type)
{
    struct buffer *body = exchange_text(x, type);
    if (list->query.form == LIST_CSV)
        write_csv_head(&list->query, body);
    write_rows(list, rows, body);
}

static void answer_long(struct exchange *x, struct list *list, PGresult *rows, const char *type)
{
    if (!stream_may_begin(x) || !stream_begin(x, type))
        return;
    if (list->query.form == LIST_CSV)
        write_csv_head(&list->query, stream_piece(x));
    stream_end(x, send_rows(x, list, rows));
}

static void answer_rows(struct exchange *x, struct list *list)
{
    const char *type =
        list->query.form == LIST_CSV ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
    PGresult *rows;
    if (open_cursor(x, list, &rows)) {
        if (PQntuples(rows) < NEXT_ROWS)
            answer_short(x, list, rows, type);
        else
            answer_long(x, list, rows, type);
    }
    close_cursor(x);
}

void handle_neurons(struct exchange *x)
{
    struct list list = {0};
    if (list_query_read(x, &list.query)) {
        if (list.query.form == LIST_JSON) {
            answer_page(x, &list);
        } else {
            answer_rows(x, &list);
            PQclear(list.models);
        }
    }
    list_query_clear(&list.query);
}
