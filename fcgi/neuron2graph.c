/* The service neuron2graph; see neuron2graph.h. */
#include "neuron2graph.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "graph_dot.h"
#include "json.h"
#include "neuron_service.h"

/* Columns of STATEMENT_NEURON_GRAPH. */
enum {
    COLUMN_GRAPH,
    COLUMN_HAS_FIT,
    COLUMN_ACCURACY,
    COLUMN_FIRING, /* precision, recall, f1_score, count */
    COLUMN_NON_FIRING = COLUMN_FIRING + 4,
    COLUMN_FIRING_F1_SCORE = COLUMN_FIRING + 2
};

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    if (target->level != LEVEL_NEURON || target->layer > UINT16_MAX || target->neuron > INT32_MAX)
        return DB_OK;
    *count = 2;
    const struct db_param params[] = {db_text(target->model_name), db_int4((int32_t)target->layer),
                                      db_int4((int32_t)target->neuron), db_null()};
    enum db_status status = db_send(x->db, STATEMENT_NEURON_GRAPH, 3, params);
    return status == DB_OK ? db_send(x->db, STATEMENT_SIMILAR_NEURONS, 4, params) : status;
}

/* SQL NULL stands for NaN, which JSON can not say. */
static void write_share(const PGresult *rows, int column, struct buffer *body)
{
    json_float64(body, db_is_null(rows, 0, column) ? (double)NAN : db_get_float8(rows, 0, column));
}

static void write_score(const PGresult *rows, int column, struct buffer *body)
{
    buffer_printf(body, "{\"count\":%" PRId32 ",\"f1_score\":", db_get_int4(rows, 0, column + 3));
    write_share(rows, column + 2, body);
    buffer_add_text(body, ",\"precision\":");
    write_share(rows, column, body);
    buffer_add_text(body, ",\"recall\":");
    write_share(rows, column + 1, body);
    buffer_add_char(body, '}');
}

/* "explanation-score":0.5,"fit":{…}, */
static void write_fit(const PGresult *rows, struct buffer *body)
{
    if (!db_get_bool(rows, 0, COLUMN_HAS_FIT))
        return;
    buffer_add_text(body, "\"explanation-score\":");
    write_share(rows, COLUMN_FIRING_F1_SCORE, body);
    buffer_add_text(body, ",\"fit\":{\"accuracy\":");
    write_share(rows, COLUMN_ACCURACY, body);
    buffer_add_text(body, ",\"firing\":");
    write_score(rows, COLUMN_FIRING, body);
    buffer_add_text(body, ",\"non_firing\":");
    write_score(rows, COLUMN_NON_FIRING, body);
    buffer_add_text(body, "},");
}

static void write_similar(const PGresult *rows, struct buffer *body)
{
    buffer_add_text(body, ",\"similar\":[");
    for (int row = 0; row < PQntuples(rows); row++) {
        buffer_printf(body, "%s{\"layer\":%" PRId32 ",\"neuron\":%" PRId32 ",\"similarity\":", row > 0 ? "," : "",
                      db_get_int4(rows, row, 0), db_get_int4(rows, row, 1));
        json_float32(body, db_get_float4(rows, row, 2));
        buffer_add_char(body, '}');
    }
    buffer_add_char(body, ']');
}

static bool write_graph(struct exchange *x, const struct target *target, const char *graph, struct buffer *body)
{
    struct buffer dot = {0};
    bool is_fine = graph_dot_write(graph, &dot) && !dot.failed;
    buffer_add_text(body, "\"graph\":");
    buffer_add_text(body, graph);
    buffer_add_text(body, ",\"graphviz\":");
    if (is_fine)
        json_string(body, dot.data, dot.length);
    else
        exchange_internal_error(x, "the graph of neuron l%" PRIu32 "n%" PRIu32 " of '%s' is stored wrongly",
                                target->layer, target->neuron, target->model.name);
    buffer_clear(&dot);
    return is_fine;
}

static enum service_outcome write_neuron(struct exchange *x, const struct target *target, PGresult *const answers[],
                                         bool with_fit, struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    if (target->level != LEVEL_NEURON)
        return neuron_service_no_level(target, "neuron2graph", reason);
    if (PQntuples(answers[0]) == 0) {
        snprintf(reason, SERVICE_REASON_SIZE,
                 "Database has no neuron2graph data for neuron l%" PRIu32 "n%" PRIu32 " in model '%s'", target->layer,
                 target->neuron, target->model.name);
        return SERVICE_ABSENT;
    }
    buffer_add_char(body, '{');
    if (with_fit)
        write_fit(answers[0], body);
    if (!write_graph(x, target, db_get_text(answers[0], 0, COLUMN_GRAPH), body))
        return SERVICE_ANSWERED;
    write_similar(answers[1], body);
    buffer_add_char(body, '}');
    return SERVICE_WRITTEN;
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    return write_neuron(x, target, answers, false, body, reason);
}

static enum service_outcome write_document(struct exchange *x, const struct target *target, PGresult *const answers[],
                                           struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    return write_neuron(x, target, answers, true, body, reason);
}

const struct service neuron2graph_service = {
    .name = "neuron2graph",
    .source = "n2g",
    .document_key = "neuron2graph",
    .available_name = "Neuron Graph",
    .send = send_statements,
    .write = write_data,
    .write_document = write_document,
};
