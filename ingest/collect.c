/*
 * The commands that fetch: a model from a source, again what was refused, or whatever is in the queue.
 */
#include "command.h"
#include "pool.h"
#include "site.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 32 }; /* neurons in a job: what a kill can cost, and 1.5 MB of rows */

static bool check_range(const struct stored_model *model, const char *option, long highest, int32_t count)
{
    if (highest < count)
        return true;
    fprintf(stderr, "deepdecipher-ingest: %s goes up to %ld, but %s has %d, numbered from 0\n", option, highest,
            model->name, count);
    return false;
}

/* Queues neurons; `which` is new, refused or all, as plan_jobs() has it. */
static enum db_status plan_ranges(struct db *db, int16_t model_id, int16_t source_id, const char *url, const char *layers,
                                  const char *neurons, const char *which)
{
    PGresult *rows;
    enum db_status status = db_query(db, STATEMENT_PLAN_JOBS, 7,
                                     (struct db_param[]){db_int2(model_id), db_int2(source_id), db_text(url),
                                                         db_text(layers), db_text(neurons), db_text(which),
                                                         db_int4(BATCH)},
                                     &rows);
    db_finish(db);
    return status;
}

/* A folder is asked only for what it has. */
static enum db_status plan_folder(struct db *db, const struct options *options, const struct source *source,
                                  int16_t model_id, int32_t num_layers, const char *url, const char *which)
{
    enum db_status status = DB_OK;
    for (int32_t layer = 0; layer < num_layers && status == DB_OK; layer++) {
        char range[32];
        char *neurons = source->neurons_in(options->path, layer);
        snprintf(range, sizeof range, "{[%d,%d]}", layer, layer);
        if (neurons != NULL)
            status = plan_ranges(db, model_id, source->source_id, url, range, neurons, which);
        free(neurons);
    }
    return status;
}

static enum db_status plan(struct db *db, const struct options *options, const struct source *source, int16_t model_id,
                           int32_t num_layers, const char *url)
{
    const char *which = options->again ? "all" : "new";
    if (source->is_whole)
        return plan_ranges(db, model_id, source->source_id, url, "{[0,0]}", "{[0,0]}", which);
    if (source->neurons_in != NULL)
        return plan_folder(db, options, source, model_id, num_layers, url, which);
    return plan_ranges(db, model_id, source->source_id, url, options->layers, options->neurons, which);
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

/* Works the scope's jobs to their end and says how it went. */
static int work_scope(const struct options *options, struct db *db, struct work_scope scope, const char *model,
                      const char *source)
{
    int64_t waiting, rejected;
    char label[160];
    if (count_left(db, scope, &waiting, &rejected) != DB_OK)
        return site_complain(db);
    snprintf(label, sizeof label, "%s %s", source, model);
    if (waiting == 0)
        fprintf(stderr, "%s: nothing to do, all that was asked for is stored%s\n", label, rejected > 0 ? " or refused" : "");
    bool is_done = waiting == 0 || pool_run(options, scope, label, waiting);
    if (count_left(db, scope, &waiting, &rejected) != DB_OK)
        return site_complain(db);
    if (waiting > 0)
        fprintf(stderr, "%lld neurons are still in the queue: run the same command again\n", (long long)waiting);
    if (rejected > 0)
        fprintf(stderr, "%lld neurons were refused. Why: deepdecipher-ingest status %s. To ask again: "
                        "deepdecipher-ingest retry %s %s\n", (long long)rejected, model, model, source);
    return is_done && waiting == 0 && rejected == 0 ? 0 : 1;
}

/* A path as file://, to be freed. */
static char *path_url(const char *path)
{
    char *url = malloc(3 * strlen(path) + sizeof "file://"), *at = url;
    if (url == NULL)
        abort();
    at += sprintf(at, "file://");
    for (const unsigned char *c = (const unsigned char *)path; *c != '\0'; c++)
        at += isalnum(*c) || strchr("/._-", *c) != NULL ? sprintf(at, "%c", *c) : sprintf(at, "%%%02X", *c);
    return url;
}

/* The address of a source's pages, to be freed: the site, or the file or folder as file://. */
static char *page_base(const struct options *options, const struct source *source)
{
    char *url = options->path != NULL ? path_url(options->path) : strdup(site_url(options, source));
    if (url == NULL)
        abort();
    return url;
}

/* Plans what a source gives at `url` and works it; the exit status. */
static int collect(const struct options *options, const struct source *source, struct db *db, const struct stored_model *model,
                   const char *url)
{
    if (plan(db, options, source, model->model_id, model->num_layers, url) != DB_OK)
        return site_complain(db);
    return work_scope(options, db, (struct work_scope){model->model_id, source->source_id}, model->name, source->name);
}

/* Reads what lies beside a folder and belongs to it; the exit status. */
static int collect_companion(const struct options *options, const struct source *source, struct db *db,
                             const struct stored_model *model)
{
    if (source->companion == NULL || source->companion_path == NULL)
        return 0;
    char *path = source->companion_path(options->path);
    if (path == NULL)
        return 0;
    char *url = path_url(path);
    int status = collect(options, source->companion, db, model, url);
    free(url);
    free(path);
    return status;
}

int command_collect(const struct options *options, const struct source *source)
{
    struct db *db = db_new(options->db_url, "deepdecipher-ingest", 0);
    struct stored_model model;
    int status = site_model_get(options, source, db, &model);
    if (status == 0 && (!check_range(&model, "--layers", options->highest_layer, model.num_layers) ||
                        !check_range(&model, "--neurons", options->highest_neuron, model.layer_size)))
        status = 2;
    if (status == 0) {
        char *url = page_base(options, source);
        if (source->check_folder != NULL && source->check_folder(options->path, model.num_layers, model.layer_size) > 0)
            status = 1;
        status |= collect(options, source, db, &model, url);
        status |= collect_companion(options, source, db, &model);
        free(url);
    }
    db_free(db);
    return status;
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
    if (plan_ranges(db, model_id, refusal->source->source_id, url, options->layers, options->neurons, "refused") != DB_OK)
        return site_complain(db);
    return work_scope(options, db, (struct work_scope){model_id, refusal->source->source_id}, model, refusal->source->name);
}

int command_retry(const struct options *options)
{
    enum { MAX_SOURCES = 32 };
    struct db *db = db_new(options->db_url, "deepdecipher-ingest", 0);
    struct refusal refusals[MAX_SOURCES];
    struct stored_model model;
    enum db_status found;
    int count = 0, status = 0;
    PGresult *rows;
    if (!site_find_stored(db, options->model, &model, &found)) {
        if (found == DB_OK)
            fprintf(stderr, "deepdecipher-ingest: no model '%s' is stored; `deepdecipher-ingest status` lists those that are\n",
                    options->model);
        else
            site_complain(db);
        db_free(db);
        return 1;
    }
    if (db_query(db, STATEMENT_REJECTED_URLS, 1, (struct db_param[]){db_int2(model.model_id)}, &rows) != DB_OK)
        status = site_complain(db);
    for (int row = 0; status == 0 && row < PQntuples(rows) && count < MAX_SOURCES; row++) {
        const struct source *source = source_by_id(db_get_int2(rows, row, 0));
        if (source != NULL && (options->source == NULL || strcmp(options->source, source->name) == 0))
            refusals[count++] = (struct refusal){source, strdup(db_get_text(rows, row, 1))};
    }
    db_finish(db);
    if (count == 0 && status == 0)
        fprintf(stderr, "%s: nothing was refused\n", model.name);
    for (int i = 0; i < count; i++) {
        status |= retry_source(options, db, model.model_id, model.name, &refusals[i]);
        free(refusals[i].url);
    }
    db_free(db);
    return status;
}

/* The site of a source to read live, checked; false when there is none, which is then said. */
static bool can_be_live(const struct options *options, const struct source *source)
{
    if (source->argument == NULL && !source->is_whole && (options->site_url != NULL || source->default_url != NULL))
        return true;
    fprintf(stderr, "deepdecipher-ingest: %s is not read from a site%s\n", source->name,
            source->argument == NULL ? "; give its address with --url" : "");
    return false;
}

int command_live(const struct options *options)
{
    const struct source *source = source_find(options->source != NULL ? options->source : "neuroscope");
    struct db *db = db_new(options->db_url, "deepdecipher-ingest", 0);
    struct stored_model model;
    enum db_status status;
    PGresult *done;
    int exit_status = 1;
    if (!options->off && !can_be_live(options, source)) {
        exit_status = 2;
    } else if (!site_find_stored(db, options->model, &model, &status)) {
        if (status != DB_OK)
            site_complain(db);
        else
            fprintf(stderr, "deepdecipher-ingest: no model '%s' is stored; one neuron is enough: "
                            "deepdecipher-ingest neuroscope %s --layers 0 --neurons 0\n", options->model, options->model);
    } else if (db_query(db, STATEMENT_LIVE_SET, 3,
                        (struct db_param[]){db_int2(model.model_id), db_int2(source->source_id),
                                            db_text(options->off ? NULL : site_url(options, source))},
                        &done) != DB_OK) {
        site_complain(db);
    } else {
        printf("%s: neurons that %s has and this database lacks are %s\n", model.name, source->name,
               options->off ? "no longer fetched when asked for" : "fetched when asked for, as long as `deepdecipher-ingest work` runs");
        exit_status = 0;
    }
    db_finish(db);
    db_free(db);
    return exit_status;
}

int command_work(const struct options *options)
{
    return pool_serve(options) ? 0 : 1;
}
