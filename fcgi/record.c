/* The service records; see record.h. */
#include "record.h"

#include <stdlib.h>

#include "json.h"
#include "neuron_service.h"
#include "rows.h"

/* Columns of STATEMENT_RECORDS. */
enum { COLUMN_NUM_TOP, COLUMN_NUM_RANDOM, COLUMN_QUANTILE_SIZES, COLUMN_NUM_TOKENS, COLUMN_TOKENS, COLUMN_ACTIVATIONS };

/* The records of a neuron, written one after the other. */
struct writing {
    struct exchange *x;
    const struct target *target;
    const PGresult *rows;
    struct packed_numbers activations; /* of all records */
    int row;                           /* of the next record */
    uint32_t first;                    /* number of its first token */
    struct buffer *body;
    bool has_answered;
};

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    *count = target->level == LEVEL_NEURON;
    return *count > 0 ? neuron_service_send(x, target, STATEMENT_RECORDS) : DB_OK;
}

/* Place of the highest of a record's activations; the first of them if there are several. */
static uint32_t place_of_max(const struct packed_numbers *numbers, uint32_t first, uint32_t count)
{
    uint32_t place = 0;
    for (uint32_t i = 1; i < count; i++)
        if (packed_numbers_get(numbers, first + i) > packed_numbers_get(numbers, first + place))
            place = i;
    return place;
}

static void write_record(struct writing *w)
{
    size_t length;
    const struct token_texts *texts;
    struct buffer *body = w->body;
    const uint8_t *tokens = db_get_bytes(w->rows, w->row, COLUMN_TOKENS, &length);
    uint32_t num_tokens = (uint32_t)db_get_int4(w->rows, w->row, COLUMN_NUM_TOKENS);
    if (num_tokens == 0 || num_tokens > w->activations.count - w->first) {
        (void)neuron_service_broken(w->x, w->target, "records");
        w->has_answered = true;
        return;
    }
    uint32_t *ids = neuron_service_tokens(w->x, w->target, tokens, length, num_tokens, &texts);
    w->has_answered = ids == NULL;
    if (w->has_answered)
        return;
    uint32_t highest = place_of_max(&w->activations, w->first, num_tokens);
    buffer_add_text(body, "{\"activations\":");
    neuron_service_numbers(&w->activations, w->first, num_tokens, body);
    buffer_add_text(body, ",\"max_activating_token_index\":");
    json_uint(body, highest);
    buffer_add_text(body, ",\"max_activation\":");
    neuron_service_number(body, packed_numbers_get(&w->activations, w->first + highest));
    buffer_add_text(body, ",\"tokens\":");
    token_texts_write(texts, ids, num_tokens, body);
    buffer_add_char(body, '}');
    free(ids);
    w->first += num_tokens;
    w->row++;
}

/* `[…]` of the next `count` records. */
static void write_list(struct writing *w, int count)
{
    buffer_add_char(w->body, '[');
    for (int i = 0; i < count && !w->has_answered; i++) {
        if (i > 0)
            buffer_add_char(w->body, ',');
        if (w->row < PQntuples(w->rows))
            write_record(w);
        else
            w->has_answered = neuron_service_broken(w->x, w->target, "records") == SERVICE_ANSWERED;
    }
    buffer_add_char(w->body, ']');
}

/* Top and random records come first in the table, but their keys do not: each list is written where it stands. */
static enum service_outcome write_lists(struct writing *w)
{
    size_t num_quantiles;
    int16_t *sizes = db_get_int2_array(w->rows, 0, COLUMN_QUANTILE_SIZES, &num_quantiles);
    struct buffer *body = w->body, top_and_random = {0};
    w->body = &top_and_random;
    buffer_add_text(w->body, "\"top\":");
    write_list(w, db_get_int2(w->rows, 0, COLUMN_NUM_TOP));
    size_t top_length = top_and_random.length;
    buffer_add_text(w->body, "\"random\":");
    write_list(w, db_get_int2(w->rows, 0, COLUMN_NUM_RANDOM));
    w->body = body;
    buffer_add_char(body, '{');
    neuron_service_index(body, w->target->layer, w->target->neuron);
    buffer_add_text(body, ",\"quantiles\":[");
    for (size_t i = 0; i < num_quantiles; i++) {
        if (i > 0)
            buffer_add_char(body, ',');
        write_list(w, sizes[i]);
    }
    buffer_add_text(body, "],");
    body->failed |= top_and_random.failed;
    if (!top_and_random.failed) {
        buffer_add(body, top_and_random.data + top_length, top_and_random.length - top_length);
        buffer_add_char(body, ',');
        buffer_add(body, top_and_random.data, top_length);
    }
    buffer_add_char(body, '}');
    buffer_clear(&top_and_random);
    free(sizes);
    return w->has_answered ? SERVICE_ANSWERED : SERVICE_WRITTEN;
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    size_t length;
    struct writing w = {.x = x, .target = target, .rows = answers[0], .body = body};
    if (target->level != LEVEL_NEURON)
        return neuron_service_no_level(target, "records", reason);
    if (PQntuples(w.rows) == 0)
        return neuron_service_no_data(target, "activation records", " --kind activations", reason);
    const uint8_t *activations = db_get_bytes(w.rows, 0, COLUMN_ACTIVATIONS, &length);
    if (!packed_numbers_open(&w.activations, activations, length))
        return neuron_service_broken(x, target, "records");
    return write_lists(&w);
}

const struct service records_service = {
    .name = "records",
    .source = "explainer-activations",
    .document_key = "records",
    .available_name = "Activation Records",
    .send = send_statements,
    .write = write_data,
};
