/*
 * A model that is being checked: what the parts of the command verify share. Each part is a file verify_….c.
 */
#ifndef DEEPDECIPHER_VERIFICATION_H
#define DEEPDECIPHER_VERIFICATION_H

#include "finding.h"
#include "verify_text.h"
#include "../sql/client/db.h"

struct damaged_text {
    int64_t text_id;
    enum text_fault fault;
};

struct verification {
    struct db *db;
    struct findings findings;
    int16_t model_id;
    int32_t vocabulary_id;
    char *name;
    bool *has_token; /* [num_ids] */
    size_t num_ids;
    uint32_t *ids; /* of the list at hand, [ids_capacity] */
    size_t ids_capacity;
    struct damaged_text *damaged; /* [num_damaged], by key; also of other models with the same vocabulary */
    size_t num_damaged, damaged_capacity;
    int64_t num_neurons, num_texts; /* of neuroscope */
    int64_t num_others;             /* other rows that hold something packed */
};

/* Looks at some rows of a statement that verification_walk runs. */
typedef void verification_look(struct verification *v, const PGresult *rows);

/* Runs the statement with the model, a key, and `at_once`, again and again, for the rows behind the last key (its first
 * column, an int8), from the one behind `start` on. */
enum db_status verification_walk(struct verification *v, enum statement statement, int64_t start, int64_t at_once,
                                 verification_look *look) MUST_CHECK;

/* Room for `count` ids in v->ids. */
uint32_t *verification_ids(struct verification *v, size_t count);

/* The parts. */
enum db_status verify_lists(struct verification *v) MUST_CHECK;
enum db_status verify_graphs(struct verification *v) MUST_CHECK;
enum db_status verify_vocabulary_texts(struct verification *v) MUST_CHECK;

#endif
