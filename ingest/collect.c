/*
 * The commands that fetch: a model from a source, again what was refused, or whatever is in the queue.
 */
#include "command.h"
#include "fetch.h"
#include "neuroscope_index.h"
#include "pool.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 32 }; /* neurons in a job: what a kill can cost, and 1.5 MB of rows */

static const volatile int never_stop;

static const char *site_url(const struct options *options, const struct source *source)
{
    return options->site_url != NULL ? options->site_url : source->default_url;
}

static bool read_index(void *context, size_t index, const char *body, size_t length, char reason[FETCH_REASON_SIZE])
{
    struct site_index *site = context;
    (void)index;
    _Static_assert((int)FETCH_REASON_SIZE >= (int)INDEX_REASON_SIZE, "a reason must fit");
    site_index_clear(site);
    return site_index_read(site, body, length, reason);
}

/* The site's table of models; false when it can not be had, which is then said. */
static bool fetch_index(const struct options *options, const struct source *source, struct site_index *site)
{
    struct fetch_outcome outcome;
    char *url = NULL;
    if (asprintf(&url, "%s/index.html", site_url(options, source)) < 0)
        abort();
    struct fetcher *fetcher = fetcher_new(&(struct fetch_settings){
        .transfers = 1, .retries = options->retries, .timeout_s = options->timeout_s, .limiter = limiter_new(options->rate)});
    fetch_all(fetcher, 1, &url, read_index, site, &outcome, &never_stop);
    fetcher_free(fetcher);
    if (outcome.kind != FETCH_DONE)
        fprintf(stderr, "deepdecipher-ingest: no table of models at %s: %s\n", url, outcome.reason);
    free(url);
    return outcome.kind == FETCH_DONE;
}

/* Compares as the database's model_key() does: letters and digits only, in any case. */
static bool is_same_key(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a != '\0' && !isalnum((unsigned char)*a))
            a++;
        while (*b != '\0' && !isalnum((unsigned char)*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

static const struct site_model *find_model(const struct site_index *site, const char *name)
{
    for (size_t i = 0; i < site->count; i++)
        if (strcmp(site->models[i].name, name) == 0)
            return &site->models[i];
    for (size_t i = 0; i < site->count; i++)
        if (is_same_key(site->models[i].name, name))
            return &site->models[i];
    fprintf(stderr, "deepdecipher-ingest: the site has no model '%s'. It has:", name);
    for (size_t i = 0; i < site->count; i++)
        fprintf(stderr, " %s", site->models[i].name);
    fputc('\n', stderr);
    return NULL;
}

static bool check_range(const struct site_model *model, const char *option, long highest, uint32_t count)
{
    if (highest < (long)count)
        return true;
    fprintf(stderr, "deepdecipher-ingest: %s goes up to %ld, but %s has %u, numbered from 0\n", option, highest,
            model->name, count);
    return false;
}

static enum db_status register_model(struct db *db, const struct site_model *model, int16_t *model_id)
{
    PGresult *rows;
    enum db_status status = db_query(db, STATEMENT_MODEL_REGISTER, 6,
                                     (struct db_param[]){db_text(model->name), db_text(model->activation_function),
                                                         db_text(model->dataset), db_int4((int32_t)model->num_layers),
                                                         db_int4((int32_t)model->layer_size),
                                                         db_int8((int64_t)model->num_total_parameters)},
                                     &rows);
    if (status == DB_OK)
        *model_id = db_get_int2(rows, 0, 0);
    db_finish(db);
    return status;
}

static enum db_status plan(struct db *db, const struct options *options, int16_t model_id, int16_t source_id,
                           const char *url, bool again)
{
    PGresult *rows;
    enum db_status status = db_query(db, STATEMENT_PLAN_JOBS, 7,
                                     (struct db_param[]){db_int2(model_id), db_int2(source_id), db_text(url),
                                                         db_text(options->layers), db_text(options->neurons),
                                                         db_bool(again), db_int4(BATCH)},
                                     &rows);
    db_finish(db);
    return status;
}

static enum db_status count_left(struct db *db, struct work_scope scope, int64_t *waiting, int64_t *rejected)
{
    PGresult *rows;
    enum db_status status = db_query(db, STATEMENT_WAITING, 2,
                                     (struct db_param[]){db_int2(scope.model_id), db_int2(scope.source_id)}, &rows);
    if (status == DB_OK) {
        *waiting = db_get_int8(rows, 0, 0);
        *rejected = db_get_int8(rows, 0, 1);
    }
    db_finish(db);
    return status;
}

static int complain(struct db *db)
{
    fprintf(stderr, "deepdecipher-ingest: the database: %s\n", db_error(db));
    return 1;
}

/* Works the scope's jobs to their end and says how it went. */
static int work_scope(const struct options *options, struct db *db, struct work_scope scope, const char *model,
                      const char *source)
{
    int64_t waiting, rejected;
    char label[160];
    if (count_left(db, scope, &waiting, &rejected) != DB_OK)
        return complain(db);
    snprintf(label, sizeof label, "%s %s", source, model);
    if (waiting == 0)
        fprintf(stderr, "%s: nothing to do, all that was asked for is stored%s\n", label, rejected > 0 ? " or refused" : "");
    bool is_done = waiting == 0 || pool_run(options, scope, label, waiting);
    if (count_left(db, scope, &waiting, &rejected) != DB_OK)
        return complain(db);
    if (waiting > 0)
        fprintf(stderr, "%lld neurons are still in the queue: run the same command again\n", (long long)waiting);
    if (rejected > 0)
        fprintf(stderr, "%lld neurons were refused. Why: deepdecipher-ingest status %s. To ask again: "
                        "deepdecipher-ingest retry %s %s\n", (long long)rejected, model, model, source);
    return is_done && waiting == 0 && rejected == 0 ? 0 : 1;
}

int command_collect(const struct options *options, const struct source *source)
{
    struct site_index site = {0};
    const struct site_model *model = NULL;
    int16_t model_id;
    int status = 1;
    if (fetch_index(options, source, &site))
        model = find_model(&site, options->model);
    if (model != NULL && (!check_range(model, "--layers", options->highest_layer, model->num_layers) ||
                          !check_range(model, "--neurons", options->highest_neuron, model->layer_size))) {
        model = NULL;
        status = 2;
    }
    struct db *db = db_new(options->db_url, "deepdecipher-ingest", 0);
    if (model != NULL) {
        if (register_model(db, model, &model_id) != DB_OK ||
            plan(db, options, model_id, source->source_id, site_url(options, source), false) != DB_OK)
            status = complain(db);
        else
            status = work_scope(options, db, (struct work_scope){model_id, source->source_id}, model->name, source->name);
    }
    db_free(db);
    site_index_clear(&site);
    return status;
}

int command_list(const struct options *options, const struct source *source)
{
    struct site_index site = {0};
    if (!fetch_index(options, source, &site))
        return 1;
    printf("%-16s %-5s %7s %9s %10s %14s  %s\n", "model", "act", "layers", "per layer", "neurons", "parameters", "dataset");
    for (size_t i = 0; i < site.count; i++) {
        const struct site_model *model = &site.models[i];
        printf("%-16s %-5s %7u %9u %10llu %14llu  %s\n", model->name, model->activation_function, model->num_layers,
               model->layer_size, (unsigned long long)model->num_total_neurons,
               (unsigned long long)model->num_total_parameters, model->dataset);
    }
    site_index_clear(&site);
    return 0;
}

/* Key and name of the stored model that the command line names; 0 when there is none, which is then said. */
static int16_t stored_model(struct db *db, const struct options *options, char name[128])
{
    PGresult *rows;
    int16_t model_id = 0;
    if (db_query(db, STATEMENT_MODEL, 1, (struct db_param[]){db_text(options->model)}, &rows) != DB_OK) {
        complain(db);
    } else if (PQntuples(rows) == 0) {
        fprintf(stderr, "deepdecipher-ingest: no model '%s' is stored; `deepdecipher-ingest status` lists those that are\n",
                options->model);
    } else {
        model_id = db_get_int2(rows, 0, 0);
        snprintf(name, 128, "%s", db_get_text(rows, 0, 1));
    }
    db_finish(db);
    return model_id;
}

/* What a model's sources refused. */
struct refusal {
    const struct source *source;
    char *url;
};

static int retry_source(const struct options *options, struct db *db, int16_t model_id, const char *model,
                        const struct refusal *refusal)
{
    const char *url = options->site_url != NULL ? options->site_url : refusal->url;
    if (plan(db, options, model_id, refusal->source->source_id, url, true) != DB_OK)
        return complain(db);
    return work_scope(options, db, (struct work_scope){model_id, refusal->source->source_id}, model, refusal->source->name);
}

int command_retry(const struct options *options)
{
    enum { MAX_SOURCES = 32 };
    struct db *db = db_new(options->db_url, "deepdecipher-ingest", 0);
    struct refusal refusals[MAX_SOURCES];
    int count = 0, status = 0;
    char model[128];
    PGresult *rows;
    int16_t model_id = stored_model(db, options, model);
    if (model_id == 0) {
        db_free(db);
        return 1;
    }
    if (db_query(db, STATEMENT_REJECTED_URLS, 1, (struct db_param[]){db_int2(model_id)}, &rows) != DB_OK)
        status = complain(db);
    for (int row = 0; status == 0 && row < PQntuples(rows) && count < MAX_SOURCES; row++) {
        const struct source *source = source_by_id(db_get_int2(rows, row, 0));
        if (source != NULL && (options->source == NULL || strcmp(options->source, source->name) == 0))
            refusals[count++] = (struct refusal){source, strdup(db_get_text(rows, row, 1))};
    }
    db_finish(db);
    if (count == 0 && status == 0)
        fprintf(stderr, "%s: nothing was refused\n", model);
    for (int i = 0; i < count; i++) {
        status |= retry_source(options, db, model_id, model, &refusals[i]);
        free(refusals[i].url);
    }
    db_free(db);
    return status;
}

int command_work(const struct options *options)
{
    return pool_serve(options) ? 0 : 1;
}
