/*
 * The command doctor: checks a deployment and says what to do about each fault. What is checked in the database is in
 * sql/query/doctor_server.sql and doctor_schema.sql; what only this side can see is here.
 */
#include "command.h"
#include "schema_version.h"
#include "../sql/client/db.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum verdict { VERDICT_FINE, VERDICT_FAULT, VERDICT_SKIPPED };

static int num_faults;

static void print(enum verdict verdict, const char *topic, const char *found, const char *advice)
{
    static const char *const words[] = {"ok", "FAULT", "skipped"};
    printf("%-8s %-12s %s\n", words[verdict], topic, found);
    if (verdict != VERDICT_FINE)
        printf("%22s> %s\n", "", advice);
    num_faults += verdict == VERDICT_FAULT;
}

static void print_rows(const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        enum verdict verdict = db_is_null(rows, row, 1)    ? VERDICT_SKIPPED
                               : db_get_bool(rows, row, 1) ? VERDICT_FINE
                                                           : VERDICT_FAULT;
        print(verdict, db_get_text(rows, row, 0), db_get_text(rows, row, 2), db_get_text(rows, row, 3));
    }
}

static int64_t clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* False when the server can not be asked. */
static bool check_server(struct db *db)
{
    PGresult *rows;
    enum db_status status = db_connect(db); /* takes long: before the clock is read */
    if (status == DB_OK)
        status = db_query(db, STATEMENT_DOCTOR_SERVER, 1, (struct db_param[]){db_int8(clock_us())}, &rows);
    if (status == DB_OK)
        print_rows(rows);
    else
        print(VERDICT_FAULT, "database", db_error(db),
              "is DATABASE_URL right, does the server run, is the password that of the role? (in compose: docker "
              "compose ps db; docker compose logs db)");
    db_finish(db);
    return status == DB_OK;
}

static void check_schema(struct db *db)
{
    PGresult *rows;
    enum db_status status = db_query(db, STATEMENT_DOCTOR_SCHEMA, 2,
                                     (struct db_param[]){db_text(SCHEMA_MIGRATIONS), db_text(SCHEMA_DIGEST)}, &rows);
    if (status == DB_OK)
        print_rows(rows);
    else
        print(VERDICT_FAULT, "schema", db_error(db),
              "run sql/migrate as the owner or a superuser (in compose: docker compose up migrate)");
    db_finish(db);
}

/* nginx's cache: a place that can be written to, with room. */
static void check_cache(const char *folder)
{
    struct statvfs space;
    char found[512];
    if (folder == NULL) {
        print(VERDICT_SKIPPED, "cache", "no folder is named", "--cache FOLDER, on nginx's machine and as its user");
        return;
    }
    if (statvfs(folder, &space) != 0 || access(folder, R_OK | W_OK | X_OK) != 0) {
        snprintf(found, sizeof found, "%s: %s", folder, strerror(errno));
        print(VERDICT_FAULT, "cache", found, "make the folder and give it to nginx's user");
        return;
    }
    double free_gb = (double)space.f_bavail * (double)space.f_frsize / 1e9;
    snprintf(found, sizeof found, "%s: %.1f GB free", folder, free_gb);
    print(free_gb >= 1 ? VERDICT_FINE : VERDICT_FAULT, "cache", found,
          "nginx cannot keep answers on a full disk: make room, or set CACHE_SIZE lower");
}

int command_doctor(const struct options *options)
{
    enum { TIMEOUT_MS = 15000 };
    struct db *db = db_new(options->db_url, "deepdecipher-ingest doctor", TIMEOUT_MS);
    num_faults = 0;
    print(VERDICT_FINE, "program", "deepdecipher-ingest " DEEPDECIPHER_VERSION, "");
    if (check_server(db))
        check_schema(db);
    check_cache(options->cache);
    db_free(db);
    if (num_faults > 0)
        printf("%d fault%s\n", num_faults, num_faults == 1 ? "" : "s");
    return num_faults > 0 ? 1 : 0;
}
