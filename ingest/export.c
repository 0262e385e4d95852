/*
 * The command export: everything that is stored of a model as one file.
 */
#include "archive_file.h"
#include "archive_table.h"
#include "command.h"
#include "site.h"
#include "../sql/client/copy_out.h"

#include <stdio.h>

static void write_bytes(void *file, const char *bytes, size_t length)
{
    archive_write(file, bytes, length);
}

/* What archive_make needs of the model. */
static enum db_status write_model(struct db *db, int16_t model_id, struct archive_file *file)
{
    PGresult *rows;
    char number[24];
    enum db_status status = db_query(db, STATEMENT_ARCHIVE_MODEL, 1, (struct db_param[]){db_int2(model_id)}, &rows);
    for (int column = 0; status == DB_OK && column < 4; column++)
        archive_write_text(file, db_get_text(rows, 0, column));
    if (status == DB_OK) {
        const long long numbers[] = {db_get_int4(rows, 0, 4), db_get_int4(rows, 0, 5), db_get_int8(rows, 0, 6)};
        for (int i = 0; i < 3; i++) {
            snprintf(number, sizeof number, "%lld", numbers[i]);
            archive_write_text(file, number);
        }
    }
    db_finish(db);
    return status;
}

static enum db_status say_model(struct db *db, int16_t model_id)
{
    PGresult *done;
    enum db_status status = db_query(db, STATEMENT_ARCHIVE_BEGIN, 1, (struct db_param[]){db_int2(model_id)}, &done);
    db_finish(db);
    if (status == DB_OK)
        status = db_query(db, STATEMENT_BEGIN_SNAPSHOT, 0, NULL, &done);
    db_finish(db);
    return status;
}

/* True when all is in the file; what is wrong with the database is said. */
static bool write_all(struct db *db, int16_t model_id, struct archive_file *file)
{
    char error[COPY_OUT_ERROR_SIZE];
    if (say_model(db, model_id) != DB_OK || write_model(db, model_id, file) != DB_OK) {
        site_complain(db);
        return false;
    }
    for (size_t i = 0; i < num_archive_tables && archive_file_fault(file)[0] == '\0'; i++) {
        archive_write_text(file, archive_tables[i].name);
        if (db_copy_out(db, archive_tables[i].out, write_bytes, file, error))
            continue;
        fprintf(stderr, "deepdecipher-ingest: the database: %s\n", error);
        return false;
    }
    archive_write_text(file, "");
    return true;
}

/* An archive must hold everything: a model with data that it can not carry is refused. */
static bool can_carry(struct db *db, const struct stored_model *model)
{
    PGresult *rows;
    bool is_carried = false;
    if (db_query(db, STATEMENT_ARCHIVE_LEFT_OUT, 1, (struct db_param[]){db_int2(model->model_id)}, &rows) != DB_OK)
        site_complain(db);
    else if (!db_is_null(rows, 0, 0))
        fprintf(stderr,
                "deepdecipher-ingest: an archive does not carry the data of %s, which %s has; "
                "copy the database with pg_dump instead\n",
                db_get_text(rows, 0, 0), model->name);
    else
        is_carried = true;
    db_finish(db);
    return is_carried;
}

static int export_model(struct db *db, const struct stored_model *model, const char *path)
{
    char fault[ARCHIVE_FAULT_SIZE];
    if (!can_carry(db, model))
        return 1;
    struct archive_file *file = archive_file_create(path, fault);
    if (file != NULL && !write_all(db, model->model_id, file)) {
        archive_file_abandon(file);
        return 1;
    }
    if (file == NULL || !archive_file_finish(file, fault)) {
        fprintf(stderr, "deepdecipher-ingest: %s\n", fault);
        return 1;
    }
    printf("%s is now in %s\n", model->name, path);
    return 0;
}

int command_export(const struct options *options)
{
    struct db *db = db_new(options->db_url, "deepdecipher-ingest export", 0);
    struct stored_model model;
    enum db_status status;
    int exit_status = 1;
    if (site_find_stored(db, options->model, &model, &status))
        exit_status = export_model(db, &model, options->source);
    else if (status != DB_OK)
        site_complain(db);
    else
        fprintf(stderr,
                "deepdecipher-ingest: no model '%s' is stored; `deepdecipher-ingest status` lists those that are\n",
                options->model);
    db_free(db);
    return exit_status;
}
