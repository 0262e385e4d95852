/*
 * The source json: a folder of anybody's documents, kept as the text they are, which the API serves under a name that
 * the user gives.
 */
#include "json_folder.h"
#include "json_read.h"
#include "json_strict.h"
#include "loader.h"
#include "source.h"
#include "../sql/client/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_MAX = 8 << 20 }; /* a job holds 32 of them, and a reply one of each service */

struct batch {
    struct loader *loader;
    const struct job *job;
    struct rows documents;
    struct rows ids; /* bigint[]: the keys read */
    size_t num_ids;
};

static char *page_url(const struct job *job, int32_t neuron)
{
    char *url = NULL;
    int length;
    if (job->layer == MODEL_LAYER)
        length = asprintf(&url, "%s/model.json", job->url);
    else if (neuron == INT32_MAX)
        length = asprintf(&url, "%s/%d.json", job->url, job->layer);
    else
        length = asprintf(&url, "%s/%d/%d.json", job->url, job->layer, neuron);
    if (length < 0)
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
    array_start(&batch->ids, ARRAY_INT8);
    return batch;
}

/* json_read has no value for this one. */
static bool is_null(const char *body, size_t length)
{
    static const char blank[] = " \t\r\n";
    while (length > 0 && memchr(blank, body[0], sizeof blank - 1) != NULL)
        body++, length--;
    while (length > 0 && memchr(blank, body[length - 1], sizeof blank - 1) != NULL)
        length--;
    return length == 4 && memcmp(body, "null", 4) == 0;
}

static bool read_document(void *opaque, int32_t neuron, const char *body, size_t length,
                          char reason[SOURCE_REASON_SIZE])
{
    struct batch *batch = opaque;
    _Static_assert((int)SOURCE_REASON_SIZE >= (int)JSON_REASON_SIZE, "a reason must fit");
    if (!json_strict_check(body, length, reason))
        return false;
    if (!is_null(body, length)) {
        json_object *root = json_read_with(body, length, JSON_WITH_HUGE, reason);
        if (root == NULL)
            return false;
        json_object_put(root);
    }
    int64_t key = neuron_key(batch->job->model_id, batch->job->layer, neuron);
    rows_start(&batch->documents, 3);
    rows_int8(&batch->documents, key);
    rows_int2(&batch->documents, batch->job->source_id);
    rows_bytes(&batch->documents, body, length);
    rows_int8(&batch->ids, key);
    batch->num_ids++;
    return true;
}

static enum db_status store_batch(void *opaque)
{
    struct batch *batch = opaque;
    struct db *db = loader_db(batch->loader);
    PGresult *done;
    if (batch->num_ids == 0)
        return DB_OK;
    enum db_status status =
        db_query(db, STATEMENT_CLEAR_DOCUMENT, 2,
                 (struct db_param[]){array_param(&batch->ids, batch->num_ids), db_int2(batch->job->source_id)}, &done);
    db_finish(db);
    return status == DB_OK ? db_copy(db, STATEMENT_COPY_DOCUMENT, &batch->documents) : status;
}

static void close_batch(void *opaque, bool was_committed)
{
    struct batch *batch = opaque;
    (void)was_committed;
    rows_free(&batch->documents);
    rows_free(&batch->ids);
    free(batch);
}

const struct source json_source = {
    .source_id = 8,
    .name = "json",
    .argument = "FOLDER",
    .has_services = true,
    .page_max = DOCUMENT_MAX,
    .neurons_in = json_folder_neurons,
    .check_folder = json_folder_check,
    .page_url = page_url,
    .open = open_batch,
    .read = read_document,
    .store = store_batch,
    .close = close_batch,
};
