/*
 * What lists of neurons have of each: the columns of STATEMENT_NEURON_LIST, and how each is written.
 */
#ifndef DEEPDECIPHER_NEURON_FIELD_H
#define DEEPDECIPHER_NEURON_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "db.h"

enum field_kind { FIELD_FLOAT8, FIELD_FLOAT4, FIELD_INT4, FIELD_TEXT };

/* In the order of their names. */
struct neuron_field {
    const char *name; /* of the column, the JSON member and the parameters min_… and max_… */
    enum field_kind kind;
    int column; /* of the rows */
};

extern const struct neuron_field neuron_fields[];
extern const size_t num_neuron_fields;

enum { NEURON_FIELDS_MAX = 40 };

/* NULL when there is none of that name. */
const struct neuron_field *neuron_field_find(const char *name, size_t length);
/* Texts can only be shown; numbers are also what lists are sorted and filtered by. */
bool neuron_field_is_number(const struct neuron_field *field);
/* The value of a number that is not NULL. */
double neuron_field_number(const struct neuron_field *field, const PGresult *rows, int row);
/* As JSON; null where there is none. */
void neuron_field_write(const struct neuron_field *field, const PGresult *rows, int row, struct buffer *body);
/* The names, with ", " between them; of numbers only, if so wanted. */
void neuron_field_list(struct buffer *text, bool only_numbers);

#endif
