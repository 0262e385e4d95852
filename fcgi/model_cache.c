/* Rows of STATEMENT_MODEL, kept by a worker; see model_cache.h. */
#include "model_cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "worker.h"

enum { MAX_NAMES = 32, NAME_BYTES = 64 };

struct entry {
    char name[NAME_BYTES]; /* as addresses spell it: aliases have their own; "" is a free place */
    PGresult *rows;
};

struct model_cache {
    struct entry entries[MAX_NAMES];
    unsigned next; /* the place that the next new name takes */
};

struct model_cache *model_cache_new(void)
{
    struct model_cache *cache = calloc(1, sizeof *cache);
    assert(cache != NULL);
    return cache;
}

static void entry_clear(struct entry *entry)
{
    PQclear(entry->rows);
    *entry = (struct entry){0};
}

void model_cache_free(struct model_cache *cache)
{
    for (int i = 0; cache != NULL && i < MAX_NAMES; i++)
        entry_clear(&cache->entries[i]);
    free(cache);
}

static struct entry *find(struct model_cache *cache, const char *name)
{
    for (int i = 0; i < MAX_NAMES; i++)
        if (cache->entries[i].rows != NULL && strcmp(cache->entries[i].name, name) == 0)
            return &cache->entries[i];
    return NULL;
}

static void keep(struct model_cache *cache, const char *name, const PGresult *rows)
{
    size_t length = strlen(name);
    if (length >= NAME_BYTES)
        return;
    struct entry *entry = &cache->entries[cache->next++ % MAX_NAMES];
    entry_clear(entry);
    entry->rows = PQcopyResult(rows, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
    memcpy(entry->name, name, length);
}

enum db_status model_cache_send(struct exchange *x, const char *name)
{
    bool is_kept = find(worker_models(x->state), name) != NULL;
    return db_send(x->db, is_kept ? STATEMENT_MODEL_VERSION : STATEMENT_MODEL, 1, (struct db_param[]){db_text(name)});
}

static bool is_current(const struct model *model, const PGresult *version)
{
    return PQntuples(version) == 1 && db_get_int2(version, 0, 0) == model->model_id &&
           db_get_int8(version, 0, 1) == model->revision && db_get_int8(version, 0, 2) == model->changed_us;
}

enum model_outcome model_cache_receive(struct exchange *x, const char *name, struct model *model)
{
    struct model_cache *cache = worker_models(x->state);
    struct entry *entry = find(cache, name);
    PGresult *rows;
    if (!exchange_db_ok(x, db_receive(x->db, &rows)))
        return MODEL_ANSWERED;
    if (entry != NULL) {
        model_read(model, entry->rows, 0);
        if (is_current(model, rows))
            return MODEL_FOUND;
        entry_clear(entry);
        return MODEL_CHANGED;
    }
    if (PQntuples(rows) == 0)
        return MODEL_ABSENT;
    model_read(model, rows, 0);
    keep(cache, name, rows);
    return MODEL_FOUND;
}
