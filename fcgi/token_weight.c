/*
 * The service tokens; see token_weight.h. As tensors, for each kind that the neuron has (activation, input, output):
 *   KIND_weights  float64 [tokens]   highest first, then the negative ones, lowest first
 *   KIND_tokens   int32   [tokens]   ids of the metadata's `vocabulary` (JSON: id to token)
 */
#include "token_weight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "neuron_service.h"
#include "tensor_vocabulary.h"

/* Columns of STATEMENT_TOKEN_WEIGHTS. */
enum { COLUMN_KIND, COLUMN_NUM_POSITIVE, COLUMN_TOKENS, COLUMN_WEIGHTS };

/* A row, opened. */
struct table {
    struct packed_numbers weights;
    uint32_t *ids;
    uint32_t num_positive;
    const struct token_texts *texts;
};

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    *count = target->level == LEVEL_NEURON;
    return *count > 0 ? neuron_service_send(x, target, STATEMENT_TOKEN_WEIGHTS) : DB_OK;
}

/* False: answered. */
static bool open_table(struct exchange *x, const struct target *target, const PGresult *rows, int row,
                       struct table *table)
{
    size_t tokens_length, weights_length;
    const uint8_t *tokens = db_get_bytes(rows, row, COLUMN_TOKENS, &tokens_length);
    const uint8_t *weights = db_get_bytes(rows, row, COLUMN_WEIGHTS, &weights_length);
    table->num_positive = (uint32_t)db_get_int2(rows, row, COLUMN_NUM_POSITIVE);
    if (!packed_numbers_open(&table->weights, weights, weights_length) || table->num_positive > table->weights.count)
        return neuron_service_broken(x, target, "token weights") != SERVICE_ANSWERED;
    table->ids = neuron_service_tokens(x, target, tokens, tokens_length, table->weights.count, &table->texts);
    return table->ids != NULL;
}

/* `[{"token":"a","weight":1.5},…]` */
static void write_list(const struct table *table, uint32_t first, uint32_t end, struct buffer *body)
{
    buffer_add_char(body, '[');
    for (uint32_t i = first; i < end; i++) {
        struct token_text token = table->texts->tokens[table->ids[i]];
        buffer_add_text(body, i > first ? ",{\"token\":" : "{\"token\":");
        buffer_add(body, table->texts->bytes + token.offset, token.length); /* with a comma */
        buffer_add_text(body, "\"weight\":");
        neuron_service_number(body, packed_numbers_get(&table->weights, i));
        buffer_add_char(body, '}');
    }
    buffer_add_char(body, ']');
}

/* False: answered. */
static bool write_table(struct exchange *x, const struct target *target, const PGresult *rows, int row, bool has_signs,
                        struct buffer *body)
{
    struct table table = {0};
    if (!open_table(x, target, rows, row, &table))
        return false;
    if (has_signs) {
        buffer_add_text(body, "{\"negative\":");
        write_list(&table, table.num_positive, table.weights.count, body);
        buffer_add_text(body, ",\"positive\":");
    }
    write_list(&table, 0, table.num_positive, body);
    if (has_signs)
        buffer_add_char(body, '}');
    free(table.ids);
    return true;
}

/* `"kind":…` or null where there is no such row; false: answered. */
static bool write_kind(struct exchange *x, const struct target *target, const PGresult *rows, const char *kind,
                       struct buffer *body)
{
    json_key(body, kind);
    for (int row = 0; row < PQntuples(rows); row++)
        if (strcmp(db_get_text(rows, row, COLUMN_KIND), kind) == 0)
            return write_table(x, target, rows, row, strcmp(kind, "activation") != 0, body);
    buffer_add_text(body, "null");
    return true;
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[0];
    if (target->level != LEVEL_NEURON)
        return neuron_service_no_level(target, "tokens", reason);
    if (PQntuples(rows) == 0)
        return neuron_service_no_data(target, "token weights", " --kind related-tokens", reason);
    buffer_add_char(body, '{');
    if (!write_kind(x, target, rows, "activation", body))
        return SERVICE_ANSWERED;
    buffer_add_char(body, ',');
    if (!write_kind(x, target, rows, "input", body))
        return SERVICE_ANSWERED;
    buffer_add_char(body, ',');
    neuron_service_index(body, target->layer, target->neuron);
    buffer_add_char(body, ',');
    if (!write_kind(x, target, rows, "output", body))
        return SERVICE_ANSWERED;
    buffer_add_char(body, '}');
    return SERVICE_WRITTEN;
}

/* `NAME_weights` or `NAME_tokens` of all rows; ids are also added to `ids`. False: answered. */
static bool add_tensors(struct exchange *x, const struct target *target, const PGresult *rows, bool is_tokens,
                        struct safetensors *file, struct buffer *ids)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        struct table table = {0};
        char name[32];
        if (!open_table(x, target, rows, row, &table))
            return false;
        size_t count = table.weights.count;
        snprintf(name, sizeof name, "%s_%s", db_get_text(rows, row, COLUMN_KIND), is_tokens ? "tokens" : "weights");
        void *place = safetensors_add(file, name, is_tokens ? TENSOR_I32 : TENSOR_F64, &count, 1);
        if (is_tokens && place != NULL) {
            memcpy(place, table.ids, count * sizeof *table.ids);
            buffer_add(ids, table.ids, count * sizeof *table.ids);
        }
        for (uint32_t i = 0; !is_tokens && place != NULL && i < count; i++)
            ((double *)place)[i] = packed_numbers_get(&table.weights, i);
        free(table.ids);
    }
    return true;
}

static enum service_outcome write_tensors(struct exchange *x, const struct target *target, PGresult *const answers[],
                                          struct safetensors *file, char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[0];
    struct buffer ids = {0};
    if (PQntuples(rows) == 0)
        return neuron_service_no_data(target, "token weights", " --kind related-tokens", reason);
    bool is_fine = add_tensors(x, target, rows, false, file, &ids) && add_tensors(x, target, rows, true, file, &ids);
    file->numbers.failed |= ids.failed;
    is_fine = is_fine && tensor_vocabulary_add(x, target, (const void *)ids.data, ids.length / sizeof(int32_t), file);
    buffer_clear(&ids);
    return is_fine ? SERVICE_WRITTEN : SERVICE_ANSWERED;
}

const struct service tokens_service = {
    .name = "tokens",
    .source = "explainer-related-tokens",
    .other_source = "explainer-token-activations",
    .document_key = "tokens",
    .available_name = "Token Weights",
    .send = send_statements,
    .write = write_data,
    .write_tensors = write_tensors,
};
