/* The service neuroscope; see neuroscope.h. */
#include "neuroscope.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bfloat16.h"
#include "histogram.h"
#include "json.h"
#include "neuron_service.h"
#include "packing.h"
#include "token_cache.h"
#include "worker.h"

/* What send_statements asks for about a neuron; the second only where a histogram is wanted. */
enum { ANSWER_TEXTS, ANSWER_ACTIVATIONS };
/* Columns of STATEMENT_NEUROSCOPE_ACTIVATIONS. */
enum { COLUMN_ACTIVATIONS_AT, COLUMN_ACTIVATIONS };

/* The part of a text that is shown. */
struct slice {
    uint32_t first, count;
};

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    *count = 1;
    /* Indexes beyond a key's bits are no neuron's: receive_model answers those. */
    int32_t layer = target->layer <= UINT16_MAX ? (int32_t)target->layer : 0;
    int32_t neuron = target->neuron <= INT32_MAX ? (int32_t)target->neuron : 0;
    if (target->level == LEVEL_NEURON) {
        enum db_status status =
            db_send(x->db, STATEMENT_NEUROSCOPE_NEURON, 4,
                    (struct db_param[]){db_text(target->model_name), db_int4(layer), db_int4(neuron),
                                        db_int2(target->num_texts > 0 ? target->num_texts : 1)});
        if (status != DB_OK || target->num_bins == 0)
            return status;
        *count = 2;
        return neuron_service_send(x, target, STATEMENT_NEUROSCOPE_ACTIVATIONS);
    }
    return db_send(
        x->db, STATEMENT_IMPORTANT_NEURONS, 2,
        (struct db_param[]){db_text(target->model_name), target->level == LEVEL_LAYER ? db_int4(layer) : db_null()});
}

static void write_important(const struct target *target, const PGresult *rows, struct buffer *body)
{
    buffer_add_text(body, "{\"important_neurons\":[");
    for (int row = 0; row < PQntuples(rows); row++) {
        buffer_printf(body, "%s[{\"layer\":%" PRId32 ",\"neuron\":%" PRId32 "},", row > 0 ? "," : "",
                      db_get_int4(rows, row, 0), db_get_int4(rows, row, 1));
        json_float32(body, db_get_float4(rows, row, 2));
        buffer_add_char(body, ']');
    }
    buffer_add_char(body, ']');
    if (target->level == LEVEL_LAYER)
        buffer_printf(body, ",\"num_neurons\":%" PRId32, target->model.layer_size);
    buffer_add_char(body, '}');
}

/* Four decimals as the pages print them take integers only; anything else goes the long way. */
static void write_decimal(struct buffer *body, double value)
{
    double scaled = value * 10000, whole = nearbyint(scaled);
    /* Below 100 there are at most six digits, which are always a float32's shortest. */
    if (!(fabs(value) < 100) || fabs(scaled - whole) > 1e-7 || (whole == 0 && signbit(value))) {
        json_float32(body, (float)value);
        return;
    }
    char text[16];
    char *end = text + sizeof text, *at = end;
    unsigned digits = (unsigned)fabs(whole), decimals = 4;
    while (decimals > 1 && digits % 10 == 0) {
        digits /= 10;
        decimals--;
    }
    for (unsigned place = 0; place <= decimals || digits > 0; place++, digits /= 10) {
        if (place == decimals)
            *--at = '.';
        *--at = (char)('0' + digits % 10);
    }
    if (whole < 0)
        *--at = '-';
    buffer_add(body, at, (size_t)(end - at));
}

static struct slice slice_of(const struct target *target, uint32_t num_tokens, uint32_t max_position)
{
    struct slice slice = {0, num_tokens};
    if (!target->has_window)
        return slice;
    slice.first = target->window[0] < max_position ? max_position - (uint32_t)target->window[0] : 0;
    int64_t end = (int64_t)max_position + 1 + target->window[1];
    slice.count = (end < num_tokens ? (uint32_t)end : num_tokens) - slice.first;
    return slice;
}

/* `[1.5,0.25,…]` */
static void write_activations(const struct packed_numbers *numbers, struct slice slice, uint16_t *codes,
                              struct buffer *body)
{
    buffer_add_char(body, '[');
    size_t start = body->length;
    if (numbers->kind == NUMBER_BFLOAT16) {
        packed_numbers_codes(numbers, slice.first, slice.count, codes);
        char *at = buffer_reserve(body, (slice.count + 1) * sizeof(struct bfloat16_text)), *from = at;
        for (uint32_t i = 0; at != NULL && i < slice.count; i++) {
            const struct bfloat16_text *number = &bfloat16_texts[codes[i]];
            memcpy(at, number, sizeof *number); /* over the end: the next one starts there */
            at += number->length;
        }
        buffer_advance(body, (size_t)(at - from));
    } else {
        for (uint32_t i = 0; i < slice.count; i++) {
            double value = packed_numbers_get(numbers, slice.first + i);
            numbers->kind == NUMBER_FLOAT32 ? json_float32(body, (float)value) : json_float64(body, value);
            buffer_add_char(body, ',');
        }
    }
    if (body->length > start)
        body->length--; /* the last comma */
    buffer_add_char(body, ']');
}

/* One element of `texts`. The keys come sorted. */
static void write_text(const struct target *target, const PGresult *rows, int row, const struct packed_numbers *numbers,
                       const struct token_texts *texts, const uint32_t *ids, uint16_t *codes, struct buffer *body)
{
    uint32_t num_tokens = (uint32_t)db_get_int4(rows, row, NEUROSCOPE_NUM_TOKENS);
    uint32_t max_position = (uint32_t)db_get_int4(rows, row, NEUROSCOPE_MAX_POSITION);
    struct slice slice = slice_of(target, num_tokens, max_position);
    buffer_add_text(body, "{\"activations\":");
    write_activations(numbers, slice, codes, body);
    buffer_add_text(body, ",\"data_index\":");
    json_int(body, db_get_int8(rows, row, NEUROSCOPE_DATA_INDEX));
    if (target->has_window) {
        buffer_add_text(body, ",\"first_token_index\":");
        json_uint(body, slice.first);
    }
    buffer_add_text(body, ",\"max_activating_token_index\":");
    json_uint(body, max_position);
    buffer_add_text(body, ",\"max_activation\":");
    write_decimal(body, db_get_float8(rows, row, NEUROSCOPE_MAX_ACTIVATION));
    buffer_add_text(body, ",\"max_range\":");
    write_decimal(body, db_get_float8(rows, row, NEUROSCOPE_MAX_RANGE));
    buffer_add_text(body, ",\"min_activation\":");
    write_decimal(body, db_get_float8(rows, row, NEUROSCOPE_MIN_ACTIVATION));
    buffer_add_text(body, ",\"min_range\":");
    write_decimal(body, db_get_float8(rows, row, NEUROSCOPE_MIN_RANGE));
    if (target->has_window) {
        buffer_add_text(body, ",\"num_tokens\":");
        json_uint(body, num_tokens);
    }
    buffer_add_text(body, ",\"tokens\":");
    token_texts_write(texts, ids + slice.first, slice.count, body);
    buffer_add_char(body, '}');
}

bool neuroscope_open_row(const PGresult *rows, int row, uint32_t *ids, struct packed_numbers *numbers)
{
    size_t tokens_length, activations_length;
    const uint8_t *tokens = db_get_bytes(rows, row, NEUROSCOPE_TOKENS, &tokens_length);
    const uint8_t *activations = db_get_bytes(rows, 0, NEUROSCOPE_ACTIVATIONS, &activations_length);
    int32_t num_tokens = db_get_int4(rows, row, NEUROSCOPE_NUM_TOKENS),
            at = db_get_int4(rows, row, NEUROSCOPE_ACTIVATIONS_AT);
    int32_t max_position = db_get_int4(rows, row, NEUROSCOPE_MAX_POSITION);
    return num_tokens > 0 && at >= 0 && (size_t)at <= activations_length && max_position >= 0 &&
           max_position < num_tokens && unpack_tokens(tokens, tokens_length, ids, (size_t)num_tokens) &&
           packed_numbers_open(numbers, activations + at, activations_length - (size_t)at) &&
           numbers->count == (uint32_t)num_tokens;
}

static uint32_t highest_of(const uint32_t *ids, uint32_t count)
{
    uint32_t highest = 0;
    for (uint32_t i = 0; i < count; i++)
        highest = ids[i] > highest ? ids[i] : highest;
    return highest;
}

static uint32_t longest_text(const PGresult *rows)
{
    uint32_t longest = 0;
    for (int row = 0; row < PQntuples(rows); row++) {
        uint32_t num_tokens = (uint32_t)db_get_int4(rows, row, NEUROSCOPE_NUM_TOKENS);
        longest = num_tokens > longest ? num_tokens : longest;
    }
    return longest;
}

static bool write_texts(struct exchange *x, const struct target *target, const PGresult *rows, struct buffer *body)
{
    uint32_t longest = longest_text(rows);
    uint32_t *ids = malloc((longest + 1) * sizeof *ids);
    uint16_t *codes = malloc((longest + 1) * sizeof *codes);
    bool is_fine = ids != NULL && codes != NULL;
    if (!is_fine)
        exchange_internal_error(x, "no memory for a text of %" PRIu32 " tokens", longest);
    for (int row = 0; is_fine && row < PQntuples(rows) && row < target->num_texts; row++) {
        struct packed_numbers numbers;
        const struct token_texts *texts;
        if (!neuroscope_open_row(rows, row, ids, &numbers)) {
            exchange_internal_error(x, "a text of neuron l%" PRIu32 "n%" PRIu32 " of '%s' is stored wrongly",
                                    target->layer, target->neuron, target->model.name);
            is_fine = false;
        } else if ((texts = token_cache_get(x, target->model.vocabulary_id, highest_of(ids, numbers.count))) == NULL) {
            is_fine = false;
        } else {
            if (row > 0)
                buffer_add_char(body, ',');
            write_text(target, rows, row, &numbers, texts, ids, codes, body);
        }
    }
    free(ids);
    free(codes);
    return is_fine;
}

/* Models whose pages show effects on logits are few: they cost a second round trip. */
static bool write_logit_effects(struct exchange *x, const struct target *target, struct buffer *body)
{
    PGresult *rows;
    db_continue(x->db);
    if (!exchange_db_ok(x, db_query(x->db, STATEMENT_LOGIT_EFFECTS, 3,
                                    (struct db_param[]){db_text(target->model_name), db_int4((int32_t)target->layer),
                                                        db_int4((int32_t)target->neuron)},
                                    &rows)))
        return false;
    if (PQntuples(rows) == 0)
        return true;
    buffer_add_text(body, "\"logit_effects\":[");
    for (int row = 0; row < PQntuples(rows); row++) {
        buffer_add_text(body, row > 0 ? ",{\"effect\":" : "{\"effect\":");
        json_float64(body, db_get_float8(rows, row, 0));
        buffer_add_text(body, ",\"token\":");
        json_text(body, db_get_text(rows, row, 1));
        buffer_add_char(body, '}');
    }
    buffer_add_text(body, "],");
    return true;
}

/* All activations of the neuron, text by text; freed by the caller with free(). NULL: answered. */
static double *read_activations(struct exchange *x, const struct target *target, const PGresult *rows, size_t *count)
{
    size_t length, num_read = 0;
    double *values = malloc(sizeof *values); /* a neuron that was just taken away has no rows */
    assert(values != NULL);
    for (int row = 0; row < PQntuples(rows); row++) {
        struct packed_numbers numbers;
        const uint8_t *packed = db_get_bytes(rows, 0, COLUMN_ACTIVATIONS, &length);
        int32_t at = db_get_int4(rows, row, COLUMN_ACTIVATIONS_AT);
        if (at < 0 || (size_t)at > length || !packed_numbers_open(&numbers, packed + at, length - (size_t)at)) {
            free(values);
            (void)neuron_service_broken(x, target, "activations");
            return NULL;
        }
        double *larger = realloc(values, (num_read + numbers.count + 1) * sizeof *values);
        assert(larger != NULL);
        values = larger;
        for (uint32_t i = 0; i < numbers.count; i++)
            values[num_read++] = packed_numbers_get(&numbers, i);
    }
    *count = num_read;
    return values;
}

/* `"histogram":{…},` False: answered. */
static bool write_histogram(struct exchange *x, const struct target *target, const PGresult *rows, struct buffer *body)
{
    struct histogram histogram;
    size_t count;
    double *values = read_activations(x, target, rows, &count);
    if (values == NULL)
        return false;
    histogram_count(&histogram, values, count, target->num_bins);
    free(values);
    buffer_add_text(body, "\"histogram\":");
    histogram_write(&histogram, body);
    buffer_add_char(body, ',');
    return true;
}

void neuroscope_explain_absence(const struct target *target, char reason[SERVICE_REASON_SIZE])
{
    snprintf(reason, SERVICE_REASON_SIZE,
             "Database has no neuroscope data for neuron l%" PRIu32 "n%" PRIu32 " in model '%s'. To store it: "
             "deepdecipher-ingest neuroscope %s --layers %" PRIu32 " --neurons %" PRIu32,
             target->layer, target->neuron, target->model.name, target->model.name, target->layer, target->neuron);
}

static enum service_outcome write_neuron(struct exchange *x, const struct target *target, PGresult *const answers[],
                                         struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[ANSWER_TEXTS];
    if (PQntuples(rows) == 0) {
        neuroscope_explain_absence(target, reason);
        return SERVICE_ABSENT;
    }
    buffer_add_char(body, '{');
    if (target->num_bins > 0 && !write_histogram(x, target, answers[ANSWER_ACTIVATIONS], body))
        return SERVICE_ANSWERED;
    if (target->model.has_logit_effects && !write_logit_effects(x, target, body))
        return SERVICE_ANSWERED;
    buffer_printf(body, "\"neuron_index\":{\"layer\":%" PRIu32 ",\"neuron\":%" PRIu32 "},\"texts\":[", target->layer,
                  target->neuron);
    if (!write_texts(x, target, rows, body))
        return SERVICE_ANSWERED;
    buffer_add_text(body, "]}");
    return SERVICE_WRITTEN;
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    if (target->level == LEVEL_NEURON)
        return write_neuron(x, target, answers, body, reason);
    const PGresult *rows = answers[0];
    if (PQntuples(rows) == 0) {
        snprintf(reason, SERVICE_REASON_SIZE, "Database has no neuroscope data for this part of model '%s'.",
                 target->model.name);
        return SERVICE_ABSENT;
    }
    write_important(target, rows, body);
    return SERVICE_WRITTEN;
}

const struct service neuroscope_service = {
    .name = "neuroscope",
    .source = "neuroscope",
    .document_key = "neuroscope",
    .available_name = "Max Activating Dataset Example",
    .parameters = {[LEVEL_NEURON] = "bins texts window"},
    .send = send_statements,
    .write = write_data,
    .tensor_parameters = "texts",
    .write_tensors = neuroscope_write_tensors,
};
