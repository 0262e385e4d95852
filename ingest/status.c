/*
 * The command status: what is stored, missing and refused.
 */
#include "command.h"
#include "../sql/client/db.h"

#include <stdio.h>

static void print_coverage(const PGresult *rows)
{
    printf("%-20s %-16s %10s %10s %10s %10s %10s\n", "model", "source", "neurons", "stored", "refused", "in queue",
           "missing");
    for (int row = 0; row < PQntuples(rows); row++) {
        int64_t total = db_get_int8(rows, row, 2), stored = db_get_int8(rows, row, 3);
        int64_t rejected = db_get_int8(rows, row, 4), waiting = db_get_int8(rows, row, 5);
        /* A refused neuron that is asked for again is both refused and in the queue. */
        int64_t missing = total - stored - rejected - waiting;
        printf("%-20s %-16s %10lld %10lld %10lld %10lld %10lld\n", db_get_text(rows, row, 0), db_get_text(rows, row, 1),
               (long long)total, (long long)stored, (long long)rejected, (long long)waiting,
               (long long)(missing > 0 ? missing : 0));
    }
}

/* "l3n12", "l3" for a layer's document, "model" for the model's. */
static void name_neuron(char *text, size_t size, int32_t layer, int32_t neuron)
{
    if (neuron < INT32_MAX)
        snprintf(text, size, "l%dn%d", layer, neuron);
    else
        snprintf(text, size, layer == MODEL_LAYER ? "model" : "l%d", layer);
}

static void print_rejections(const PGresult *rows, const char *model)
{
    if (PQntuples(rows) == 0)
        return;
    printf("\n%10s  %-12s %-16s %s\n", "refused", "kind", "for example", "reason");
    for (int row = 0; row < PQntuples(rows); row++) {
        char neuron[32];
        name_neuron(neuron, sizeof neuron, db_get_int4(rows, row, 4), db_get_int4(rows, row, 5));
        printf("%10lld  %-12s %-16s %s\n", (long long)db_get_int8(rows, row, 3), db_get_text(rows, row, 1), neuron,
               db_get_text(rows, row, 2));
    }
    printf("\nTo ask again: deepdecipher-ingest retry %s\n", model);
}

int command_status(const struct options *options)
{
    struct db *db = db_new(options->db_url, "deepdecipher-ingest", 0);
    PGresult *coverage, *rejections = NULL;
    const struct db_param params[] = {db_text(options->model)};
    enum db_status status = db_send(db, STATEMENT_COVERAGE, 1, params);
    if (status == DB_OK && options->model != NULL)
        status = db_send(db, STATEMENT_REJECTIONS, 1, params);
    if (status == DB_OK)
        status = db_flush(db);
    if (status == DB_OK)
        status = db_receive(db, &coverage);
    if (status == DB_OK && options->model != NULL)
        status = db_receive(db, &rejections);
    if (status != DB_OK)
        fprintf(stderr, "deepdecipher-ingest: the database: %s\n", db_error(db));
    bool is_unknown = status == DB_OK && options->model != NULL && PQntuples(coverage) == 0;
    if (is_unknown)
        fprintf(stderr,
                "deepdecipher-ingest: no model '%s' is stored; `deepdecipher-ingest status` lists those that are\n",
                options->model);
    else if (status == DB_OK && PQntuples(coverage) == 0)
        fputs("Nothing is stored yet. For example: deepdecipher-ingest neuroscope solu-1l\n", stdout);
    else if (status == DB_OK)
        print_coverage(coverage);
    if (rejections != NULL && status == DB_OK)
        print_rejections(rejections, options->model);
    db_finish(db);
    db_free(db);
    return status == DB_OK && !is_unknown ? 0 : 1;
}
