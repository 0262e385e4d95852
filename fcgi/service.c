/* The addresses that show services; see service.h. */
#include "service.h"

#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "live.h"
#include "neuron2graph.h"
#include "neuron2graph_search.h"
#include "neuroscope.h"
#include "similar.h"

static enum service_outcome write_metadata(struct exchange *x, const struct target *target, PGresult *const answers[],
                                           struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    (void)x;
    (void)answers;
    (void)reason;
    model_write(&target->model, body);
    return SERVICE_WRITTEN;
}

static const struct service metadata_service = {.name = "metadata", .write = write_metadata};

const struct service *const services[] = {&metadata_service, &neuron2graph_service, &neuron2graph_search_service,
                                         &neuroscope_service, &similar_service};
const size_t num_services = sizeof services / sizeof *services;

/* More than this the table of services can not become without a look at db.c's MAX_STATEMENTS. */
enum { SERVICES_MAX = 24 };
_Static_assert(sizeof services / sizeof *services <= SERVICES_MAX, "raise SERVICES_MAX");

/* The services that a request asks for, and what the database answered to each. */
struct asking {
    const struct service *const *services;
    size_t count;
    int num_statements[SERVICES_MAX];
    PGresult *answers[SERVICES_MAX][SERVICE_STATEMENTS_MAX];
};

static const struct service *service_find(const char *name)
{
    for (size_t i = 0; i < num_services; i++)
        if (strcmp(services[i]->name, name) == 0)
            return services[i];
    return NULL;
}

/* Reads layer, neuron and the parameters where the route has them. */
static bool read_target(struct exchange *x, struct target *target)
{
    int64_t num_texts, limit;
    bool has_layer = route_capture(&x->match, "layer") != NULL, has_neuron = route_capture(&x->match, "neuron") != NULL;
    *target = (struct target){.level = has_neuron  ? LEVEL_NEURON
                                       : has_layer ? LEVEL_LAYER
                                                   : LEVEL_MODEL,
                              .model_name = exchange_capture(x, "model")};
    if ((has_layer && !exchange_index(x, "layer", &target->layer)) ||
        (has_neuron && !exchange_index(x, "neuron", &target->neuron)) ||
        !exchange_param_int(x, "texts", 0, INT16_MAX, INT16_MAX, &num_texts) ||
        !exchange_param_pair(x, "window", 0, INT32_MAX, target->window, &target->has_window) ||
        !exchange_param_int(x, "limit", 1, 500, 100, &limit))
        return false;
    target->num_texts = (int16_t)num_texts;
    target->limit = (int)limit;
    return true;
}

/* Takes the model's row; answers 404 when there is no such model, layer or neuron. */
static bool receive_model(struct exchange *x, struct target *target)
{
    PGresult *rows;
    if (!exchange_db_ok(x, db_receive(x->db, &rows)))
        return false;
    if (PQntuples(rows) == 0) {
        exchange_problem(x, 404, "Model '%s' not found.", target->model_name);
        return false;
    }
    struct model *model = &target->model;
    model_read(model, rows, 0);
    if (target->layer >= (uint32_t)model->num_layers) {
        exchange_problem(x, 404, "Layer index is %" PRIu32 " but model '%s' only has %" PRId32 " layers.",
                         target->layer, model->name, model->num_layers);
        return false;
    }
    if (target->neuron >= (uint32_t)model->layer_size) {
        exchange_problem(x, 404, "Neuron index is %" PRIu32 " but model '%s' only has %" PRId32 " neurons per layer.",
                         target->neuron, model->name, model->layer_size);
        return false;
    }
    return true;
}

static enum db_status send_services(struct exchange *x, const struct target *target, struct asking *asking)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < asking->count && status == DB_OK; i++)
        if (asking->services[i]->send != NULL)
            status = asking->services[i]->send(x, target, &asking->num_statements[i]);
    return status;
}

static enum db_status receive_services(struct exchange *x, struct asking *asking)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < asking->count; i++)
        for (int j = 0; j < asking->num_statements[i] && status == DB_OK; j++)
            status = db_receive(x->db, &asking->answers[i][j]);
    return status;
}

static bool is_current(struct exchange *x, const struct target *target)
{
    return exchange_is_current(x, "m%d-%" PRIx64 "-r%" PRId64, target->model.model_id,
                               (uint64_t)target->model.created_us, target->model.revision);
}

/*
 * Everything up to the services' answers, which are in `asking` afterwards. False: answered already.
 * A client that names a version it has probably has the present one: then the model's row is asked for alone.
 */
static bool open_target(struct exchange *x, struct target *target, struct asking *asking)
{
    bool asks_first = x->request.if_none_match != NULL;
    if (!read_target(x, target))
        return false;
    enum db_status status = db_send(x->db, STATEMENT_MODEL, 1, (struct db_param[]){db_text(target->model_name)});
    if (status == DB_OK && !asks_first)
        status = send_services(x, target, asking);
    if (status == DB_OK)
        status = db_flush(x->db);
    if (!exchange_db_ok(x, status) || !receive_model(x, target) || is_current(x, target))
        return false;
    if (asks_first) {
        db_continue(x->db);
        status = send_services(x, target, asking);
        if (status == DB_OK && asking->count > 0)
            status = db_flush(x->db);
    }
    if (status == DB_OK)
        status = receive_services(x, asking);
    return exchange_db_ok(x, status);
}

static bool is_missing(const struct service *service, const struct model *model)
{
    return service->source != NULL && !model_has_source(model, service->source);
}

/* Its name stands in the same place whether the route captures it or, for its parameters' sake, spells it out. */
static const char *service_name(const struct exchange *x)
{
    return x->request.segments[2].text;
}

/* The body of one service's address. SERVICE_ABSENT: nothing is answered yet. */
static enum service_outcome answer_service(struct exchange *x, const struct service *service, struct target *target,
                                           char reason[SERVICE_REASON_SIZE])
{
    struct asking asking = {.services = &service, .count = 1};
    if (!open_target(x, target, &asking))
        return SERVICE_ANSWERED;
    if (is_missing(service, &target->model)) {
        reason[0] = '\0';
        return SERVICE_ABSENT;
    }
    struct buffer *body = exchange_json(x);
    buffer_add_text(body, "{\"data\":");
    enum service_outcome outcome = service->write(x, target, asking.answers[0], body, reason);
    if (outcome == SERVICE_WRITTEN) {
        buffer_add_text(body, ",\"metadata\":");
        model_write(&target->model, body);
        buffer_add_char(body, '}');
    }
    return outcome;
}

static void answer_absent(struct exchange *x, const struct service *service, const struct target *target,
                          const char *reason)
{
    if (reason[0] != '\0') {
        exchange_problem(x, 404, "%s", reason);
        return;
    }
    struct buffer *body = exchange_json(x);
    buffer_add_text(body, "{\"metadata\":");
    model_write(&target->model, body);
    buffer_add_text(body, ",\"missing_data_types\":[");
    json_text(body, service->source);
    buffer_add_text(body, "]}");
}

static void answer_unknown(struct exchange *x)
{
    struct target target;
    struct asking asking = {0};
    if (open_target(x, &target, &asking)) /* an unknown model is the worse mistake */
        exchange_problem(x, 404, "Service '%s' not found.", service_name(x));
}

void handle_service(struct exchange *x)
{
    const struct service *service = service_find(service_name(x));
    struct target target;
    char reason[SERVICE_REASON_SIZE];
    if (service == NULL) {
        answer_unknown(x);
        return;
    }
    /* Another neuron's arrival may wake a request: it then looks and asks again, but not for ever. */
    for (int round = 0; round < 3; round++) {
        enum service_outcome answer = answer_service(x, service, &target, reason);
        if (answer == SERVICE_REFUSED)
            exchange_problem(x, 400, "%s", reason);
        if (answer != SERVICE_ABSENT)
            return;
        enum live_outcome outcome = LIVE_OFF;
        if (target.level == LEVEL_NEURON && service->source != NULL && model_is_live(&target.model, service->source))
            outcome = live_request(x, target.model.name, service->source, target.layer, target.neuron);
        if (outcome == LIVE_ANSWERED)
            return;
        if (outcome == LIVE_OFF)
            break;
        db_continue(x->db);
    }
    answer_absent(x, service, &target, reason);
}

/* {"data":…} or what stands for it. False: answered already. */
static bool write_part(struct exchange *x, const struct target *target, const struct asking *asking, size_t index,
                       struct buffer *body)
{
    const struct service *service = asking->services[index];
    char reason[SERVICE_REASON_SIZE];
    size_t start = body->length;
    buffer_add_text(body, "{\"data\":");
    enum service_outcome outcome = service->write(x, target, asking->answers[index], body, reason);
    if (outcome == SERVICE_ANSWERED)
        return false;
    if (outcome == SERVICE_ABSENT || outcome == SERVICE_REFUSED) {
        body->length = start;
        bool is_without = is_missing(service, &target->model);
        buffer_add_text(body, is_without ? "{\"missing_data_types\":[" : "{\"error\":");
        json_text(body, is_without ? service->source : reason);
        buffer_add_text(body, is_without ? "]" : "");
    }
    buffer_add_char(body, '}');
    return true;
}

void handle_all(struct exchange *x)
{
    struct target target;
    struct asking asking = {.services = services, .count = num_services};
    if (!open_target(x, &target, &asking))
        return;
    struct buffer *body = exchange_json(x);
    for (size_t i = 0; i < num_services; i++) {
        buffer_add_text(body, i == 0 ? "{" : ",");
        json_text(body, services[i]->name);
        buffer_add_char(body, ':');
        if (!write_part(x, &target, &asking, i, body))
            return;
    }
    buffer_add_char(body, '}');
}

/*
 * The services' parts come sorted by their keys between "layer", "metadata", "model" and "neuron"; which of them are
 * there is known only once they are written, so they are written first and `available` is put before them.
 */
void handle_document(struct exchange *x)
{
    struct target target;
    char reason[SERVICE_REASON_SIZE];
    struct buffer parts = {0};
    const char *between = "";
    struct asking asking = {.services = services, .count = num_services};
    if (!open_target(x, &target, &asking))
        return;
    struct buffer *body = exchange_json(x);
    buffer_add_text(body, "{\"available\":[");
    for (size_t i = 0; i < num_services; i++) {
        const struct service *service = services[i];
        if (service->document_key == NULL)
            continue;
        size_t start = parts.length;
        buffer_add_char(&parts, ',');
        json_text(&parts, service->document_key);
        buffer_add_char(&parts, ':');
        enum service_outcome outcome = (service->write_document != NULL ? service->write_document : service->write)(
            x, &target, asking.answers[i], &parts, reason);
        if (outcome == SERVICE_ANSWERED) {
            buffer_clear(&parts);
            return;
        }
        if (outcome == SERVICE_ABSENT || outcome == SERVICE_REFUSED) {
            parts.length = start;
            continue;
        }
        buffer_add_text(body, between);
        json_text(body, service->available_name);
        between = ",";
    }
    buffer_printf(body, "],\"layer\":%" PRIu32 ",\"metadata\":", target.layer);
    model_write(&target.model, body);
    buffer_add_text(body, ",\"model\":");
    json_text(body, target.model.name);
    buffer_printf(body, ",\"neuron\":%" PRIu32, target.neuron);
    buffer_add(body, parts.data, parts.length);
    body->failed |= parts.failed;
    buffer_add_char(body, '}');
    buffer_clear(&parts);
}
