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
static enum db_status plan_ranges(struct db *db, int16_t model_id, int16_t source_id, const char *url,
                                  const char *layers, const char *neurons, const char *which)
{
    const struct source *source = source_by_id(source_id);
    int32_t size = source != NULL && source->is_layer ? INT32_MAX : BATCH;
    PGresult *rows;
    enum db_status status =
        db_query(db, STATEMENT_PLAN_JOBS, 7,
                 (struct db_param[]){db_int2(model_id), db_int2(source_id), db_text(url), db_text(layers),
                                     db_text(neurons), db_text(which), db_int4(size)},
                 &rows);
    db_finish(db);
    return status;
}

/* A folder is asked only for what it has. */
static enum db_status plan_layer(struct db *db, const struct options *options, const struct source *source,
                                 struct work_scope scope, int32_t layer, const char *url, const char *which)
{
    enum db_status status = DB_OK;
    char range[32];
    char *neurons = source->neurons_in(options->path, layer);
    snprintf(range, sizeof range, "{[%d,%d]}", layer, layer);
    if (neurons != NULL)
        status = plan_ranges(db, scope.model_id, scope.source_id, url, range, neurons, which);
    free(neurons);
    return status;
}

static enum db_status plan_folder(struct db *db, const struct options *options, const struct source *source,
                                  struct work_scope scope, int32_t num_layers, const char *url, const char *which)
{
    enum db_status status = DB_OK;
    for (int32_t layer = 0; layer < num_layers && status == DB_OK; layer++)
        status = plan_layer(db, options, source, scope, layer, url, which);
    if (status == DB_OK && source->has_services)
        status = plan_layer(db, options, source, scope, MODEL_LAYER, url, which);
    return status;
}

static enum db_status plan(struct db *db, const struct options *options, const struct source *source,
                           struct work_scope scope, int32_t num_layers, const char *url)
{
    const char *which = options->again ? "all" : "new";
    if (source->is_whole)
        return plan_ranges(db, scope.model_id, scope.source_id, url, "{[0,0]}", "{[0,0]}", which);
    if (source->neurons_in != NULL)
        return plan_folder(db, options, source, scope, num_layers, url, which);
    return plan_ranges(db, scope.model_id, scope.source_id, url, options->layers, options->neurons, which);
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

/* Brings what is searched of a model up to date with what was stored. */
static enum db_status fill_search(struct db *db, int16_t model_id)
{
    PGresult *done;
    enum db_status status = db_query(db, STATEMENT_SEARCH_FILL, 1, (struct db_param[]){db_int2(model_id)}, &done);
    db_finish(db);
    return status;
}

/* Works the scope's jobs to their end and says how it went. `service`: NULL, or the one that `source` is read as. */
static int work_scope(const struct options *options, struct db *db, struct work_scope scope, const char *model,
                      const char *source, const char *service)
{
    int64_t waiting, rejected;
    char label[256];
    if (count_left(db, scope, &waiting, &rejected) != DB_OK)
        return site_complain(db);
    snprintf(label, sizeof label, "%s %s", service != NULL ? service : source, model);
    if (waiting == 0)
        fprintf(stderr, "%s: nothing to do, all that was asked for is stored%s\n", label,
                rejected > 0 ? " or refused" : "");
    bool is_done = waiting == 0 || pool_run(options, scope, label, waiting);
    if (count_left(db, scope, &waiting, &rejected) != DB_OK ||
        (waiting == 0 && fill_search(db, scope.model_id) != DB_OK))
        return site_complain(db);
    if (waiting > 0)
        fprintf(stderr, "%lld neurons are still in the queue: run the same command again\n", (long long)waiting);
    if (rejected > 0)
        fprintf(stderr,
                "%lld %s were refused. Why: deepdecipher-ingest status %s. To ask again: "
                "deepdecipher-ingest retry %s %s%s%s\n",
                (long long)rejected, service != NULL ? "documents" : "neurons", model, model, source,
                service != NULL ? " --service " : "", service != NULL ? service : "");
    return is_done && waiting == 0 && rejected == 0 ? 0 : 1;
}

/* The address of a site's pages of a model, to be freed; NULL, after saying so, when it is not known. */
static char *site_base(const struct options *options, const struct source *source, const char *model)
{
    const struct known_model *known = site_known_model(source, model);
    char *url = NULL;
    if (options->site_url == NULL && source->known_models != NULL && known == NULL) {
        fprintf(stderr,
                "deepdecipher-ingest: where %s has %s is not known: give --url with the folder of that model's files\n",
                source->name, model);
        return NULL;
    }
    bool has_folder = options->site_url == NULL && known != NULL;
    if (asprintf(&url, "%s%s%s", site_url(options, source), has_folder ? "/" : "", has_folder ? known->folder : "") < 0)
        abort();
    return url;
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

/* The id that rows of the source have: its own, or its service's. */
static enum db_status find_source_id(struct db *db, const struct options *options, const struct source *source,
                                     int16_t *source_id)
{
    PGresult *rows;
    *source_id = source->source_id;
    if (!source->has_services)
        return DB_OK;
    enum db_status status =
        db_query(db, STATEMENT_DOCUMENT_SOURCE, 1, (struct db_param[]){db_text(options->service)}, &rows);
    if (status == DB_OK)
        *source_id = db_get_int2(rows, 0, 0);
    db_finish(db);
    return status;
}

/* Plans what a source gives and works it; `path` is the file or folder, NULL of a site. The exit status. */
static int collect_source(const struct options *options, const struct source *source, const char *path, struct db *db,
                          const struct stored_model *model)
{
    struct work_scope scope = {.model_id = model->model_id};
    int num_refused = 0;
    if (find_source_id(db, options, source, &scope.source_id) != DB_OK)
        return site_complain(db);
    if (source->check_folder != NULL)
        num_refused = source->check_folder(path, model->num_layers, model->layer_size);
    char *url = path != NULL ? path_url(path) : site_base(options, source, model->name);
    if (url == NULL)
        return 1;
    enum db_status planned = plan(db, options, source, scope, model->num_layers, url);
    free(url);
    if (planned != DB_OK)
        return site_complain(db);
    int status = work_scope(options, db, scope, model->name, source->name, options->service);
    return num_refused > 0 ? 1 : status;
}

/* A source, and those that belong to it: of the site, or a file that lies in the folder or beside it. The exit status. */
static int collect_all(const struct options *options, const struct source *source, struct db *db,
                       const struct stored_model *model)
{
    int status = collect_source(options, source, options->path, db, model);
    for (; source->companion != NULL; source = source->companion) {
        char *path = source->companion_path != NULL ? source->companion_path(options->path) : NULL;
        if (source->companion_path == NULL || path != NULL)
            status |= collect_source(options, source->companion, path, db, model);
        free(path);
    }
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
    if (status == 0)
        status = collect_all(options, source, db, &model);
    db_free(db);
    return status;
}

/* What a model's sources refused. */
struct refusal {
    const struct source *source;
    int16_t source_id;
    char *url, *name; /* of the service where the source has such */
};

static int retry_source(const struct options *options, struct db *db, int16_t model_id, const char *model,
                        const struct refusal *refusal)
{
    const char *url = options->site_url != NULL ? options->site_url : refusal->url;
    if (plan_ranges(db, model_id, refusal->source_id, url, options->layers, options->neurons, "refused") != DB_OK)
        return site_complain(db);
    return work_scope(options, db, (struct work_scope){model_id, refusal->source_id}, model, refusal->source->name,
                      refusal->source->has_services ? refusal->name : NULL);
}

/* True when the command line means this source. */
static bool is_meant(const struct options *options, const struct source *source, const char *name)
{
    return source != NULL && (options->source == NULL || strcmp(options->source, source->name) == 0) &&
           (options->service == NULL || strcmp(options->service, name) == 0);
}

int command_retry(const struct options *options)
{
    enum { MAX_SOURCES = 32 };
    struct db *db = db_new(options->db_url, "deepdecipher-ingest", 0);
    struct refusal refusals[MAX_SOURCES];
    struct stored_model model;
    int count = 0, status = 0;
    PGresult *rows;
    if (!site_need_stored(db, options->model, &model)) {
        db_free(db);
        return 1;
    }
    if (db_query(db, STATEMENT_REJECTED_URLS, 1, (struct db_param[]){db_int2(model.model_id)}, &rows) != DB_OK)
        status = site_complain(db);
    for (int row = 0; status == 0 && row < PQntuples(rows) && count < MAX_SOURCES; row++) {
        const struct source *source = source_by_id(db_get_int2(rows, row, 0));
        const char *name = db_get_text(rows, row, 3);
        if (is_meant(options, source, name))
            refusals[count++] =
                (struct refusal){source, db_get_int2(rows, row, 0), strdup(db_get_text(rows, row, 1)), strdup(name)};
    }
    db_finish(db);
    if (count == 0 && status == 0)
        fprintf(stderr, "%s: nothing was refused\n", model.name);
    for (int i = 0; i < count; i++) {
        status |= retry_source(options, db, model.model_id, model.name, &refusals[i]);
        free(refusals[i].url);
        free(refusals[i].name);
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

static int set_live(const struct options *options, const struct source *source, struct db *db,
                    const struct stored_model *model)
{
    char *url = options->off ? NULL : site_base(options, source, model->name);
    PGresult *done;
    int exit_status = 1;
    if (options->off || url != NULL) {
        if (db_query(db, STATEMENT_LIVE_SET, 3,
                     (struct db_param[]){db_int2(model->model_id), db_int2(source->source_id), db_text(url)},
                     &done) == DB_OK)
            exit_status = 0;
        else
            site_complain(db);
        db_finish(db);
    }
    if (exit_status == 0)
        printf("%s: neurons that %s has and this database lacks are %s\n", model->name, source->name,
               options->off ? "no longer fetched when asked for"
                            : "fetched when asked for, as long as `deepdecipher-ingest work` runs");
    free(url);
    return exit_status;
}

int command_live(const struct options *options)
{
    const struct source *source = source_find(options->source != NULL ? options->source : "neuroscope");
    struct db *db = db_new(options->db_url, "deepdecipher-ingest", 0);
    struct stored_model model;
    enum db_status status;
    int exit_status = 1;
    if (!options->off && !can_be_live(options, source)) {
        exit_status = 2;
    } else if (!site_find_stored(db, options->model, &model, &status)) {
        if (status != DB_OK)
            site_complain(db);
        else
            fprintf(stderr,
                    "deepdecipher-ingest: no model '%s' is stored; one neuron is enough: "
                    "deepdecipher-ingest neuroscope %s --layers 0 --neurons 0\n",
                    options->model, options->model);
    } else {
        exit_status = set_live(options, source, db, &model);
    }
    db_free(db);
    return exit_status;
}

int command_work(const struct options *options)
{
    return pool_serve(options) ? 0 : 1;
}
