/* The service feature_examples; see feature_example.h. */
#include "feature_example.h"

#include <inttypes.h>
#include <stdlib.h>

#include "feature.h"
#include "json.h"
#include "neuron_service.h"

/* Columns of STATEMENT_FEATURE_EXAMPLES. */
enum {
    COLUMN_BIN,
    COLUMN_BIN_CONTAINS,
    COLUMN_BIN_MAX,
    COLUMN_BIN_MIN,
    COLUMN_MAX_ACTIVATION,
    COLUMN_MAX_TOKEN_INDEX,
    COLUMN_ACTIVATIONS_AT,
    COLUMN_ACTIVATIONS,
    COLUMN_NUM_TOKENS,
    COLUMN_TOKENS
};

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    /* Indexes beyond a key's bits are no neuron's: receive_model answers those. */
    int32_t layer = target->layer <= UINT16_MAX ? (int32_t)target->layer : 0;
    int32_t neuron = target->neuron <= INT32_MAX ? (int32_t)target->neuron : 0;
    *count = target->level == LEVEL_NEURON;
    if (*count == 0)
        return DB_OK;
    return db_send(
        x->db, STATEMENT_FEATURE_EXAMPLES, 4,
        (struct db_param[]){db_text(target->model_name), db_int4(layer), db_int4(neuron), db_int2(target->num_texts)});
}

/* Rows of one bin: the first has the activations of all. */
struct bin {
    const uint8_t *activations;
    size_t length;
};

/* The activations of a row's text; false when they do not fit its tokens. */
static bool open_activations(const struct bin *bin, const PGresult *rows, int row, struct packed_numbers *numbers)
{
    size_t at = (size_t)db_get_int4(rows, row, COLUMN_ACTIVATIONS_AT);
    return at < bin->length && packed_numbers_open(numbers, bin->activations + at, bin->length - at) &&
           numbers->count == (uint32_t)db_get_int4(rows, row, COLUMN_NUM_TOKENS);
}

/* One element of `examples`; false: answered. */
static bool write_example(struct exchange *x, const struct target *target, const struct bin *bin, const PGresult *rows,
                          int row, struct buffer *body)
{
    size_t length;
    struct packed_numbers numbers;
    const struct token_texts *texts;
    const uint8_t *tokens = db_get_bytes(rows, row, COLUMN_TOKENS, &length);
    if (!open_activations(bin, rows, row, &numbers)) {
        (void)neuron_service_broken(x, target, "activations");
        return false;
    }
    uint32_t *ids = neuron_service_tokens(x, target, tokens, length, numbers.count, &texts);
    if (ids == NULL)
        return false;
    buffer_add_text(body, "{\"activations\":");
    neuron_service_numbers(&numbers, 0, numbers.count, body);
    buffer_printf(body, ",\"max_activating_token_index\":%" PRId32 ",\"max_activation\":",
                  db_get_int4(rows, row, COLUMN_MAX_TOKEN_INDEX));
    neuron_service_number(body, db_get_float8(rows, row, COLUMN_MAX_ACTIVATION));
    buffer_add_text(body, ",\"tokens\":");
    token_texts_write(texts, ids, numbers.count, body);
    buffer_add_char(body, '}');
    free(ids);
    return true;
}

static void write_end(struct buffer *body, const PGresult *rows, int row, int column)
{
    if (db_is_null(rows, row, column))
        buffer_add_text(body, "null");
    else
        neuron_service_number(body, db_get_float8(rows, row, column));
}

/* One element of `bins`, from its first row on, which moves behind its last; false: answered. */
static bool write_bin(struct exchange *x, const struct target *target, const PGresult *rows, int *row,
                      struct buffer *body)
{
    struct bin bin;
    int first = *row;
    int16_t number = db_get_int2(rows, first, COLUMN_BIN);
    bin.activations = db_get_bytes(rows, first, COLUMN_ACTIVATIONS, &bin.length);
    buffer_add_text(body, "{\"bin_contains\":");
    write_end(body, rows, first, COLUMN_BIN_CONTAINS);
    buffer_add_text(body, ",\"bin_max\":");
    write_end(body, rows, first, COLUMN_BIN_MAX);
    buffer_add_text(body, ",\"bin_min\":");
    write_end(body, rows, first, COLUMN_BIN_MIN);
    buffer_add_text(body, ",\"examples\":[");
    for (; *row < PQntuples(rows) && db_get_int2(rows, *row, COLUMN_BIN) == number; ++*row) {
        if (db_is_null(rows, *row, COLUMN_TOKENS))
            continue; /* no text was asked for */
        if (*row > first)
            buffer_add_char(body, ',');
        if (!write_example(x, target, &bin, rows, *row, body))
            return false;
    }
    buffer_add_text(body, "]}");
    return true;
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[0];
    if (target->level != LEVEL_NEURON)
        return neuron_service_no_level(target, "feature_examples", reason);
    if (PQntuples(rows) == 0)
        return feature_absent(target, "examples", reason);
    buffer_add_text(body, "{\"bins\":[");
    for (int row = 0; row < PQntuples(rows);) {
        if (row > 0)
            buffer_add_char(body, ',');
        if (!write_bin(x, target, rows, &row, body))
            return SERVICE_ANSWERED;
    }
    buffer_add_text(body, "],");
    neuron_service_index(body, target->layer, target->neuron);
    buffer_add_char(body, '}');
    return SERVICE_WRITTEN;
}

const struct service feature_examples_service = {
    .name = "feature_examples",
    .source = "neuronpedia",
    .document_key = "feature_examples",
    .available_name = "Feature Examples",
    .parameters = {[LEVEL_NEURON] = "texts"},
    .send = send_statements,
    .write = write_data,
};
