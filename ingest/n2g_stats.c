/*
 * The source n2g-stats: how well Neuron2Graph's graphs fit, one file for a model.
 */
#include "graph_stats.h"
#include "loader.h"
#include "source.h"
#include "../sql/client/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 256 << 20 };

struct batch {
    struct loader *loader;
    const struct job *job;
    struct graph_stats stats;
    struct rows rows;
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

static bool read_page(void *opaque, int32_t neuron, const char *body, size_t length, char reason[SOURCE_REASON_SIZE])
{
    struct batch *batch = opaque;
    _Static_assert((int)SOURCE_REASON_SIZE >= (int)JSON_SCAN_REASON_SIZE, "a reason must fit");
    (void)neuron;
    return graph_stats_read(&batch->stats, body, length, batch->job->num_layers, batch->job->layer_size, reason);
}

static void add_share(struct rows *rows, double value)
{
    if (isnan(value))
        rows_null(rows);
    else
        rows_float8(rows, value);
}

static void add_score(struct rows *rows, const struct graph_score *score)
{
    add_share(rows, score->precision);
    add_share(rows, score->recall);
    add_share(rows, score->f1_score);
    rows_int4(rows, score->count);
}

static enum db_status store_batch(void *opaque)
{
    struct batch *batch = opaque;
    struct db *db = loader_db(batch->loader);
    PGresult *done;
    if (batch->stats.count == 0)
        return DB_OK;
    for (size_t i = 0; i < batch->stats.count; i++) {
        const struct graph_fit *fit = &batch->stats.fits[i];
        rows_start(&batch->rows, 10);
        rows_int8(&batch->rows, neuron_key(batch->job->model_id, fit->layer, fit->neuron));
        add_share(&batch->rows, fit->accuracy);
        add_score(&batch->rows, &fit->firing);
        add_score(&batch->rows, &fit->non_firing);
    }
    enum db_status status =
        db_query(db, STATEMENT_CLEAR_GRAPH_FIT, 1, (struct db_param[]){db_int2(batch->job->model_id)}, &done);
    db_finish(db);
    return status == DB_OK ? db_copy(db, STATEMENT_COPY_GRAPH_FIT, &batch->rows) : status;
}

static void close_batch(void *opaque, bool was_committed)
{
    struct batch *batch = opaque;
    (void)was_committed;
    graph_stats_free(&batch->stats);
    rows_free(&batch->rows);
    free(batch);
}

const struct source n2g_stats_source = {
    .source_id = 10,
    .name = "n2g-stats",
    .argument = "FILE",
    .is_whole = true,
    .page_max = FILE_MAX,
    .page_url = page_url,
    .open = open_batch,
    .read = read_page,
    .store = store_batch,
    .close = close_batch,
};
