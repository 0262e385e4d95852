/* The addresses that show services; see service.h. */
#include "service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "activation_statistics.h"
#include "connection.h"
#include "document.h"
#include "explanation.h"
#include "feature.h"
#include "feature_example.h"
#include "histogram.h"
#include "json.h"
#include "live.h"
#include "model_cache.h"
#include "neuron2graph.h"
#include "neuron2graph_search.h"
#include "neuroscope.h"
#include "record.h"
#include "similar.h"
#include "token_weight.h"

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

const struct service *const services[] = {
    &activation_statistics_service,
    &connections_service,
    &explanations_service,
    &feature_examples_service,
    &features_service,
    &metadata_service,
    &neuron2graph_service,
    &neuron2graph_search_service,
    &neuron_explainer_service,
    &neuroscope_service,
    &records_service,
    &similar_service,
    &tokens_service,
};
const size_t num_services = sizeof services / sizeof *services;

/* More than this the table of services can not become without a look at DB_STATEMENTS_MAX. */
enum { SERVICES_MAX = 24 };
_Static_assert(sizeof services / sizeof *services < SERVICES_MAX,
               "raise SERVICES_MAX"); /* one more is document_service */

/* The services that a request asks for, and what the database answered to each. */
struct asking {
    const struct service *const *services;
    size_t count;
    int num_statements[SERVICES_MAX];
    PGresult *answers[SERVICES_MAX][SERVICE_STATEMENTS_MAX];
};

const struct service *service_find(const char *name)
{
    for (size_t i = 0; i < num_services; i++)
        if (strcmp(services[i]->name, name) == 0)
            return services[i];
    return NULL;
}

static enum level level_of(const struct exchange *x)
{
    if (route_capture(&x->match, "neuron") != NULL)
        return LEVEL_NEURON;
    return route_capture(&x->match, "layer") != NULL ? LEVEL_LAYER : LEVEL_MODEL;
}

/* Reads layer, neuron and the parameters where the route has them. */
static bool read_target(struct exchange *x, struct target *target)
{
    int64_t num_texts, num_bins, has_simulations, depth, limit;
    *target = (struct target){.level = level_of(x), .model_name = exchange_capture(x, "model")};
    if ((target->level != LEVEL_MODEL && !exchange_index(x, "layer", &target->layer)) ||
        (target->level == LEVEL_NEURON && !exchange_index(x, "neuron", &target->neuron)) ||
        !exchange_param_int(x, "texts", 0, INT16_MAX, INT16_MAX, &num_texts) ||
        !exchange_param_int(x, "bins", 1, HISTOGRAM_BINS_MAX, 0, &num_bins) ||
        !exchange_param_pair(x, "window", 0, INT32_MAX, target->window, &target->has_window) ||
        !exchange_param_int(x, "simulations", 0, 1, 0, &has_simulations) ||
        !exchange_param_int(x, "depth", 1, CONNECTION_DEPTH_MAX, 1, &depth) ||
        !exchange_param_int(x, "limit", 1, CONNECTION_LIMIT_MAX, CONNECTION_LIMIT, &limit))
        return false;
    target->num_texts = (int16_t)num_texts;
    target->num_bins = (uint8_t)num_bins;
    target->has_simulations = has_simulations != 0;
    target->depth = (int)depth;
    target->limit = (int)limit;
    target->field = request_param(&x->request, "get");
    const struct request_text *service = route_capture(&x->match, "service");
    if (service != NULL && service_find(service->text) == NULL)
        target->user_service = service->text;
    return true;
}

bool service_has_neuron(const struct target *target, char reason[SERVICE_REASON_SIZE])
{
    const struct model *model = &target->model;
    if (target->layer >= (uint32_t)model->num_layers)
        snprintf(reason, SERVICE_REASON_SIZE, "Layer index is %" PRIu32 " but model '%s' only has %" PRId32 " layers.",
                 target->layer, model->name, model->num_layers);
    else if (target->neuron >= (uint32_t)model->layer_size)
        snprintf(reason, SERVICE_REASON_SIZE,
                 "Neuron index is %" PRIu32 " but model '%s' only has %" PRId32 " neurons per layer.", target->neuron,
                 model->name, model->layer_size);
    else
        return true;
    return false;
}

/* Takes the model's row; answers 404 when there is no such model, layer or neuron. */
static enum model_outcome receive_model(struct exchange *x, struct target *target)
{
    char reason[SERVICE_REASON_SIZE];
    enum model_outcome outcome = model_cache_receive(x, target->model_name, &target->model);
    if (outcome == MODEL_ABSENT) {
        exchange_problem(x, 404, "Model '%s' not found.", target->model_name);
        return MODEL_ANSWERED;
    }
    if (outcome == MODEL_FOUND && !service_has_neuron(target, reason)) {
        exchange_problem(x, 404, "%s", reason);
        return MODEL_ANSWERED;
    }
    return outcome;
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
    /* The address is part of it: a tag of one neuron must not tell that another is there. */
    const char *address = x->request.target;
    return exchange_is_current(x, "m%d-%" PRIx64 "-r%" PRId64 "-%08" PRIx32, target->model.model_id,
                               (uint64_t)target->model.created_us, target->model.revision,
                               (uint32_t)XXH3_64bits(address, strlen(address)));
}

/*
 * Everything up to the services' answers, which are in `asking` afterwards; see open_target.
 * A client that names a version it has probably has the present one: then the model is asked for alone.
 */
static enum model_outcome ask(struct exchange *x, struct target *target, struct asking *asking)
{
    /* `*` holds for anything that is there, which shows only at the end: close_target. */
    bool accepts_any = request_accepts_any_version(&x->request);
    bool asks_first = x->request.if_none_match != NULL && !accepts_any;
    enum db_status status = model_cache_send(x, target->model_name);
    if (status == DB_OK && !asks_first)
        status = send_services(x, target, asking);
    if (status == DB_OK)
        status = db_flush(x->db);
    if (!exchange_db_ok(x, status))
        return MODEL_ANSWERED;
    enum model_outcome outcome = receive_model(x, target);
    if (outcome != MODEL_FOUND)
        return outcome;
    if (!accepts_any && is_current(x, target))
        return MODEL_ANSWERED;
    if (asks_first) {
        db_continue(x->db);
        status = send_services(x, target, asking);
        if (status == DB_OK && asking->count > 0)
            status = db_flush(x->db);
    }
    if (status == DB_OK)
        status = receive_services(x, asking);
    return exchange_db_ok(x, status) ? MODEL_FOUND : MODEL_ANSWERED;
}

/* Reads what the request is about, and the services' answers into `asking`. False: answered already. */
static bool open_target(struct exchange *x, struct target *target, struct asking *asking)
{
    enum model_outcome outcome;
    if (!read_target(x, target))
        return false;
    while ((outcome = ask(x, target, asking)) == MODEL_CHANGED)
        db_finish(x->db); /* nothing is kept now, so that the second time gives an answer */
    return outcome == MODEL_FOUND;
}

/* After the body is written. */
static void close_target(struct exchange *x, const struct target *target)
{
    bool is_304 = request_accepts_any_version(&x->request) && is_current(x, target);
    (void)is_304; /* the reply is finished either way */
}

bool service_is_missing(const struct service *service, const struct model *model)
{
    return service->source != NULL && !model_has_source(model, service->source) &&
           (service->other_source == NULL || !model_has_source(model, service->other_source));
}

/* "missing_data_types":["explainer"] */
static void write_missing(const struct service *service, struct buffer *body)
{
    buffer_add_text(body, "\"missing_data_types\":[");
    json_text(body, service->source);
    if (service->other_source != NULL) {
        buffer_add_char(body, ',');
        json_text(body, service->other_source);
    }
    buffer_add_char(body, ']');
}

/* The body of one service's address. SERVICE_ABSENT: nothing is answered yet. */
static enum service_outcome answer_service(struct exchange *x, const struct service *service, struct target *target,
                                           char reason[SERVICE_REASON_SIZE])
{
    struct asking asking = {.services = &service, .count = 1};
    if (!open_target(x, target, &asking))
        return SERVICE_ANSWERED;
    if (service_is_missing(service, &target->model)) {
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
        close_target(x, target);
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
    buffer_add_char(body, ',');
    write_missing(service, body);
    buffer_add_char(body, '}');
}

void service_answer(struct exchange *x, const struct service *service)
{
    struct target target;
    char reason[SERVICE_REASON_SIZE];
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

void handle_service(struct exchange *x)
{
    const struct service *service = service_find(exchange_capture(x, "service"));
    if (service == NULL)
        service = &document_service;
    /* A user's service must be known to be there first. */
    if (service == &document_service || exchange_check_params(x, service->parameters[level_of(x)]))
        service_answer(x, service);
}

/* Adds what every file of tensors says. */
static void add_metadata(const struct target *target, const char *service, struct safetensors *file)
{
    char number[16];
    safetensors_meta(file, "format", "np", 2);
    safetensors_meta(file, "model", target->model.name, strlen(target->model.name));
    safetensors_meta(file, "service", service, strlen(service));
    safetensors_meta(file, "layer", number, (size_t)snprintf(number, sizeof number, "%" PRIu32, target->layer));
    safetensors_meta(file, "neuron", number, (size_t)snprintf(number, sizeof number, "%" PRIu32, target->neuron));
}

void handle_tensors(struct exchange *x)
{
    const char *name = exchange_capture(x, "service");
    const struct service *service = service_find(name);
    struct asking asking = {.services = &service, .count = service != NULL && service->write_tensors != NULL};
    struct target target;
    struct safetensors file = {0};
    char reason[SERVICE_REASON_SIZE];
    if (service != NULL && !exchange_check_params(x, service->tensor_parameters))
        return;
    if (!open_target(x, &target, &asking))
        return;
    if (service == NULL && !model_has_user_service(&target.model, name))
        exchange_problem(x, 404, "Service '%s' not found.", name);
    else if (asking.count == 0)
        exchange_problem(x, 404, "Service '%s' has no tensors; its data is at /api.", name);
    if (asking.count == 0)
        return;
    add_metadata(&target, name, &file);
    enum service_outcome outcome = service->write_tensors(x, &target, asking.answers[0], &file, reason);
    if (outcome == SERVICE_ABSENT)
        exchange_problem(x, 404, "%s", reason);
    if (outcome == SERVICE_WRITTEN)
        safetensors_write(&file, exchange_text(x, "application/octet-stream"));
    safetensors_clear(&file);
}

bool service_write_part(struct exchange *x, const struct service *service, const struct target *target,
                        PGresult *const answers[], struct buffer *body)
{
    char reason[SERVICE_REASON_SIZE];
    size_t start = body->length;
    buffer_add_text(body, "{\"data\":");
    enum service_outcome outcome = service->write(x, target, answers, body, reason);
    if (outcome == SERVICE_ANSWERED)
        return false;
    if (outcome == SERVICE_ABSENT || outcome == SERVICE_REFUSED) {
        body->length = start;
        buffer_add_char(body, '{');
        if (service_is_missing(service, &target->model)) {
            write_missing(service, body);
        } else {
            buffer_add_text(body, "\"error\":");
            json_text(body, reason);
        }
    }
    buffer_add_char(body, '}');
    return true;
}

/* Writes the parts of users' services whose names come before `name` (NULL: of all that are left). `*between` is what
 * goes before the next part. */
static void write_user_parts(const struct target *target, const PGresult *rows, int *row, const char *name,
                             const char **between, struct buffer *body)
{
    for (; *row < PQntuples(rows) && (name == NULL || strcmp(document_name(rows, *row), name) <= 0); ++*row) {
        if (service_find(document_name(rows, *row)) != NULL)
            continue; /* stored before a service of that name was built in */
        buffer_add_text(body, *between);
        *between = ",";
        document_write_part(target, rows, *row, body);
    }
}

void handle_all(struct exchange *x)
{
    struct target target;
    const struct service *asked[SERVICES_MAX];
    struct asking asking = {.services = asked, .count = num_services + 1};
    const char *between = "{";
    int row = 0;
    memcpy(asked, services, num_services * sizeof *asked);
    asked[num_services] = &document_service;
    if (!open_target(x, &target, &asking))
        return;
    const PGresult *documents = asking.answers[num_services][0];
    struct buffer *body = exchange_json(x);
    for (size_t i = 0; i < num_services; i++) {
        write_user_parts(&target, documents, &row, services[i]->name, &between, body);
        buffer_add_text(body, between);
        between = ",";
        json_text(body, services[i]->name);
        buffer_add_char(body, ':');
        if (!service_write_part(x, services[i], &target, asking.answers[i], body))
            return;
    }
    write_user_parts(&target, documents, &row, NULL, &between, body);
    buffer_add_char(body, '}');
    close_target(x, &target);
}

/* A member of a document: its key and where its value is. */
struct part {
    const char *key, *available_name; /* NULL: it is always there */
    size_t start, end;
};

static int compare_parts(const void *a, const void *b)
{
    return strcmp(((const struct part *)a)->key, ((const struct part *)b)->key);
}

/* Writes what is there of every service behind one another. False: answered already. */
static bool write_parts(struct exchange *x, const struct target *target, const struct asking *asking,
                        struct part parts[SERVICES_MAX], size_t *count, struct buffer *values)
{
    char reason[SERVICE_REASON_SIZE];
    for (size_t i = 0; i < num_services; i++) {
        const struct service *service = services[i];
        size_t start = values->length;
        if (service->document_key == NULL)
            continue;
        enum service_outcome outcome = (service->write_document != NULL ? service->write_document : service->write)(
            x, target, asking->answers[i], values, reason);
        if (outcome == SERVICE_ANSWERED)
            return false;
        if (outcome == SERVICE_ABSENT || outcome == SERVICE_REFUSED)
            values->length = start;
        else
            parts[(*count)++] = (struct part){service->document_key, service->available_name, start, values->length};
    }
    return true;
}

/* The values of the members that every document has, sorted by their keys. */
static void write_always(const struct target *target, struct part parts[4], struct buffer *values)
{
    size_t start = values->length;
    buffer_printf(values, "%" PRIu32, target->layer);
    parts[0] = (struct part){"layer", NULL, start, values->length};
    model_write(&target->model, values);
    parts[1] = (struct part){"metadata", NULL, parts[0].end, values->length};
    json_text(values, target->model.name);
    parts[2] = (struct part){"model", NULL, parts[1].end, values->length};
    buffer_printf(values, "%" PRIu32, target->neuron);
    parts[3] = (struct part){"neuron", NULL, parts[2].end, values->length};
}

/* `"available":["Max Activating Dataset Example",…]`, in the order of the services */
static void write_available(const struct part parts[], size_t count, struct buffer *values)
{
    const char *between = "";
    buffer_add_char(values, '[');
    for (size_t i = 0; i < count; i++) {
        buffer_add_text(values, between);
        json_text(values, parts[i].available_name);
        between = ",";
    }
    buffer_add_char(values, ']');
}

/* Which members there are is known only once they are written, so they are put together from pieces, sorted by key. */
void handle_document(struct exchange *x)
{
    struct target target;
    struct buffer values = {0};
    struct part parts[SERVICES_MAX + 5];
    size_t count = 0;
    struct asking asking = {.services = services, .count = num_services};
    if (!open_target(x, &target, &asking))
        return;
    if (write_parts(x, &target, &asking, parts, &count, &values)) {
        size_t start = values.length;
        write_available(parts, count, &values);
        parts[count] = (struct part){"available", NULL, start, values.length};
        write_always(&target, parts + count + 1, &values);
        count += 5;
        qsort(parts, count, sizeof *parts, compare_parts);
        struct buffer *body = exchange_json(x);
        for (size_t i = 0; i < count; i++) {
            buffer_add_text(body, i == 0 ? "{" : ",");
            json_text(body, parts[i].key);
            buffer_add_char(body, ':');
            if (!values.failed)
                buffer_add(body, values.data + parts[i].start, parts[i].end - parts[i].start);
        }
        body->failed |= values.failed;
        buffer_add_char(body, '}');
        close_target(x, &target);
    }
    buffer_clear(&values);
}
