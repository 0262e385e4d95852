/*
 * Many neurons in one reply; see batch.h.
 *
 * The neurons are taken in groups: one round trip asks for the models and everything about the neurons of a group.
 */
#include "batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "batch_request.h"
#include "connection.h"
#include "document.h"
#include "json.h"
#include "service.h"

enum {
    GROUP_MODELS = 16,
    GROUP_ITEMS = 64,
    WRITE_STATEMENTS = 2, /* that a service may send while it writes, at most */
    BODY_BYTES_MAX = 64 << 20
};

/* One service of one neuron: what the database answered. */
struct reading {
    int num_answers;
    PGresult *answers[SERVICE_STATEMENTS_MAX];
};

struct group {
    const struct batch_request *batch;
    size_t first, count; /* of its items */
    size_t num_models;
    const char *names[GROUP_MODELS];
    PGresult *models[GROUP_MODELS]; /* a row, or none */
    size_t model_of[GROUP_ITEMS];
    struct reading readings[GROUP_ITEMS][BATCH_SERVICES_MAX];
};

/* The parameters that hold for every neuron. */
static bool read_parameters(struct exchange *x, struct target *target)
{
    bool is_post = x->request.method == METHOD_POST;
    int64_t num_texts, has_simulations;
    *target = (struct target){.level = LEVEL_NEURON, .depth = 1, .limit = CONNECTION_LIMIT};
    if (!exchange_check_params(x, is_post ? "simulations texts window" : "neurons services simulations texts window") ||
        !exchange_param_int(x, "texts", 0, INT16_MAX, INT16_MAX, &num_texts) ||
        !exchange_param_pair(x, "window", 0, INT32_MAX, target->window, &target->has_window) ||
        !exchange_param_int(x, "simulations", 0, 1, 0, &has_simulations))
        return false;
    target->num_texts = (int16_t)num_texts;
    target->has_simulations = has_simulations != 0;
    return true;
}

/* What the services are to show of an item. */
static struct target target_of(const struct target *common, const struct batch_item *item, const char *service)
{
    struct target target = *common;
    target.model_name = item->model;
    target.layer = item->layer;
    target.neuron = item->neuron;
    target.user_service = service_find(service) == NULL ? service : NULL;
    return target;
}

static const struct service *service_of(const char *name)
{
    const struct service *service = service_find(name);
    return service != NULL ? service : &document_service;
}

/* Makes the group as large as fits: an item at least. */
static void gather(struct group *group)
{
    const struct batch_request *batch = group->batch;
    size_t each = batch->num_services * (SERVICE_STATEMENTS_MAX + WRITE_STATEMENTS);
    group->count = group->num_models = 0;
    for (size_t i = group->first; i < batch->num_items && group->count < GROUP_ITEMS; i++) {
        size_t m = 0;
        while (m < group->num_models && strcmp(group->names[m], batch->items[i].model) != 0)
            m++;
        if (m == GROUP_MODELS || GROUP_MODELS + (group->count + 1) * each > DB_STATEMENTS_MAX)
            return;
        group->names[m] = batch->items[i].model;
        group->num_models += m == group->num_models;
        group->model_of[group->count++] = m;
    }
}

static enum db_status send_group(struct exchange *x, const struct target *common, struct group *group)
{
    const struct batch_request *batch = group->batch;
    enum db_status status = DB_OK;
    for (size_t m = 0; m < group->num_models && status == DB_OK; m++)
        status = db_send(x->db, STATEMENT_MODEL, 1, (struct db_param[]){db_text(group->names[m])});
    for (size_t i = 0; i < group->count; i++)
        for (size_t s = 0; s < batch->num_services && status == DB_OK; s++) {
            const struct service *service = service_of(batch->services[s]);
            struct target target = target_of(common, &batch->items[group->first + i], batch->services[s]);
            group->readings[i][s].num_answers = 0;
            if (service->send != NULL)
                status = service->send(x, &target, &group->readings[i][s].num_answers);
        }
    return status == DB_OK ? db_flush(x->db) : status;
}

static enum db_status receive_group(struct exchange *x, struct group *group)
{
    enum db_status status = DB_OK;
    for (size_t m = 0; m < group->num_models && status == DB_OK; m++)
        status = db_receive(x->db, &group->models[m]);
    for (size_t i = 0; i < group->count; i++)
        for (size_t s = 0; s < group->batch->num_services; s++) {
            struct reading *reading = &group->readings[i][s];
            for (int a = 0; a < reading->num_answers && status == DB_OK; a++)
                status = db_receive(x->db, &reading->answers[a]);
        }
    return status;
}

static void write_error(const char *reason, struct buffer *body)
{
    buffer_add_text(body, "{\"error\":");
    json_text(body, reason);
    buffer_add_char(body, '}');
}

/* A service that users named. */
static void write_user_part(const struct target *target, const struct reading *reading, struct buffer *body)
{
    char reason[SERVICE_REASON_SIZE];
    size_t start = body->length;
    buffer_add_text(body, "{\"data\":");
    if (!model_has_user_service(&target->model, target->user_service)) {
        snprintf(reason, sizeof reason, "Service '%.200s' not found.", target->user_service);
    } else if (document_write_whole(target, reading->answers[0], body, reason) == SERVICE_WRITTEN) {
        buffer_add_char(body, '}');
        return;
    }
    body->length = start;
    write_error(reason, body);
}

/* Writes the members that every item has and whose keys come before `name` (NULL: all that are left). */
static void write_key_members(const struct batch_item *item, const char *model, const char *name, int *written,
                              struct buffer *body)
{
    static const char *const names[] = {"layer", "model", "neuron"};
    for (; *written < 3 && (name == NULL || strcmp(names[*written], name) < 0); ++*written) {
        json_key(body, names[*written]);
        if (*written == 1)
            json_text(body, model);
        else
            buffer_printf(body, "%" PRIu32, *written == 0 ? item->layer : item->neuron);
        buffer_add_char(body, ',');
    }
}

/* An item of the group as an object. False: answered. */
static bool write_item(struct exchange *x, const struct target *common, const struct group *group, size_t i,
                       struct buffer *body)
{
    const struct batch_request *batch = group->batch;
    const struct batch_item *item = &batch->items[group->first + i];
    const PGresult *row = group->models[group->model_of[i]];
    struct target target = target_of(common, item, "");
    char reason[SERVICE_REASON_SIZE];
    int written = 0;
    buffer_add_char(body, '{');
    if (PQntuples(row) == 0)
        snprintf(reason, sizeof reason, "Model '%.200s' not found.", item->model);
    else
        model_read(&target.model, row, 0);
    bool is_there = PQntuples(row) > 0 && service_has_neuron(&target, reason);
    if (!is_there) {
        buffer_add_text(body, "\"error\":");
        json_text(body, reason);
        buffer_add_char(body, ',');
    }
    for (size_t s = 0; is_there && s < batch->num_services; s++) {
        const struct reading *reading = &group->readings[i][s];
        const struct service *service = service_find(batch->services[s]);
        target.user_service = service == NULL ? batch->services[s] : NULL;
        write_key_members(item, target.model.name, batch->services[s], &written, body);
        json_text(body, batch->services[s]);
        buffer_add_char(body, ':');
        if (service == NULL)
            write_user_part(&target, reading, body);
        else if (!service_write_part(x, service, &target, reading->answers, body))
            return false;
        buffer_add_char(body, ',');
    }
    write_key_members(item, is_there ? target.model.name : item->model, NULL, &written, body);
    if (!body->failed)
        body->data[body->length - 1] = '}'; /* instead of the last comma */
    return true;
}

/* Asks for a group and writes its items. False: answered. */
static bool answer_group(struct exchange *x, const struct target *common, struct group *group, struct buffer *body)
{
    enum db_status status = send_group(x, common, group);
    if (status == DB_OK)
        status = receive_group(x, group);
    if (!exchange_db_ok(x, status))
        return false;
    for (size_t i = 0; i < group->count; i++) {
        if (group->first + i > 0)
            buffer_add_char(body, ',');
        if (!write_item(x, common, group, i, body))
            return false;
        if (body->length <= BODY_BYTES_MAX)
            continue;
        exchange_problem(
            x, 422,
            "The answer would have more than %d MB. Ask for fewer neurons or services at once, or narrow them "
            "with texts=5 and window=20,10.",
            BODY_BYTES_MAX >> 20);
        return false;
    }
    db_finish(x->db);
    return true;
}

void handle_batch(struct exchange *x)
{
    static struct group group; /* 100 kB */
    struct target common;
    struct batch_request *batch = read_parameters(x, &common) ? batch_request_read(x) : NULL;
    if (batch == NULL)
        return;
    if (x->request.method == METHOD_POST)
        x->reply.cache = CACHE_NEVER;
    group = (struct group){.batch = batch};
    struct buffer *body = exchange_json(x);
    bool is_fine = true;
    buffer_add_text(body, "{\"results\":[");
    for (; is_fine && group.first < batch->num_items; group.first += group.count) {
        gather(&group);
        is_fine = answer_group(x, &common, &group, body);
    }
    if (is_fine)
        buffer_add_text(body, "]}");
    batch_request_free(batch);
}
