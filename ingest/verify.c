/*
 * The command verify: what is stored of a model, checked against itself.
 */
#include "command.h"
#include "must.h"
#include "site.h"
#include "verification.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEURONS_AT_ONCE = 64 };

/* Columns of STATEMENT_VERIFY_EXAMPLES. */
enum {
    COLUMN_NEURON_ID,
    COLUMN_RANK,
    COLUMN_TEXT_ID,
    COLUMN_MAX_POSITION,
    COLUMN_MAX_TOKEN_ID,
    COLUMN_MAX_ACTIVATION,
    COLUMN_MIN_ACTIVATION,
    COLUMN_ACTIVATIONS_AT,
    COLUMN_NUM_TOKENS,
    COLUMN_TOKENS,
    COLUMN_VOCABULARY_ID,
    COLUMN_ACTIVATIONS
};

uint32_t *verification_ids(struct verification *v, size_t count)
{
    if (count > v->ids_capacity) {
        v->ids_capacity = count;
        v->ids = must(realloc(v->ids, v->ids_capacity * sizeof *v->ids));
    }
    return v->ids;
}

enum db_status verification_walk(struct verification *v, enum statement statement, int64_t start, int64_t at_once,
                                 verification_look *look)
{
    enum db_status status;
    int64_t last = start;
    int count;
    do {
        PGresult *rows;
        status = db_query(v->db, statement, 3,
                          (struct db_param[]){db_int2(v->model_id), db_int8(last), db_int8(at_once)}, &rows);
        count = status == DB_OK ? PQntuples(rows) : 0;
        if (count > 0) {
            look(v, rows);
            last = db_get_int8(rows, count - 1, 0);
        }
        db_finish(v->db);
    } while (count > 0);
    return status;
}

/* False with DB_OK in `status` when there is no such model. */
static bool find_model(struct verification *v, const char *name, enum db_status *status)
{
    PGresult *rows;
    *status = db_query(v->db, STATEMENT_VERIFY_MODEL, 1, (struct db_param[]){db_text(name)}, &rows);
    bool is_there = *status == DB_OK && PQntuples(rows) == 1;
    if (is_there) {
        v->model_id = db_get_int2(rows, 0, 0);
        v->name = must(strdup(db_get_text(rows, 0, 1)));
        v->vocabulary_id = db_get_int4(rows, 0, 2);
        v->findings.model = v->name;
    }
    db_finish(v->db);
    return is_there;
}

static enum db_status read_sites(struct verification *v)
{
    PGresult *rows;
    enum db_status status =
        db_query(v->db, STATEMENT_VERIFY_SITES, 1, (struct db_param[]){db_int2(v->model_id)}, &rows);
    for (int row = 0; status == DB_OK && row < PQntuples(rows); row++)
        findings_add_site(&v->findings, db_get_text(rows, row, 0), db_get_text(rows, row, 1));
    db_finish(v->db);
    return status;
}

static enum mend_kind kind_of(const char *mend)
{
    return strcmp(mend, "again") == 0   ? MEND_AGAIN
           : strcmp(mend, "read") == 0  ? MEND_READ
           : strcmp(mend, "retry") == 0 ? MEND_RETRY
                                        : MEND_SQL;
}

static enum db_status verify_rows(struct verification *v)
{
    PGresult *rows;
    enum db_status status = db_query(v->db, STATEMENT_VERIFY_ROWS, 1, (struct db_param[]){db_int2(v->model_id)}, &rows);
    for (int row = 0; status == DB_OK && row < PQntuples(rows); row++) {
        const char *mend = db_get_text(rows, row, 1);
        enum mend_kind kind = kind_of(mend);
        findings_add(&v->findings, db_get_text(rows, row, 0), kind,
                     db_is_null(rows, row, 2) ? NULL : db_get_text(rows, row, 2),
                     kind == MEND_SQL && mend[0] != '\0' ? mend : NULL,
                     db_is_null(rows, row, 3) ? -1 : db_get_int8(rows, row, 3));
    }
    db_finish(v->db);
    return status;
}

static enum db_status read_token_ids(struct verification *v)
{
    PGresult *rows;
    enum db_status status =
        db_query(v->db, STATEMENT_VERIFY_TOKEN_IDS, 1, (struct db_param[]){db_int4(v->vocabulary_id)}, &rows);
    int count = status == DB_OK ? PQntuples(rows) : 0;
    if (count > 0) {
        v->num_ids = (size_t)db_get_int4(rows, count - 1, 0) + 1;
        v->has_token = must(calloc(v->num_ids, sizeof *v->has_token));
    }
    for (int row = 0; row < count; row++)
        v->has_token[db_get_int4(rows, row, 0)] = true;
    db_finish(v->db);
    return status;
}

/* `first` is the row of the same neuron that has its activations. */
static struct stored_text text_of(const struct verification *v, const PGresult *rows, int row, int first)
{
    struct stored_text text = {
        .is_there = !db_is_null(rows, row, COLUMN_NUM_TOKENS) &&
                    db_get_int4(rows, row, COLUMN_VOCABULARY_ID) == v->vocabulary_id,
        .num_tokens = db_get_int4(rows, row, COLUMN_NUM_TOKENS),
        .activations_at = db_get_int4(rows, row, COLUMN_ACTIVATIONS_AT),
        .max_position = db_get_int4(rows, row, COLUMN_MAX_POSITION),
        .max_token_id = db_get_int4(rows, row, COLUMN_MAX_TOKEN_ID),
        .max_activation = db_get_float8(rows, row, COLUMN_MAX_ACTIVATION),
        .min_activation = db_get_float8(rows, row, COLUMN_MIN_ACTIVATION),
    };
    text.tokens = db_get_bytes(rows, row, COLUMN_TOKENS, &text.tokens_length);
    text.activations = db_get_bytes(rows, first, COLUMN_ACTIVATIONS, &text.activations_length);
    return text;
}

static void add_fault(struct verification *v, const PGresult *rows, int row, enum text_fault fault)
{
    char sql[64];
    snprintf(sql, sizeof sql, "DELETE FROM text WHERE text_id = %lld",
             (long long)db_get_int8(rows, row, COLUMN_TEXT_ID));
    findings_add(&v->findings, text_fault_names[fault], MEND_AGAIN, "neuroscope",
                 text_fault_is_of_text(fault) ? sql : NULL, db_get_int8(rows, row, COLUMN_NEURON_ID));
}

static void verify_texts(struct verification *v, const PGresult *rows)
{
    int first = 0;
    for (int row = 0; row < PQntuples(rows); row++) {
        if (row == 0 || db_get_int8(rows, row, COLUMN_NEURON_ID) != db_get_int8(rows, first, COLUMN_NEURON_ID)) {
            first = row;
            v->num_neurons++;
        }
        if (db_is_null(rows, row, COLUMN_RANK))
            continue;
        struct stored_text text = text_of(v, rows, row, first);
        size_t num_ids = text.num_tokens > 0 ? (size_t)text.num_tokens : 0;
        enum text_fault fault = text_verify(&text, v->has_token, v->num_ids, verification_ids(v, num_ids));
        if (fault != TEXT_FINE)
            add_fault(v, rows, row, fault);
        v->num_texts++;
    }
}

static enum db_status begin(struct db *db)
{
    PGresult *done;
    /* A connection's first exchange also sets the session up, and then a snapshot can no more begin in it. */
    enum db_status status = db_query(db, STATEMENT_READY, 0, NULL, &done);
    db_finish(db);
    if (status == DB_OK)
        status = db_query(db, STATEMENT_BEGIN_SNAPSHOT, 0, NULL, &done);
    db_finish(db);
    return status;
}

/* All but the model itself. */
static enum db_status verify_parts(struct verification *v)
{
    enum db_status status = read_sites(v);
    if (status == DB_OK)
        status = verify_rows(v);
    if (status == DB_OK)
        status = read_token_ids(v);
    if (status == DB_OK)
        status = verification_walk(v, STATEMENT_VERIFY_EXAMPLES, -1, NEURONS_AT_ONCE, verify_texts);
    if (status == DB_OK)
        status = verify_lists(v);
    if (status == DB_OK)
        status = verify_graphs(v);
    return status == DB_OK ? verify_vocabulary_texts(v) : status;
}

static int verify(struct verification *v, const char *name)
{
    enum db_status status = begin(v->db);
    if (status == DB_OK && !find_model(v, name, &status) && status == DB_OK) {
        site_say_unknown(name);
        return 1;
    }
    if (status == DB_OK)
        status = verify_parts(v);
    if (status != DB_OK)
        return site_complain(v->db);
    findings_print(&v->findings);
    printf("%s: %lld neurons", v->name, (long long)v->num_neurons);
    if (v->num_others > 0)
        printf(", %lld texts and %lld rows of other sources were checked, ", (long long)v->num_texts,
               (long long)v->num_others);
    else
        printf(" and %lld texts were checked, ", (long long)v->num_texts);
    if (v->findings.count > 0)
        printf("%zu finding%s\n", v->findings.count, v->findings.count == 1 ? "" : "s");
    else
        puts("all is well");
    return v->findings.count > 0 ? 1 : 0;
}

int command_verify(const struct options *options)
{
    struct verification v = {.db = db_new(options->db_url, "deepdecipher-ingest verify", 0)};
    int status = verify(&v, options->model);
    findings_clear(&v.findings);
    free(v.name);
    free(v.damaged);
    free(v.has_token);
    free(v.ids);
    db_free(v.db);
    return status;
}
