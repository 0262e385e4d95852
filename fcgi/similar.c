/* The service similar; see similar.h. */
#include "similar.h"

#include <inttypes.h>
#include <stdio.h>

#include "json.h"
#include "neuron_service.h"

enum { ANSWER_NUM_TOKENS, ANSWER_NEURONS, ANSWER_TOKENS };

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    static const enum statement statements_sent[] = {STATEMENT_NUM_POSTINGS, STATEMENT_SIMILAR_NEURONS,
                                                     STATEMENT_SIMILAR_TOKENS};
    if (target->level != LEVEL_NEURON || target->layer > UINT16_MAX || target->neuron > INT32_MAX)
        return DB_OK;
    const struct db_param params[] = {db_text(target->model_name), db_int4((int32_t)target->layer),
                                      db_int4((int32_t)target->neuron), db_int8(target->limit)};
    enum db_status status = DB_OK;
    for (*count = 0; *count < 3 && status == DB_OK; ++*count)
        status = db_send(x->db, statements_sent[*count], *count == ANSWER_NUM_TOKENS ? 3 : 4, params);
    return status;
}

/* `[{"kind":"activating","token":" the"},…]` of the neuron `similar_id`; `*row` moves on. */
static void write_tokens(const PGresult *rows, int *row, int64_t similar_id, struct buffer *body)
{
    buffer_add_char(body, '[');
    for (int first = *row; *row < PQntuples(rows) && db_get_int8(rows, *row, 0) == similar_id; ++*row) {
        size_t length;
        const uint8_t *token = db_get_bytes(rows, *row, 2, &length);
        buffer_printf(body, "%s{\"kind\":\"%s\",\"token\":", *row > first ? "," : "", db_get_text(rows, *row, 1));
        json_string(body, (const char *)token, length);
        buffer_add_char(body, '}');
    }
    buffer_add_char(body, ']');
}

static void write_neurons(const PGresult *neurons, const PGresult *tokens, struct buffer *body)
{
    int token = 0;
    buffer_add_text(body, "\"similar\":[");
    for (int row = 0; row < PQntuples(neurons); row++) {
        buffer_printf(body,
                      "%s{\"layer\":%" PRId32 ",\"neuron\":%" PRId32 ",\"num_shared\":%" PRId32 ",\"shared_tokens\":",
                      row > 0 ? "," : "", db_get_int4(neurons, row, 0), db_get_int4(neurons, row, 1),
                      db_get_int4(neurons, row, 3));
        write_tokens(tokens, &token, db_get_int8(neurons, row, 4), body);
        buffer_add_text(body, ",\"similarity\":");
        json_float32(body, db_get_float4(neurons, row, 2));
        buffer_add_char(body, '}');
    }
    buffer_add_char(body, ']');
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    (void)x;
    if (target->level != LEVEL_NEURON)
        return neuron_service_no_level(target, "similar", reason);
    int64_t num_tokens = db_get_int8(answers[ANSWER_NUM_TOKENS], 0, 0);
    if (num_tokens == 0) {
        snprintf(reason, SERVICE_REASON_SIZE, "Database has no tokens of neuron l%" PRIu32 "n%" PRIu32 " in model '%s'",
                 target->layer, target->neuron, target->model.name);
        return SERVICE_ABSENT;
    }
    buffer_add_char(body, '{');
    neuron_service_index(body, target->layer, target->neuron);
    buffer_printf(body, ",\"num_tokens\":%" PRId64 ",", num_tokens);
    write_neurons(answers[ANSWER_NEURONS], answers[ANSWER_TOKENS], body);
    buffer_add_char(body, '}');
    return SERVICE_WRITTEN;
}

const struct service similar_service = {
    .name = "similar",
    .source = "neuron-store",
    .parameters = {[LEVEL_NEURON] = "limit"},
    .send = send_statements,
    .write = write_data,
};
