/* What lists of neurons have of each; see neuron_field.h. */
#include "neuron_field.h"

#include <assert.h>
#include <string.h>

#include "json.h"

const struct neuron_field neuron_fields[] = {
    {"absolute_dev_explained_score", FIELD_FLOAT8, 9},
    {"accuracy", FIELD_FLOAT8, 10},
    {"explanation", FIELD_TEXT, 29},
    {"explanation_score", FIELD_FLOAT8, 7},
    {"firing_count", FIELD_INT4, 24},
    {"firing_f1_score", FIELD_FLOAT8, 13},
    {"firing_precision", FIELD_FLOAT8, 11},
    {"firing_recall", FIELD_FLOAT8, 12},
    {"frac_nonzero", FIELD_FLOAT8, 17},
    {"importance", FIELD_FLOAT4, 18},
    {"kurtosis", FIELD_FLOAT8, 4},
    {"max_activation", FIELD_FLOAT8, 5},
    {"mean", FIELD_FLOAT8, 1},
    {"min_activation", FIELD_FLOAT8, 6},
    {"non_firing_count", FIELD_INT4, 25},
    {"non_firing_f1_score", FIELD_FLOAT8, 16},
    {"non_firing_precision", FIELD_FLOAT8, 14},
    {"non_firing_recall", FIELD_FLOAT8, 15},
    {"num_activating", FIELD_INT4, 22},
    {"num_activating_tokens", FIELD_INT4, 26},
    {"num_edges", FIELD_INT4, 23},
    {"num_examples", FIELD_INT4, 19},
    {"num_explanations", FIELD_INT4, 20},
    {"num_important_tokens", FIELD_INT4, 27},
    {"num_nodes", FIELD_INT4, 21},
    {"num_similar", FIELD_INT4, 28},
    {"rsquared_score", FIELD_FLOAT8, 8},
    {"skewness", FIELD_FLOAT8, 3},
    {"variance", FIELD_FLOAT8, 2},
};
const size_t num_neuron_fields = sizeof neuron_fields / sizeof *neuron_fields;
_Static_assert(sizeof neuron_fields / sizeof *neuron_fields < NEURON_FIELDS_MAX, "raise NEURON_FIELDS_MAX");

const struct neuron_field *neuron_field_find(const char *name, size_t length)
{
    for (size_t i = 0; i < num_neuron_fields; i++)
        if (strlen(neuron_fields[i].name) == length && memcmp(neuron_fields[i].name, name, length) == 0)
            return &neuron_fields[i];
    return NULL;
}

bool neuron_field_is_number(const struct neuron_field *field)
{
    return field->kind != FIELD_TEXT;
}

double neuron_field_number(const struct neuron_field *field, const PGresult *rows, int row)
{
    switch (field->kind) {
    case FIELD_FLOAT8: return db_get_float8(rows, row, field->column);
    case FIELD_FLOAT4: return (double)db_get_float4(rows, row, field->column);
    case FIELD_INT4: return db_get_int4(rows, row, field->column);
    case FIELD_TEXT: break;
    }
    assert(!"a field that is no number");
    return 0;
}

void neuron_field_write(const struct neuron_field *field, const PGresult *rows, int row, struct buffer *body)
{
    if (db_is_null(rows, row, field->column)) {
        buffer_add_text(body, "null");
        return;
    }
    switch (field->kind) {
    case FIELD_FLOAT8: json_float64(body, db_get_float8(rows, row, field->column)); return;
    case FIELD_FLOAT4: json_float32(body, db_get_float4(rows, row, field->column)); return;
    case FIELD_INT4: json_int(body, db_get_int4(rows, row, field->column)); return;
    case FIELD_TEXT: json_text(body, db_get_text(rows, row, field->column)); return;
    }
}

void neuron_field_list(struct buffer *text, bool only_numbers)
{
    const char *between = "";
    for (size_t i = 0; i < num_neuron_fields; i++) {
        if (only_numbers && !neuron_field_is_number(&neuron_fields[i]))
            continue;
        buffer_add_text(text, between);
        buffer_add_text(text, neuron_fields[i].name);
        between = ", ";
    }
}
