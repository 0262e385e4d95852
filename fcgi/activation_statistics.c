/* The service activation_statistics; see activation_statistics.h. */
#include "activation_statistics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "neuron_service.h"
#include "rows.h"

/* Columns of STATEMENT_STATISTICS. */
enum { COLUMN_MEAN, COLUMN_VARIANCE, COLUMN_SKEWNESS, COLUMN_KURTOSIS, COLUMN_BOUNDARIES };
/* Columns of STATEMENT_STATISTICS_SUMMARY; from the third on, three for each statistic: lowest, mean, highest. */
enum { COLUMN_LAYER, COLUMN_NUM_NEURONS, COLUMN_LOWEST };
/* What send_statements asks for; STATEMENT_STATISTICS_PERCENTILES, a column for each statistic, about layers only. */
enum { ANSWER_DATA, ANSWER_PERCENTILES };

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    *count = 1;
    if (target->level == LEVEL_NEURON)
        return neuron_service_send(x, target, STATEMENT_STATISTICS);
    int32_t layer = target->layer <= UINT16_MAX ? (int32_t)target->layer : 0;
    struct db_param model = db_text(target->model_name);
    if (target->level == LEVEL_MODEL)
        return db_send(x->db, STATEMENT_STATISTICS_SUMMARY, 2, (struct db_param[]){model, db_null()});
    *count = 2;
    enum db_status status = db_send(x->db, STATEMENT_STATISTICS_SUMMARY, 2, (struct db_param[]){model, db_int4(layer)});
    if (status != DB_OK)
        return status;
    return db_send(x->db, STATEMENT_STATISTICS_PERCENTILES, 2, (struct db_param[]){model, db_int4(layer)});
}

/* `"key":1.5` */
static void write_member(struct buffer *body, const char *key, const PGresult *rows, int row, int column)
{
    json_key(body, key);
    if (db_is_null(rows, row, column))
        buffer_add_text(body, "null");
    else
        neuron_service_number(body, db_get_float8(rows, row, column));
}

/* `[1.5,null,…]` of a column that is an array. */
static void write_array(struct buffer *body, const PGresult *rows, int row, int column)
{
    size_t count;
    double *values = db_get_float8_array(rows, row, column, &count);
    buffer_add_char(body, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_char(body, ',');
        neuron_service_number(body, values[i]);
    }
    buffer_add_char(body, ']');
    free(values);
}

static void write_neuron(const struct target *target, const PGresult *rows, struct buffer *body)
{
    buffer_add_char(body, '{');
    write_member(body, "kurtosis", rows, 0, COLUMN_KURTOSIS);
    buffer_add_char(body, ',');
    write_member(body, "mean", rows, 0, COLUMN_MEAN);
    buffer_add_char(body, ',');
    neuron_service_index(body, target->layer, target->neuron);
    buffer_add_text(body, ",\"quantile_boundaries\":");
    write_array(body, rows, 0, COLUMN_BOUNDARIES);
    buffer_add_char(body, ',');
    write_member(body, "skewness", rows, 0, COLUMN_SKEWNESS);
    buffer_add_char(body, ',');
    write_member(body, "variance", rows, 0, COLUMN_VARIANCE);
    buffer_add_char(body, '}');
}

/* `"key":{"max":…,"mean":…,"min":…}`; `place` counts the statistics in the order of the columns. With `percentiles`, a
 * layer's, also those. */
static void write_spread(struct buffer *body, const char *key, const PGresult *rows, int row, int place,
                         const PGresult *percentiles)
{
    int lowest = COLUMN_LOWEST + 3 * place;
    buffer_printf(body, "\"%s\":{", key);
    write_member(body, "max", rows, row, lowest + 2);
    buffer_add_char(body, ',');
    write_member(body, "mean", rows, row, lowest + 1);
    buffer_add_char(body, ',');
    write_member(body, "min", rows, row, lowest);
    if (percentiles != NULL) {
        buffer_add_text(body, ",\"percentiles\":");
        write_array(body, percentiles, 0, place);
    }
    buffer_add_char(body, '}');
}

static void write_layer(const PGresult *rows, int row, const PGresult *percentiles, struct buffer *body)
{
    buffer_add_char(body, '{');
    write_spread(body, "kurtosis", rows, row, 0, percentiles);
    buffer_printf(body, ",\"layer\":%" PRId32 ",", db_get_int4(rows, row, COLUMN_LAYER));
    write_spread(body, "mean", rows, row, 1, percentiles);
    buffer_printf(body, ",\"num_neurons\":%" PRId64 ",", db_get_int8(rows, row, COLUMN_NUM_NEURONS));
    write_spread(body, "skewness", rows, row, 2, percentiles);
    buffer_add_char(body, ',');
    write_spread(body, "variance", rows, row, 3, percentiles);
    buffer_add_char(body, '}');
}

/* The first row is of the whole model, the others are of its layers. */
static void write_model(const PGresult *rows, struct buffer *body)
{
    buffer_add_char(body, '{');
    write_spread(body, "kurtosis", rows, 0, 0, NULL);
    buffer_add_text(body, ",\"layers\":[");
    for (int row = 1; row < PQntuples(rows); row++) {
        if (row > 1)
            buffer_add_char(body, ',');
        write_layer(rows, row, NULL, body);
    }
    buffer_add_text(body, "],");
    write_spread(body, "mean", rows, 0, 1, NULL);
    buffer_printf(body, ",\"num_neurons\":%" PRId64 ",", db_get_int8(rows, 0, COLUMN_NUM_NEURONS));
    write_spread(body, "skewness", rows, 0, 2, NULL);
    buffer_add_char(body, ',');
    write_spread(body, "variance", rows, 0, 3, NULL);
    buffer_add_char(body, '}');
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[ANSWER_DATA];
    (void)x;
    if (target->level == LEVEL_NEURON) {
        if (PQntuples(rows) == 0)
            return neuron_service_no_data(target, "statistics", " --kind activations", reason);
        write_neuron(target, rows, body);
        return SERVICE_WRITTEN;
    }
    if (PQntuples(rows) < 2) { /* the whole alone: of nothing */
        snprintf(reason, SERVICE_REASON_SIZE, "Database has no statistics for this part of model '%s'.",
                 target->model.name);
        return SERVICE_ABSENT;
    }
    if (target->level == LEVEL_LAYER)
        write_layer(rows, 1, answers[ANSWER_PERCENTILES], body);
    else
        write_model(rows, body);
    return SERVICE_WRITTEN;
}

const struct service activation_statistics_service = {
    .name = "activation_statistics",
    .source = "explainer-activations",
    .document_key = "activation_statistics",
    .available_name = "Activation Statistics",
    .send = send_statements,
    .write = write_data,
};
