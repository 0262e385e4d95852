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

static enum db_status begin(struct db *db, int16_t model_id, struct archive_tables *tables)
{
    PGresult *done;
    enum db_status status = archive_tables_load(db, model_id, tables);
    if (status == DB_OK)
        status = db_query(db, STATEMENT_BEGIN_SNAPSHOT, 0, NULL, &done);
    db_finish(db);
    return status;
}

static bool write_tables(struct db *db, const struct archive_tables *tables, struct archive_file *file)
{
    char error[COPY_OUT_ERROR_SIZE];
    for (size_t i = 0; i < tables->count && archive_file_fault(file)[0] == '\0'; i++) {
        archive_write_text(file, tables->list[i].name);
        if (db_copy_out(db, tables->list[i].copy_out, write_bytes, file, error))
            continue;
        fprintf(stderr, "deepdecipher-ingest: the database: %s\n", error);
        return false;
    }
    archive_write_text(file, "");
    return true;
}

/* True when all is in the file; what is wrong with the database is said. */
static bool write_all(struct db *db, int16_t model_id, struct archive_file *file)
{
    struct archive_tables tables;
    bool is_begun = begin(db, model_id, &tables) == DB_OK && write_model(db, model_id, file) == DB_OK;
    if (!is_begun)
        site_complain(db);
    bool is_written = is_begun && write_tables(db, &tables, file);
    archive_tables_clear(&tables);
    return is_written;
}

static int export_model(struct db *db, const struct stored_model *model, const char *path)
{
    char fault[ARCHIVE_FAULT_SIZE];
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
    int exit_status = site_need_stored(db, options->model, &model) ? export_model(db, &model, options->source) : 1;
    db_free(db);
    return exit_status;
}
