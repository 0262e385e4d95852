#include "site.h"
#include "command.h"
#include "fetch.h"
#include "neuroscope_index.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const volatile int never_stop;

int site_complain(struct db *db)
{
    fprintf(stderr, "deepdecipher-ingest: the database: %s\n", db_error(db));
    return 1;
}

const char *site_url(const struct options *options, const struct source *source)
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
    struct fetcher *fetcher = fetcher_new(&(struct fetch_settings){.transfers = 1,
                                                                   .retries = options->retries,
                                                                   .timeout_s = options->timeout_s,
                                                                   .limiter = limiter_new(options->rate)});
    fetch_all(fetcher, 1, &url, read_index, site, &outcome, &never_stop);
    fetcher_free(fetcher);
    if (outcome.kind != FETCH_DONE)
        fprintf(stderr, "deepdecipher-ingest: no table of models at %s: %s\n", url, outcome.reason);
    free(url);
    return outcome.kind == FETCH_DONE;
}

bool site_is_same_name(const char *a, const char *b)
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
        if (site_is_same_name(site->models[i].name, name))
            return &site->models[i];
    fprintf(stderr, "deepdecipher-ingest: the site has no model '%s'. It has:", name);
    for (size_t i = 0; i < site->count; i++)
        fprintf(stderr, " %s", site->models[i].name);
    fputc('\n', stderr);
    return NULL;
}

static enum db_status register_model(struct db *db, const char *name, const char *activation_function,
                                     const char *dataset, int32_t num_layers, int32_t layer_size,
                                     int64_t num_parameters, int16_t *model_id)
{
    PGresult *rows;
    enum db_status status =
        db_query(db, STATEMENT_MODEL_REGISTER, 6,
                 (struct db_param[]){db_text(name), db_text(activation_function), db_text(dataset), db_int4(num_layers),
                                     db_int4(layer_size), db_int8(num_parameters)},
                 &rows);
    if (status == DB_OK)
        *model_id = db_get_int2(rows, 0, 0);
    db_finish(db);
    return status;
}

bool site_find_stored(struct db *db, const char *name, struct stored_model *model, enum db_status *status)
{
    PGresult *rows;
    *status = db_query(db, STATEMENT_MODEL, 1, (struct db_param[]){db_text(name)}, &rows);
    bool is_there = *status == DB_OK && PQntuples(rows) == 1;
    if (is_there) {
        model->model_id = db_get_int2(rows, 0, 0);
        snprintf(model->name, sizeof model->name, "%s", db_get_text(rows, 0, 1));
        model->num_layers = db_get_int4(rows, 0, 4);
        model->layer_size = db_get_int4(rows, 0, 5);
    }
    db_finish(db);
    return is_there;
}

const struct known_model *site_known_model(const struct source *source, const char *name)
{
    for (const struct known_model *known = source->known_models; known != NULL && known->name != NULL; known++)
        if (site_is_same_name(known->name, name))
            return known;
    return NULL;
}

/* A model that is stored already, or is made now: one the site is known to have, or with the shape that --shape gives. */
static int find_or_shape(const struct options *options, const struct source *source, struct db *db,
                         struct stored_model *model)
{
    const struct known_model *known = site_known_model(source, options->model);
    enum db_status status;
    if (site_find_stored(db, options->model, model, &status))
        return 0;
    if (status != DB_OK)
        return site_complain(db);
    if (known == NULL && options->num_layers == 0) {
        fprintf(stderr,
                "deepdecipher-ingest: no model '%s' is stored. Store it first (deepdecipher-ingest neuroscope %s), "
                "or say how big it is: --shape 48x6400 is 48 layers of 6400 neurons\n",
                options->model, options->model);
        return 1;
    }
    /* What is said on the command line counts for more than what is known. */
    const struct known_model shaped = {options->model,      "", "unknown", options->model, options->num_layers,
                                       options->layer_size, 0};
    if (options->num_layers != 0)
        known = &shaped;
    if (register_model(db, known->name, known->activation_function, known->dataset, known->num_layers,
                       known->layer_size, known->num_total_parameters, &model->model_id) != DB_OK)
        return site_complain(db);
    return site_find_stored(db, known->name, model, &status) ? 0 : site_complain(db);
}

/* A model that the site lists: registered with the site's numbers. */
static int find_on_site(const struct options *options, const struct source *source, struct db *db,
                        struct stored_model *model)
{
    struct site_index site = {0};
    const struct site_model *found = NULL;
    int status = 1;
    if (fetch_index(options, source, &site))
        found = find_model(&site, options->model);
    if (found != NULL &&
        register_model(db, found->name, found->activation_function, found->dataset, (int32_t)found->num_layers,
                       (int32_t)found->layer_size, (int64_t)found->num_total_parameters, &model->model_id) != DB_OK)
        status = site_complain(db);
    else if (found != NULL) {
        snprintf(model->name, sizeof model->name, "%s", found->name);
        model->num_layers = (int32_t)found->num_layers;
        model->layer_size = (int32_t)found->layer_size;
        status = 0;
    }
    site_index_clear(&site);
    return status;
}

int site_model_get(const struct options *options, const struct source *source, struct db *db,
                   struct stored_model *model)
{
    return source->has_index ? find_on_site(options, source, db, model) : find_or_shape(options, source, db, model);
}

int command_list(const struct options *options, const struct source *source)
{
    struct site_index site = {0};
    if (!fetch_index(options, source, &site))
        return 1;
    printf("%-16s %-5s %7s %9s %10s %14s  %s\n", "model", "act", "layers", "per layer", "neurons", "parameters",
           "dataset");
    for (size_t i = 0; i < site.count; i++) {
        const struct site_model *model = &site.models[i];
        printf("%-16s %-5s %7u %9u %10llu %14llu  %s\n", model->name, model->activation_function, model->num_layers,
               model->layer_size, (unsigned long long)model->num_total_neurons,
               (unsigned long long)model->num_total_parameters, model->dataset);
    }
    site_index_clear(&site);
    return 0;
}
