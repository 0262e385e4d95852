/*
 * The part of verify that looks at packed lists of one neuron: ids with a number each, or numbers on the tokens of texts.
 */
#include "verification.h"
#include "../sql/client/packing.h"

#include <math.h>

enum { ROWS_AT_ONCE = 256 };

/* Columns of all the statements. */
enum {
    COLUMN_NEURON_ID,
    COLUMN_SOURCE,
    COLUMN_NUM_NUMBERS,  /* int8: how many numbers there must be; NULL: as many as ids, or not known */
    COLUMN_NUM_POSITIVE, /* int4: of the first of two lists that are packed as one, or NULL */
    COLUMN_IDS_END,      /* int8: ids are lower; NULL: they are tokens */
    COLUMN_IDS,          /* packed ids, or NULL */
    COLUMN_NUMBERS,      /* packed numbers */
    COLUMN_MORE_NUMBERS  /* another such list, or NULL */
};

static const enum statement lists[] = {STATEMENT_VERIFY_SIMULATIONS, STATEMENT_VERIFY_RECORDS,
                                       STATEMENT_VERIFY_CONNECTIONS, STATEMENT_VERIFY_TOKEN_WEIGHTS,
                                       STATEMENT_VERIFY_FEATURES,    STATEMENT_VERIFY_FEATURE_EXAMPLES};

static const char ids_unreadable[] = "packed tokens or neurons can not be read",
                  token_unknown[] = "a token is not in the vocabulary",
                  neuron_unknown[] = "a connected neuron is none of the model",
                  numbers_unreadable[] = "packed numbers can not be read",
                  count_wrong[] = "packed numbers are not as many as what they belong to",
                  positive_wrong[] = "more positive entries are told than there are";

/* What is wrong with the ids, or NULL; `count` is set to how many there are, -1 without any. */
static const char *verify_ids(struct verification *v, const PGresult *rows, int row, int64_t *count)
{
    size_t length, found = 0;
    const uint8_t *packed = db_get_bytes(rows, row, COLUMN_IDS, &length);
    bool is_token = db_is_null(rows, row, COLUMN_IDS_END);
    int64_t end = db_get_int8(rows, row, COLUMN_IDS_END);
    *count = -1;
    if (db_is_null(rows, row, COLUMN_IDS))
        return NULL;
    for (size_t i = 0; i < length; i++)
        found += packed[i] < 0x80;
    uint32_t *ids = verification_ids(v, found);
    if (!unpack_tokens(packed, length, ids, found))
        return ids_unreadable;
    for (size_t i = 0; i < found; i++)
        if (is_token ? ids[i] >= v->num_ids || !v->has_token[ids[i]] : ids[i] >= end)
            return is_token ? token_unknown : neuron_unknown;
    *count = (int64_t)found;
    return NULL;
}

/* What is wrong with a list of numbers, or NULL; there must be `count`, or any number if that is -1. */
static const char *verify_numbers(const PGresult *rows, int row, int column, int64_t count)
{
    size_t length;
    struct packed_numbers numbers;
    const uint8_t *packed = db_get_bytes(rows, row, column, &length);
    if (db_is_null(rows, row, column))
        return NULL;
    if (!packed_numbers_open(&numbers, packed, length))
        return numbers_unreadable;
    for (uint32_t i = 0; i < numbers.count; i++)
        if (!isfinite(packed_numbers_get(&numbers, i)))
            return numbers_unreadable;
    return count >= 0 && numbers.count != count ? count_wrong : NULL;
}

static const char *verify_row(struct verification *v, const PGresult *rows, int row)
{
    int64_t count;
    const char *fault = verify_ids(v, rows, row, &count);
    if (!db_is_null(rows, row, COLUMN_NUM_NUMBERS))
        count = db_get_int8(rows, row, COLUMN_NUM_NUMBERS);
    if (fault == NULL)
        fault = verify_numbers(rows, row, COLUMN_NUMBERS, count);
    if (fault == NULL)
        fault = verify_numbers(rows, row, COLUMN_MORE_NUMBERS, count);
    int32_t num_positive = db_get_int4(rows, row, COLUMN_NUM_POSITIVE);
    if (fault == NULL && !db_is_null(rows, row, COLUMN_NUM_POSITIVE) && (num_positive < 0 || num_positive > count))
        fault = positive_wrong;
    return fault;
}

static void look(struct verification *v, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *fault = verify_row(v, rows, row);
        if (fault != NULL)
            findings_add(&v->findings, fault, MEND_AGAIN, db_get_text(rows, row, COLUMN_SOURCE), NULL,
                         db_get_int8(rows, row, COLUMN_NEURON_ID));
        v->num_others++;
    }
}

enum db_status verify_lists(struct verification *v)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < sizeof lists / sizeof *lists; i++)
        status = verification_walk(v, lists[i], -1, ROWS_AT_ONCE, look);
    return status;
}
