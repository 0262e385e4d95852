#include "loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KNOWN_TEXTS = 1 << 20 }; /* cells of eight bytes */

struct dataset {
    struct dataset *next;
    int32_t dataset_id;
    char name[];
};

struct loader {
    struct db *db, *catalogue;
    struct vocabulary *vocabulary; /* of the last job: jobs of one model follow each other */
    int32_t vocabulary_id;
    struct dataset *datasets;
    int64_t *known_texts; /* [KNOWN_TEXTS], each text in the one cell its id leads to */
    char *counted_site;   /* model and address whose texts_per_page it is; NULL: none yet */
    size_t texts_per_page;
    struct neuroscope_page *page;
};

struct loader *loader_new(const char *url)
{
    struct loader *loader = calloc(1, sizeof *loader);
    if (loader == NULL || (loader->known_texts = calloc(KNOWN_TEXTS, sizeof *loader->known_texts)) == NULL)
        abort();
    loader->db = db_new(url, "deepdecipher-ingest", 0);
    loader->catalogue = db_new(url, "deepdecipher-ingest catalogue", 0);
    loader->page = neuroscope_page_new();
    return loader;
}

void loader_free(struct loader *loader)
{
    if (loader == NULL)
        return;
    while (loader->datasets != NULL) {
        struct dataset *next = loader->datasets->next;
        free(loader->datasets);
        loader->datasets = next;
    }
    vocabulary_free(loader->vocabulary);
    neuroscope_page_free(loader->page);
    db_free(loader->db);
    db_free(loader->catalogue);
    free(loader->counted_site);
    free(loader->known_texts);
    free(loader);
}

struct db *loader_db(struct loader *loader)
{
    return loader->db;
}

struct db *loader_catalogue(struct loader *loader)
{
    return loader->catalogue;
}

struct vocabulary *loader_vocabulary(struct loader *loader, int32_t vocabulary_id)
{
    if (loader->vocabulary == NULL || loader->vocabulary_id != vocabulary_id) {
        vocabulary_free(loader->vocabulary);
        loader->vocabulary = vocabulary_new(loader->catalogue, vocabulary_id);
        loader->vocabulary_id = vocabulary_id;
    }
    return loader->vocabulary;
}

enum db_status loader_dataset(struct loader *loader, const char *name, int32_t *dataset_id)
{
    for (const struct dataset *known = loader->datasets; known != NULL; known = known->next) {
        if (strcmp(known->name, name) == 0) {
            *dataset_id = known->dataset_id;
            return DB_OK;
        }
    }
    PGresult *rows;
    enum db_status status =
        db_query(loader->catalogue, STATEMENT_DATASET_ID, 1, (struct db_param[]){db_text(name)}, &rows);
    if (status == DB_OK) {
        struct dataset *known = malloc(sizeof *known + strlen(name) + 1);
        if (known == NULL)
            abort();
        memcpy(known->name, name, strlen(name) + 1);
        known->dataset_id = *dataset_id = db_get_int4(rows, 0, 0);
        known->next = loader->datasets;
        loader->datasets = known;
    }
    db_finish(loader->catalogue);
    return status;
}

bool loader_knows_text(const struct loader *loader, int64_t text_id)
{
    return text_id != 0 && loader->known_texts[(uint64_t)text_id % KNOWN_TEXTS] == text_id;
}

void loader_know_text(struct loader *loader, int64_t text_id)
{
    loader->known_texts[(uint64_t)text_id % KNOWN_TEXTS] = text_id;
}

void loader_forget_text(struct loader *loader, int64_t text_id)
{
    if (loader_knows_text(loader, text_id))
        loader->known_texts[(uint64_t)text_id % KNOWN_TEXTS] = 0;
}

/* What is stored of the job's model from its address. */
static enum db_status count_stored_texts(struct loader *loader, const struct job *job)
{
    PGresult *rows;
    enum db_status status = db_query(loader->catalogue, STATEMENT_TEXTS_PER_NEURON, 2,
                                     (struct db_param[]){db_int2(job->model_id), db_text(job->url)}, &rows);
    if (status == DB_OK)
        loader->texts_per_page = (size_t)db_get_int2(rows, 0, 0);
    db_finish(loader->catalogue);
    return status;
}

enum db_status loader_texts_per_page(struct loader *loader, const struct job *job, size_t *count)
{
    enum db_status status = DB_OK;
    char *site = NULL;
    if (asprintf(&site, "%d %s", job->model_id, job->url) < 0)
        abort();
    if (loader->counted_site == NULL || strcmp(loader->counted_site, site) != 0)
        status = count_stored_texts(loader, job);
    free(loader->counted_site);
    loader->counted_site = status == DB_OK ? site : NULL;
    if (status != DB_OK)
        free(site);
    if (*count > loader->texts_per_page)
        loader->texts_per_page = *count;
    *count = loader->texts_per_page;
    return status;
}

struct neuroscope_page *loader_page(struct loader *loader)
{
    return loader->page;
}
