/*
 * The source neuron-store: which tokens matter to which neurons, one file of Neuron2Graph for a model. Once its postings are
 * stored, the database finds the similar neurons.
 */
#include "loader.h"
#include "neuron_store_file.h"
#include "source.h"
#include "../sql/client/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 256 << 20, PART_BYTES = 4 << 20 };

struct batch {
    struct loader *loader;
    const struct job *job;
    enum db_status trouble; /* what the database said while reading */
    struct neuron_store_file file;
    uint32_t *token_ids; /* [file.num_terms] */
};

static char *page_url(const struct job *job, int32_t neuron)
{
    char *url = strdup(job->url);
    (void)neuron;
    if (url == NULL)
        abort();
    return url;
}

static void *open_batch(struct loader *loader, const struct job *job)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        abort();
    batch->loader = loader;
    batch->job = job;
    return batch;
}

/* Gives every term's token its id. */
static enum db_status find_tokens(struct batch *batch)
{
    const struct neuron_store_file *file = &batch->file;
    struct page_token *tokens = calloc(file->num_terms, sizeof *tokens);
    batch->token_ids = calloc(file->num_terms, sizeof *batch->token_ids);
    if (tokens == NULL || batch->token_ids == NULL)
        abort();
    for (size_t i = 0; i < file->num_terms; i++) {
        tokens[i].bytes = file->tokens + file->terms[i].token_at;
        tokens[i].length = (uint32_t)file->terms[i].token_length;
    }
    enum db_status status = vocabulary_find(loader_vocabulary(batch->loader, batch->job->vocabulary_id), tokens,
                                            file->num_terms, batch->token_ids);
    free(tokens);
    return status;
}

static bool read_page(void *opaque, int32_t neuron, const char *body, size_t length, char reason[SOURCE_REASON_SIZE])
{
    struct batch *batch = opaque;
    const struct job *job = batch->job;
    _Static_assert((int)SOURCE_REASON_SIZE >= (int)JSON_SCAN_REASON_SIZE, "a reason must fit");
    (void)neuron;
    if ((int64_t)job->num_layers * job->layer_size > UINT32_MAX) {
        snprintf(reason, SOURCE_REASON_SIZE, "the model has more neurons than a store can be read for");
        return false;
    }
    if (!neuron_store_file_read(&batch->file, body, length, job->num_layers, job->layer_size, reason))
        return false;
    batch->trouble = find_tokens(batch);
    return true;
}

/* Copies all entries, a few megabytes at a time. */
static enum db_status copy_entries(struct batch *batch)
{
    static const char *const kinds[] = {[STORE_ACTIVATING] = "activating", [STORE_IMPORTANT] = "important"};
    const struct neuron_store_file *file = &batch->file;
    struct db *db = loader_db(batch->loader);
    struct rows rows = {0};
    enum db_status status = DB_OK;
    for (size_t i = 0; i < file->num_terms; i++) {
        const struct store_term *term = &file->terms[i];
        for (size_t j = 0; j < term->count && status == DB_OK; j++) {
            int32_t neuron = (int32_t)(file->neurons[term->first + j] % (uint32_t)batch->job->layer_size);
            int32_t layer = (int32_t)(file->neurons[term->first + j] / (uint32_t)batch->job->layer_size);
            rows_start(&rows, 3);
            rows_int8(&rows, neuron_key(batch->job->model_id, layer, neuron));
            rows_int4(&rows, (int32_t)batch->token_ids[i]);
            rows_text(&rows, kinds[term->kind]);
            if (rows.length < PART_BYTES)
                continue;
            status = db_copy(db, STATEMENT_COPY_STORE_ENTRY, &rows);
            rows_reset(&rows);
        }
    }
    if (status == DB_OK)
        status = db_copy(db, STATEMENT_COPY_STORE_ENTRY, &rows);
    rows_free(&rows);
    return status;
}

static enum db_status store_batch(void *opaque)
{
    struct batch *batch = opaque;
    struct db *db = loader_db(batch->loader);
    PGresult *done;
    if (batch->trouble != DB_OK || batch->file.num_terms == 0)
        return batch->trouble;
    enum db_status status = db_query(db, STATEMENT_MAKE_STORE_ENTRY, 0, NULL, &done);
    db_finish(db);
    if (status == DB_OK)
        status = copy_entries(batch);
    if (status == DB_OK)
        status =
            db_query(db, STATEMENT_FILL_NEURON_STORE, 1, (struct db_param[]){db_int2(batch->job->model_id)}, &done);
    db_finish(db);
    return status;
}

static void close_batch(void *opaque, bool was_committed)
{
    struct batch *batch = opaque;
    (void)was_committed;
    neuron_store_file_free(&batch->file);
    free(batch->token_ids);
    free(batch);
}

const struct source neuron_store_source = {
    .source_id = 7,
    .name = "neuron-store",
    .argument = "FILE",
    .is_whole = true,
    .page_max = FILE_MAX,
    .page_url = page_url,
    .open = open_batch,
    .read = read_page,
    .store = store_batch,
    .close = close_batch,
};
