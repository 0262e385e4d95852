/* The services that users bring along; see document.h. */
#include "document.h"

#include <inttypes.h>
#include <stdio.h>

#include "json.h"
#include "json_slice.h"

/* Columns of STATEMENT_DOCUMENTS; STATEMENT_DOCUMENT has the document alone. */
enum { COLUMN_NAME, COLUMN_DOCUMENT };

static struct db_param index_or_null(bool is_there, uint32_t index)
{
    /* Indexes beyond a key's bits are no neuron's: receive_model answers those. */
    return is_there ? db_int4(index <= UINT16_MAX ? (int32_t)index : 0) : db_null();
}

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    struct db_param layer = index_or_null(target->level != LEVEL_MODEL, target->layer);
    struct db_param neuron = db_null();
    if (target->level == LEVEL_NEURON)
        neuron = db_int4(target->neuron < INT32_MAX ? (int32_t)target->neuron : 0);
    *count = 1;
    if (target->user_service == NULL)
        return db_send(x->db, STATEMENT_DOCUMENTS, 3, (struct db_param[]){db_text(target->model_name), layer, neuron});
    return db_send(x->db, STATEMENT_DOCUMENT, 4,
                   (struct db_param[]){db_text(target->model_name), db_text(target->user_service), layer, neuron});
}

/* "neuron l3n12 in model 'm'" */
static void explain_absence(const struct target *target, const char *service, char reason[SERVICE_REASON_SIZE])
{
    if (target->level == LEVEL_NEURON)
        snprintf(reason, SERVICE_REASON_SIZE,
                 "Database has no %s data for neuron l%" PRIu32 "n%" PRIu32 " in model '%s'.", service, target->layer,
                 target->neuron, target->model.name);
    else if (target->level == LEVEL_LAYER)
        snprintf(reason, SERVICE_REASON_SIZE,
                 "No layer data exists for service '%s' for layer %" PRIu32 " of model '%s'.", service, target->layer,
                 target->model.name);
    else
        snprintf(reason, SERVICE_REASON_SIZE, "No model data exists for service '%s' for model '%s'.", service,
                 target->model.name);
}

enum service_outcome document_write_whole(const struct target *target, const PGresult *rows, struct buffer *body,
                                          char reason[SERVICE_REASON_SIZE])
{
    size_t length;
    if (PQntuples(rows) == 0) {
        explain_absence(target, target->user_service, reason);
        return SERVICE_ABSENT;
    }
    const uint8_t *document = db_get_bytes(rows, 0, 0, &length);
    buffer_add(body, document, length);
    return SERVICE_WRITTEN;
}

static enum service_outcome write_document(struct exchange *x, const struct target *target, PGresult *const answers[],
                                           struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    size_t length, part_length;
    const char *part;
    if (!model_has_user_service(&target->model, target->user_service)) {
        exchange_problem(x, 404, "Service '%s' not found.", target->user_service);
        return SERVICE_ANSWERED;
    }
    if (!exchange_check_params(x, document_service.parameters[target->level]))
        return SERVICE_ANSWERED;
    if (target->field == NULL || PQntuples(answers[0]) == 0)
        return document_write_whole(target, answers[0], body, reason);
    const char *document = (const char *)db_get_bytes(answers[0], 0, 0, &length);
    if (!json_slice_find(document, length, target->field->text, target->field->length, &part, &part_length)) {
        exchange_problem(x, 404, "The document of service '%s' has no field '%s'.", target->user_service,
                         target->field->text);
        return SERVICE_ANSWERED;
    }
    buffer_add(body, part, part_length);
    return SERVICE_WRITTEN;
}

const char *document_name(const PGresult *rows, int row)
{
    return db_get_text(rows, row, COLUMN_NAME);
}

void document_write_part(const struct target *target, const PGresult *rows, int row, struct buffer *body)
{
    char reason[SERVICE_REASON_SIZE];
    size_t length;
    json_text(body, document_name(rows, row));
    if (db_is_null(rows, row, COLUMN_DOCUMENT)) {
        explain_absence(target, document_name(rows, row), reason);
        buffer_add_text(body, ":{\"error\":");
        json_text(body, reason);
    } else {
        const uint8_t *document = db_get_bytes(rows, row, COLUMN_DOCUMENT, &length);
        buffer_add_text(body, ":{\"data\":");
        buffer_add(body, document, length);
    }
    buffer_add_char(body, '}');
}

const struct service document_service = {
    .name = "",
    .parameters = {"get", "get", "get"},
    .send = send_statements,
    .write = write_document,
};
