/*
 * The service records; see record.h. As tensors, one row a record: the top ones, the random ones, then those of each
 * quantile:
 *   activations  float64 [records, tokens]   NaN behind the end of a record
 *   kinds        int32   [records]           0 top, 1 random, 2 + i of quantile i
 *   lengths      int32   [records]           tokens of each record
 *   tokens       int32   [records, tokens]   ids of the metadata's `vocabulary` (JSON: id to token); -1 behind the end
 */
#include "record.h"

#include <math.h>
#include <stdlib.h>

#include "json.h"
#include "neuron_service.h"
#include "rows.h"
#include "tensor_vocabulary.h"

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

/* Kinds of `count` records; false when the row tells of another number. */
static bool fill_kinds(const PGresult *rows, int32_t *kinds, int count)
{
    size_t num_quantiles;
    int16_t *sizes = db_get_int2_array(rows, 0, COLUMN_QUANTILE_SIZES, &num_quantiles);
    int place = 0;
    for (int kind = 0; kind < 2 + (int)num_quantiles; kind++) {
        int size = kind >= 2   ? sizes[kind - 2]
                   : kind == 1 ? db_get_int2(rows, 0, COLUMN_NUM_RANDOM)
                               : db_get_int2(rows, 0, COLUMN_NUM_TOP);
        for (int i = 0; i < size; i++, place++)
            if (place < count)
                kinds[place] = kind;
    }
    free(sizes);
    return place == count;
}

/* One after the other, as safetensors_add gives places. False when the columns do not fit together. */
static bool fill_activations(const PGresult *rows, const struct packed_numbers *numbers, double *at, size_t width)
{
    uint32_t first = 0;
    for (int row = 0; row < PQntuples(rows); row++) {
        uint32_t num_tokens = (uint32_t)db_get_int4(rows, row, COLUMN_NUM_TOKENS);
        if (num_tokens > numbers->count - first)
            return false;
        for (uint32_t i = 0; i < width; i++)
            *at++ = i < num_tokens ? packed_numbers_get(numbers, first + i) : (double)NAN;
        first += num_tokens;
    }
    return first == numbers->count;
}

static bool fill_tokens(const PGresult *rows, int32_t *at, size_t width)
{
    for (int row = 0; row < PQntuples(rows); row++, at += width) {
        size_t length, num_tokens = (size_t)db_get_int4(rows, row, COLUMN_NUM_TOKENS);
        const uint8_t *packed = db_get_bytes(rows, row, COLUMN_TOKENS, &length);
        if (!unpack_tokens(packed, length, (uint32_t *)at, num_tokens))
            return false;
        for (size_t i = num_tokens; i < width; i++)
            at[i] = -1;
    }
    return true;
}

/* False when what is stored does not fit together. `tokens` [count * width] points into the file afterwards. */
static bool add_tensors(const PGresult *rows, const struct packed_numbers *numbers, struct safetensors *file,
                        int32_t **tokens, size_t *num_ids)
{
    size_t count = (size_t)PQntuples(rows), width = 0;
    for (int row = 0; row < PQntuples(rows); row++)
        width = width < (size_t)db_get_int4(rows, row, COLUMN_NUM_TOKENS)
                    ? (size_t)db_get_int4(rows, row, COLUMN_NUM_TOKENS)
                    : width;
    if (width == 0)
        count = 0; /* the one row of a neuron without records */
    const size_t column[] = {count}, matrix[] = {count, width};
    double *activations = safetensors_add(file, "activations", TENSOR_F64, matrix, 2);
    if (count == 0) {
        safetensors_add(file, "kinds", TENSOR_I32, column, 1);
        safetensors_add(file, "lengths", TENSOR_I32, column, 1);
        *tokens = safetensors_add(file, "tokens", TENSOR_I32, matrix, 2);
        *num_ids = 0;
        return true;
    }
    if (activations == NULL || !fill_activations(rows, numbers, activations, width))
        return false;
    int32_t *kinds = safetensors_add(file, "kinds", TENSOR_I32, column, 1);
    if (kinds == NULL || !fill_kinds(rows, kinds, (int)count))
        return false;
    int32_t *lengths = safetensors_add(file, "lengths", TENSOR_I32, column, 1);
    for (size_t i = 0; lengths != NULL && i < count; i++)
        lengths[i] = db_get_int4(rows, (int)i, COLUMN_NUM_TOKENS);
    *tokens = safetensors_add(file, "tokens", TENSOR_I32, matrix, 2);
    *num_ids = count * width;
    return *tokens != NULL && fill_tokens(rows, *tokens, width);
}

static enum service_outcome write_tensors(struct exchange *x, const struct target *target, PGresult *const answers[],
                                          struct safetensors *file, char reason[SERVICE_REASON_SIZE])
{
    size_t length, num_ids;
    struct packed_numbers numbers;
    int32_t *tokens;
    const PGresult *rows = answers[0];
    if (PQntuples(rows) == 0)
        return neuron_service_no_data(target, "activation records", " --kind activations", reason);
    const uint8_t *activations = db_get_bytes(rows, 0, COLUMN_ACTIVATIONS, &length);
    if (!packed_numbers_open(&numbers, activations, length) || !add_tensors(rows, &numbers, file, &tokens, &num_ids))
        return neuron_service_broken(x, target, "records");
    return tensor_vocabulary_add(x, target, tokens, num_ids, file) ? SERVICE_WRITTEN : SERVICE_ANSWERED;
}

const struct service records_service = {
    .name = "records",
    .source = "explainer-activations",
    .document_key = "records",
    .available_name = "Activation Records",
    .send = send_statements,
    .write = write_data,
    .write_tensors = write_tensors,
};
