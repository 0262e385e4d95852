/*
 * A neuron's maximum activating texts as tensors, one row a text, best first:
 *   activations  float32 [texts, tokens]   NaN behind the end of a text
 *   tokens       int32   [texts, tokens]   ids of the metadata's `vocabulary` (JSON: id to token); -1 behind the end
 *   lengths      int32   [texts]           tokens of each text
 *   positions    int32   [texts]           index of the token with the highest activation
 *   ranges       float64 [texts, 2]        lower and upper end of the colour scale, as the source gives them
 *   data_index   int64   [texts]           number of the text in its dataset
 * Tensors of eight bytes a number come first, so that all lie aligned.
 */
#include "neuroscope.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "tensor_vocabulary.h"

struct tensors {
    double *ranges;
    int64_t *data_index;
    float *activations;
    int32_t *tokens, *lengths, *positions;
    size_t width; /* tokens of the longest text */
};

static bool add_tensors(struct safetensors *file, const PGresult *rows, size_t count, struct tensors *t)
{
    t->width = 0;
    for (int row = 0; row < (int)count; row++) {
        int32_t num_tokens = db_get_int4(rows, row, NEUROSCOPE_NUM_TOKENS);
        if (num_tokens > 0 && (size_t)num_tokens > t->width)
            t->width = (size_t)num_tokens;
    }
    const size_t column[] = {count}, pairs[] = {count, 2}, matrix[] = {count, t->width};
    /* Their memory may move with each that is added: first all, then where they are. */
    safetensors_add(file, "data_index", TENSOR_I64, column, 1);
    safetensors_add(file, "ranges", TENSOR_F64, pairs, 2);
    safetensors_add(file, "activations", TENSOR_F32, matrix, 2);
    safetensors_add(file, "lengths", TENSOR_I32, column, 1);
    safetensors_add(file, "positions", TENSOR_I32, column, 1);
    safetensors_add(file, "tokens", TENSOR_I32, matrix, 2);
    if (file->numbers.failed || file->header.failed)
        return false;
    if (count == 0)
        return true;
    char *at = file->numbers.data;
    t->data_index = (void *)at;
    t->ranges = (void *)(at += count * sizeof *t->data_index);
    t->activations = (void *)(at += 2 * count * sizeof *t->ranges);
    t->lengths = (void *)(at += count * t->width * sizeof *t->activations);
    t->positions = (void *)(at += count * sizeof *t->lengths);
    t->tokens = (void *)(at + count * sizeof *t->positions);
    return true;
}

static void fill_row(const struct tensors *t, const PGresult *rows, int row, const struct packed_numbers *numbers)
{
    float *activations = t->activations + (size_t)row * t->width;
    int32_t *tokens = t->tokens + (size_t)row * t->width;
    t->data_index[row] = db_get_int8(rows, row, NEUROSCOPE_DATA_INDEX);
    t->ranges[2 * row] = db_get_float8(rows, row, NEUROSCOPE_MIN_RANGE);
    t->ranges[2 * row + 1] = db_get_float8(rows, row, NEUROSCOPE_MAX_RANGE);
    t->lengths[row] = (int32_t)numbers->count;
    t->positions[row] = db_get_int4(rows, row, NEUROSCOPE_MAX_POSITION);
    for (uint32_t i = 0; i < numbers->count; i++)
        activations[i] = (float)packed_numbers_get(numbers, i);
    for (size_t i = numbers->count; i < t->width; i++) {
        activations[i] = NAN;
        tokens[i] = -1;
    }
}

enum service_outcome neuroscope_write_tensors(struct exchange *x, const struct target *target,
                                              PGresult *const answers[], struct safetensors *file,
                                              char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[0];
    struct tensors tensors = {0};
    size_t count =
        (size_t)PQntuples(rows) < (size_t)target->num_texts ? (size_t)PQntuples(rows) : (size_t)target->num_texts;
    if (PQntuples(rows) == 0) {
        neuroscope_explain_absence(target, reason);
        return SERVICE_ABSENT;
    }
    if (!add_tensors(file, rows, count, &tensors)) {
        exchange_internal_error(x, "no memory for the tensors of %zu texts", count);
        return SERVICE_ANSWERED;
    }
    for (int row = 0; row < (int)count; row++) {
        struct packed_numbers numbers;
        uint32_t *ids = (uint32_t *)tensors.tokens + (size_t)row * tensors.width;
        if (!neuroscope_open_row(rows, row, ids, &numbers)) {
            exchange_internal_error(x, "a text of neuron l%" PRIu32 "n%" PRIu32 " of '%s' is stored wrongly",
                                    target->layer, target->neuron, target->model.name);
            return SERVICE_ANSWERED;
        }
        fill_row(&tensors, rows, row, &numbers);
    }
    return tensor_vocabulary_add(x, target, tensors.tokens, count * tensors.width, file) ? SERVICE_WRITTEN
                                                                                         : SERVICE_ANSWERED;
}
