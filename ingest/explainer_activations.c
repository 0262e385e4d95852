/*
 * The source explainer-activations: statistics of a neuron's activations, and short texts with them.
 */
#include "explainer.h"
#include "explainer_records.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_STATISTICS, TABLE_RECORD };

struct batch {
    struct explainer_batch common;
    struct explainer_records records; /* of the neuron at hand */
};

static char *page_url(const struct job *job, int32_t neuron)
{
    return explainer_page_url(job, "collated-activations", neuron, "json");
}

static void *open_batch(struct loader *loader, const struct job *job)
{
    return explainer_batch_new(sizeof(struct batch), loader, job);
}

static void add_statistics(struct explainer_batch *batch, int64_t neuron_id, const struct explainer_records *records)
{
    struct rows *rows = &batch->tables[TABLE_STATISTICS];
    rows_start(rows, 6);
    rows_int8(rows, neuron_id);
    for (size_t i = 0; i < NUM_MOMENTS; i++)
        rows_float8_or_null(rows, records->moments[i]);
    rows_float8s(rows, records->boundaries, records->num_boundaries);
}

static void add_activations(struct rows *rows, const struct explainer_records *records)
{
    size_t total = 0;
    for (size_t i = 0; i < records->count; i++)
        total += records->records[i].num_tokens;
    double *numbers = malloc((total + 1) * sizeof *numbers), *end = numbers;
    if (numbers == NULL)
        abort();
    for (size_t i = 0; i < records->count; i++) {
        const struct explainer_record *record = &records->records[i];
        memcpy(end, record->activations, record->num_tokens * sizeof *end);
        end += record->num_tokens;
    }
    explainer_rows_numbers(rows, numbers, total);
    free(numbers);
}

static void add_records(struct explainer_batch *batch, int64_t neuron_id, const struct explainer_records *records)
{
    struct rows *rows = &batch->tables[TABLE_RECORD];
    int16_t sizes[EXPLAINER_QUANTILES_MAX];
    int64_t ids[EXPLAINER_RECORDS_MAX] = {0};
    for (size_t i = 0; i < records->num_quantiles; i++)
        sizes[i] = (int16_t)records->quantile_sizes[i];
    for (size_t i = 0; i < records->count && batch->trouble == DB_OK; i++)
        batch->trouble =
            text_batch_add(&batch->texts, records->records[i].tokens, records->records[i].num_tokens, &ids[i]);
    rows_start(rows, 6);
    rows_int8(rows, neuron_id);
    rows_int2(rows, (int16_t)records->num_top);
    rows_int2(rows, (int16_t)records->num_random);
    rows_int2s(rows, sizes, records->num_quantiles);
    rows_int8s(rows, ids, records->count);
    add_activations(rows, records);
}

static bool read_page(void *opaque, int32_t neuron, const char *body, size_t length, char reason[SOURCE_REASON_SIZE])
{
    struct batch *batch = opaque;
    struct explainer_records *records = &batch->records;
    _Static_assert((int)SOURCE_REASON_SIZE >= (int)JSON_REASON_SIZE, "a reason must fit");
    bool is_read = explainer_records_read(records, body, length, batch->common.job->layer, neuron, reason);
    if (is_read) {
        int64_t neuron_id = explainer_batch_neuron(&batch->common, neuron);
        add_statistics(&batch->common, neuron_id, records);
        add_records(&batch->common, neuron_id, records);
    }
    explainer_records_clear(records);
    return is_read;
}

static enum db_status store_batch(void *batch)
{
    static const enum statement copies[] = {STATEMENT_COPY_STATISTICS, STATEMENT_COPY_RECORD};
    return explainer_batch_store(batch, STATEMENT_CLEAR_RECORD, copies);
}

const struct source explainer_activations_source = {
    .source_id = 3,
    .name = "explainer-activations",
    .family = "explainer",
    .kind = "activations",
    .default_url = explainer_default_url,
    .known_models = explainer_models,
    .page_url = page_url,
    .open = open_batch,
    .read = read_page,
    .store = store_batch,
    .close = explainer_batch_close,
};
