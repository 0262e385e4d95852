/* The service features; see feature.h. */
#include "feature.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "neuron_service.h"

/* Columns of STATEMENT_FEATURE. */
enum {
    COLUMN_ALIGNMENT_L1,
    COLUMN_ALIGNMENT_NEURONS,
    COLUMN_ALIGNMENT_VALUES,
    COLUMN_CORRELATED_L1,
    COLUMN_CORRELATED_NEURONS,
    COLUMN_CORRELATED_PEARSON,
    COLUMN_DENSITY_HEIGHTS,
    COLUMN_DENSITY_VALUES,
    COLUMN_FRAC_NONZERO,
    COLUMN_LOGIT_TOKENS,
    COLUMN_LOGITS,
    COLUMN_LOGITS_HEIGHTS,
    COLUMN_LOGITS_VALUES,
    COLUMN_MAX_ACTIVATION,
    COLUMN_NUM_POSITIVE,
    COLUMN_SIMILAR_FEATURES,
    COLUMN_SIMILARITIES
};

enum service_outcome feature_absent(const struct target *target, const char *what, char reason[SERVICE_REASON_SIZE])
{
    snprintf(reason, SERVICE_REASON_SIZE,
             "Database has no %s of neuron l%" PRIu32 "n%" PRIu32 " in model '%s'. To store those of a layer: "
             "deepdecipher-ingest neuronpedia %s FOLDER",
             what, target->layer, target->neuron, target->model.name, target->model.name);
    return SERVICE_ABSENT;
}

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    *count = target->level == LEVEL_NEURON;
    return *count > 0 ? neuron_service_send(x, target, STATEMENT_FEATURE) : DB_OK;
}

/* What is written, and whether something stored does not fit together. */
struct writing {
    struct exchange *x;
    const struct target *target;
    const PGresult *rows;
    struct buffer *body;
    bool is_broken;
};

static void open_numbers(struct writing *w, int column, struct packed_numbers *numbers)
{
    size_t length;
    const uint8_t *bytes = db_get_bytes(w->rows, 0, column, &length);
    if (packed_numbers_open(numbers, bytes, length))
        return;
    *numbers = (struct packed_numbers){0};
    w->is_broken = true;
}

/* Packed indexes; freed by the caller. */
static uint32_t *open_indexes(struct writing *w, int column, uint32_t *count)
{
    size_t length;
    const uint8_t *bytes = db_get_bytes(w->rows, 0, column, &length);
    *count = 0;
    for (size_t i = 0; i < length; i++)
        *count += bytes[i] < 128; /* the last byte of a number */
    uint32_t *indexes = malloc((*count + (size_t)1) * sizeof *indexes);
    if (indexes != NULL && unpack_tokens(bytes, length, indexes, *count))
        return indexes;
    *count = 0;
    w->is_broken = true;
    return indexes;
}

/* `,"key":[1.5,…]` */
static void write_numbers(struct writing *w, const char *key, int column)
{
    struct packed_numbers numbers;
    open_numbers(w, column, &numbers);
    buffer_printf(w->body, ",\"%s\":", key);
    neuron_service_numbers(&numbers, 0, numbers.count, w->body);
}

/* `,"key":1.5` */
static void write_number(struct writing *w, const char *key, int column)
{
    buffer_printf(w->body, ",\"%s\":", key);
    if (db_is_null(w->rows, 0, column))
        buffer_add_text(w->body, "null");
    else
        neuron_service_number(w->body, db_get_float8(w->rows, 0, column));
}

/* A list of which an export may lack the whole: then each of its numbers is null. */
static void write_companion(struct writing *w, const struct packed_numbers *numbers, uint32_t i, uint32_t count)
{
    w->is_broken |= numbers->count != 0 && numbers->count != count;
    if (i < numbers->count)
        neuron_service_number(w->body, packed_numbers_get(numbers, i));
    else
        buffer_add_text(w->body, "null");
}

/* `"key":[{"l1":0.1,"neuron":5,"VALUE_KEY":0.5},…]` */
static void write_neurons(struct writing *w, const char *key, int column, int l1_column, const char *value_key,
                          int value_column)
{
    struct packed_numbers l1, values;
    uint32_t count, *neurons = open_indexes(w, column, &count);
    open_numbers(w, l1_column, &l1);
    open_numbers(w, value_column, &values);
    buffer_printf(w->body, "\"%s\":[", key);
    for (uint32_t i = 0; i < count; i++) {
        buffer_add_text(w->body, i > 0 ? ",{\"l1\":" : "{\"l1\":");
        write_companion(w, &l1, i, count);
        buffer_printf(w->body, ",\"neuron\":%" PRIu32 ",\"%s\":", neurons[i], value_key);
        write_companion(w, &values, i, count);
        buffer_add_char(w->body, '}');
    }
    buffer_add_char(w->body, ']');
    free(neurons);
}

/* `,"similar_features":[{"layer":10,"neuron":5,"similarity":0.9},…]` */
static void write_similar(struct writing *w)
{
    struct packed_numbers similarities;
    uint32_t count, *features = open_indexes(w, COLUMN_SIMILAR_FEATURES, &count);
    open_numbers(w, COLUMN_SIMILARITIES, &similarities);
    buffer_add_text(w->body, ",\"similar_features\":[");
    for (uint32_t i = 0; i < count; i++) {
        buffer_printf(w->body, "%s{\"layer\":%" PRIu32 ",\"neuron\":%" PRIu32 ",\"similarity\":", i > 0 ? "," : "",
                      w->target->layer, features[i]);
        write_companion(w, &similarities, i, count);
        buffer_add_char(w->body, '}');
    }
    buffer_add_char(w->body, ']');
    free(features);
}

/* The logits of both signs, opened. */
struct logits {
    struct packed_numbers effects;
    uint32_t *ids, num_positive;
    const struct token_texts *texts;
};

/* False: answered. */
static bool open_logits(struct writing *w, struct logits *logits)
{
    size_t length;
    const uint8_t *tokens = db_get_bytes(w->rows, 0, COLUMN_LOGIT_TOKENS, &length);
    open_numbers(w, COLUMN_LOGITS, &logits->effects);
    logits->num_positive = (uint32_t)db_get_int2(w->rows, 0, COLUMN_NUM_POSITIVE);
    if (w->is_broken || logits->num_positive > logits->effects.count) {
        (void)neuron_service_broken(w->x, w->target, "logits");
        return false;
    }
    logits->ids = neuron_service_tokens(w->x, w->target, tokens, length, logits->effects.count, &logits->texts);
    return logits->ids != NULL;
}

/* `,"key":[{"logit":1.5,"token":"a"},…]` */
static void write_logits(struct writing *w, const char *key, const struct logits *logits, uint32_t first, uint32_t end)
{
    buffer_printf(w->body, ",\"%s\":[", key);
    for (uint32_t i = first; i < end; i++) {
        struct token_text token = logits->texts->tokens[logits->ids[i]];
        buffer_add_text(w->body, i > first ? ",{\"logit\":" : "{\"logit\":");
        neuron_service_number(w->body, packed_numbers_get(&logits->effects, i));
        buffer_add_text(w->body, ",\"token\":");
        buffer_add(w->body, logits->texts->bytes + token.offset, token.length - 1); /* without the comma */
        buffer_add_char(w->body, '}');
    }
    buffer_add_char(w->body, ']');
}

static void write_members(struct writing *w, const struct logits *logits)
{
    buffer_add_char(w->body, '{');
    write_neurons(w, "alignment_neurons", COLUMN_ALIGNMENT_NEURONS, COLUMN_ALIGNMENT_L1, "value",
                  COLUMN_ALIGNMENT_VALUES);
    buffer_add_char(w->body, ',');
    write_neurons(w, "correlated_neurons", COLUMN_CORRELATED_NEURONS, COLUMN_CORRELATED_L1, "pearson",
                  COLUMN_CORRELATED_PEARSON);
    write_numbers(w, "density_heights", COLUMN_DENSITY_HEIGHTS);
    write_numbers(w, "density_values", COLUMN_DENSITY_VALUES);
    write_number(w, "frac_nonzero", COLUMN_FRAC_NONZERO);
    write_numbers(w, "logits_heights", COLUMN_LOGITS_HEIGHTS);
    write_numbers(w, "logits_values", COLUMN_LOGITS_VALUES);
    write_number(w, "max_activation", COLUMN_MAX_ACTIVATION);
    write_logits(w, "negative_logits", logits, logits->num_positive, logits->effects.count);
    buffer_add_char(w->body, ',');
    neuron_service_index(w->body, w->target->layer, w->target->neuron);
    write_logits(w, "positive_logits", logits, 0, logits->num_positive);
    write_similar(w);
    buffer_add_char(w->body, '}');
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    struct writing w = {.x = x, .target = target, .rows = answers[0], .body = body};
    struct logits logits = {0};
    if (target->level != LEVEL_NEURON)
        return neuron_service_no_level(target, "features", reason);
    if (PQntuples(w.rows) == 0)
        return feature_absent(target, "feature", reason);
    if (!open_logits(&w, &logits))
        return SERVICE_ANSWERED;
    write_members(&w, &logits);
    free(logits.ids);
    return w.is_broken ? neuron_service_broken(x, target, "lists") : SERVICE_WRITTEN;
}

const struct service features_service = {
    .name = "features",
    .source = "neuronpedia",
    .document_key = "features",
    .available_name = "Feature Statistics",
    .send = send_statements,
    .write = write_data,
};
