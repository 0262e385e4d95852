/*
 * The part of verify that looks at the texts themselves, each once, and then for the neurons that have one that is damaged.
 */
#include "must.h"
#include "verification.h"
#include "../sql/client/rows.h"

#include <inttypes.h>
#include <stdio.h>

enum { TEXTS_AT_ONCE = 4096 };

/* Columns of STATEMENT_VERIFY_TEXTS and of STATEMENT_VERIFY_TEXT_USERS. */
enum { COLUMN_TEXT_ID, COLUMN_NUM_TOKENS, COLUMN_TOKENS };
enum { COLUMN_USED_TEXT_ID, COLUMN_SOURCE, COLUMN_NEURON_ID };

static enum text_fault verify_row(struct verification *v, const PGresult *rows, int row)
{
    size_t length;
    int32_t num_tokens = db_get_int4(rows, row, COLUMN_NUM_TOKENS);
    const uint8_t *tokens = db_get_bytes(rows, row, COLUMN_TOKENS, &length);
    /* A token is a byte at least. */
    if (num_tokens <= 0 || (size_t)num_tokens > length)
        return TEXT_TOKENS_UNREADABLE;
    return text_verify_tokens(tokens, length, num_tokens, v->has_token, v->num_ids,
                              verification_ids(v, (size_t)num_tokens));
}

static void note_damaged(struct verification *v, int64_t text_id, enum text_fault fault)
{
    if (v->num_damaged == v->damaged_capacity) {
        v->damaged_capacity = 2 * v->damaged_capacity + 16;
        v->damaged = must(realloc(v->damaged, v->damaged_capacity * sizeof *v->damaged));
    }
    v->damaged[v->num_damaged++] = (struct damaged_text){text_id, fault};
}

static void look(struct verification *v, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        enum text_fault fault = verify_row(v, rows, row);
        if (fault != TEXT_FINE)
            note_damaged(v, db_get_int8(rows, row, COLUMN_TEXT_ID), fault);
    }
}

/* Both are in order of the texts. */
static void add_users(struct verification *v, const PGresult *rows)
{
    size_t at = 0;
    char sql[64];
    for (int row = 0; row < PQntuples(rows); row++) {
        int64_t text_id = db_get_int8(rows, row, COLUMN_USED_TEXT_ID);
        while (v->damaged[at].text_id != text_id)
            at++;
        snprintf(sql, sizeof sql, "DELETE FROM text WHERE text_id = %" PRId64, text_id);
        findings_add(&v->findings, text_fault_names[v->damaged[at].fault], MEND_AGAIN,
                     db_get_text(rows, row, COLUMN_SOURCE), sql, db_get_int8(rows, row, COLUMN_NEURON_ID));
    }
}

enum db_status verify_vocabulary_texts(struct verification *v)
{
    struct rows ids = {0};
    PGresult *rows;
    enum db_status status = verification_walk(v, STATEMENT_VERIFY_TEXTS, INT64_MIN, TEXTS_AT_ONCE, look);
    if (status != DB_OK || v->num_damaged == 0)
        return status;
    array_start(&ids, ARRAY_INT8);
    for (size_t i = 0; i < v->num_damaged; i++)
        rows_int8(&ids, v->damaged[i].text_id);
    status = db_query(v->db, STATEMENT_VERIFY_TEXT_USERS, 2,
                      (struct db_param[]){db_int2(v->model_id), array_param(&ids, v->num_damaged)}, &rows);
    if (status == DB_OK)
        add_users(v, rows);
    db_finish(v->db);
    rows_free(&ids);
    return status;
}
