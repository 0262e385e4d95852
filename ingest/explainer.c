#include "explainer.h"
#include "../sql/client/packing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char explainer_default_url[] = "https://openaipublic.blob.core.windows.net/neuron-explainer";

const struct known_model explainer_models[] = {
    {"gpt2-xl", "data", "gelu", "Open Web Text", 48, 6400, 1474560000},
    {"gpt2-small", "gpt2_small_data", "gelu", "Open Web Text", 12, 3072, 84934656},
    {0},
};

void *explainer_batch_new(size_t size, struct loader *loader, const struct job *job)
{
    struct explainer_batch *batch = calloc(1, size);
    if (batch == NULL)
        abort();
    batch->loader = loader;
    batch->job = job;
    array_start(&batch->ids, ARRAY_INT8);
    text_batch_open(&batch->texts, loader, job);
    return batch;
}

void explainer_batch_close(void *opaque, bool was_committed)
{
    struct explainer_batch *batch = opaque;
    text_batch_close(&batch->texts, was_committed);
    rows_free(&batch->ids);
    for (size_t i = 0; i < EXPLAINER_TABLES; i++)
        rows_free(&batch->tables[i]);
    free(batch->token_ids);
    free(batch);
}

int64_t explainer_batch_neuron(struct explainer_batch *batch, int32_t neuron)
{
    int64_t neuron_id = neuron_key(batch->job->model_id, batch->job->layer, neuron);
    rows_int8(&batch->ids, neuron_id);
    batch->num_neurons++;
    return neuron_id;
}

void explainer_rows_tokens(struct explainer_batch *batch, struct rows *rows, const struct page_token *tokens,
                           size_t count)
{
    if (count > batch->token_ids_capacity) {
        batch->token_ids_capacity = 2 * count;
        batch->token_ids = realloc(batch->token_ids, batch->token_ids_capacity * sizeof *batch->token_ids);
        if (batch->token_ids == NULL)
            abort();
    }
    struct vocabulary *vocabulary = loader_vocabulary(batch->loader, batch->job->vocabulary_id);
    uint8_t *place = rows_reserve(rows, pack_tokens_bound(count));
    if (batch->trouble == DB_OK)
        batch->trouble = vocabulary_find(vocabulary, tokens, count, batch->token_ids);
    /* After trouble nothing is stored: the column need only be there. */
    rows_commit(rows, batch->trouble == DB_OK ? pack_tokens(batch->token_ids, count, place) : 0);
}

void explainer_rows_numbers(struct rows *rows, const double *numbers, size_t count)
{
    uint8_t *place = rows_reserve(rows, pack_activations_bound(count));
    rows_commit(rows, pack_activations(numbers, count, place));
}

enum db_status explainer_batch_store(struct explainer_batch *batch, enum statement clear,
                                     const enum statement copies[EXPLAINER_TABLES])
{
    struct db *db = loader_db(batch->loader);
    enum db_status status = batch->trouble;
    PGresult *done;
    int num_sent = 0;
    if (status != DB_OK || batch->num_neurons == 0)
        return status;
    num_sent++;
    status = db_send(db, clear, 2,
                     (struct db_param[]){array_param(&batch->ids, batch->num_neurons), db_int2(batch->job->source_id)});
    if (status == DB_OK)
        status = text_batch_send(&batch->texts, db, &num_sent);
    if (status == DB_OK)
        status = db_flush(db);
    for (; status == DB_OK && num_sent > 0; num_sent--)
        status = db_receive(db, &done);
    db_finish(db);
    for (size_t i = 0; status == DB_OK && i < EXPLAINER_TABLES && copies[i] != STATEMENT_COUNT; i++)
        status = db_copy(db, copies[i], &batch->tables[i]);
    return status;
}

char *explainer_page_url(const struct job *job, const char *folder, int32_t neuron, const char *suffix)
{
    char *url = NULL;
    if (asprintf(&url, "%s/%s/%" PRId32 "/%" PRId32 ".%s", job->url, folder, job->layer, neuron, suffix) < 0)
        abort();
    return url;
}
