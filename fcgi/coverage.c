/* How much of a model is stored; see coverage.h. */
#include "coverage.h"

#include <inttypes.h>

#include "json.h"
#include "service.h"

/* Columns of STATEMENT_SERVICE_COVERAGE. */
enum { COLUMN_SERVICE, COLUMN_NUM_NEURONS };

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    *count = 1;
    return db_send(x->db, STATEMENT_SERVICE_COVERAGE, 1, (struct db_param[]){db_text(target->model_name)});
}

static bool is_available(const struct model *model, const char *name)
{
    const struct service *service = service_find(name);
    return service == NULL || !service_is_missing(service, model);
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[0];
    const char *between = "";
    (void)x;
    (void)reason;
    buffer_printf(body, "{\"num_neurons\":%" PRId64 ",\"services\":{",
                  (int64_t)target->model.num_layers * target->model.layer_size);
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *name = db_get_text(rows, row, COLUMN_SERVICE);
        if (!is_available(&target->model, name))
            continue;
        buffer_add_text(body, between);
        between = ",";
        json_text(body, name);
        buffer_printf(body, ":%" PRId64, db_get_int8(rows, row, COLUMN_NUM_NEURONS));
    }
    buffer_add_text(body, "}}");
    return SERVICE_WRITTEN;
}

/* Beside the services, as it is about them: it is no part of `all`. */
static const struct service coverage = {.name = "coverage", .send = send_statements, .write = write_data};

void handle_coverage(struct exchange *x)
{
    service_answer(x, &coverage);
}
