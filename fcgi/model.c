/* A model as replies show it; see model.h. */
#include "model.h"

#include <inttypes.h>
#include <string.h>

#include <xxhash.h>

#include "json.h"
#include "service.h"

void model_read(struct model *model, const PGresult *rows, int row)
{
    *model = (struct model){
        .model_id = db_get_int2(rows, row, 0),
        .name = db_get_text(rows, row, 1),
        .activation_function = db_get_text(rows, row, 2),
        .dataset = db_get_text(rows, row, 3),
        .num_layers = db_get_int4(rows, row, 4),
        .layer_size = db_get_int4(rows, row, 5),
        .num_total_parameters = db_get_int8(rows, row, 6),
        .vocabulary_id = db_get_int4(rows, row, 7),
        .revision = db_get_int8(rows, row, 8),
        .created_us = db_get_int8(rows, row, 9),
        .sources = db_get_text(rows, row, 10),
        .has_logit_effects = db_get_bool(rows, row, 11),
        .live_sources = db_get_text(rows, row, 12),
        .user_services = db_get_text(rows, row, 13),
    };
}

static bool is_listed(const char *names, const char *wanted)
{
    size_t length = strlen(wanted);
    for (const char *name = names; *name != '\0'; name += strcspn(name, ","), name += *name == ',')
        if (strncmp(name, wanted, length) == 0 && (name[length] == ',' || name[length] == '\0'))
            return true;
    return false;
}

bool model_has_source(const struct model *model, const char *source)
{
    return is_listed(model->sources, source);
}

bool model_is_live(const struct model *model, const char *source)
{
    return is_listed(model->live_sources, source);
}

/* The next name of a list with commas; false at its end. */
static bool next_name(const char **list, const char **name, size_t *length)
{
    *name = *list;
    *length = strcspn(*list, ",");
    *list += *length + ((*list)[*length] == ',');
    return *length > 0;
}

bool model_has_user_service(const struct model *model, const char *service)
{
    return is_listed(model->user_services, service);
}

/* Both lists are sorted, and so is what is written of them. */
static void write_services(const struct model *model, struct buffer *body)
{
    const char *between = "", *list = model->user_services, *name;
    size_t length;
    bool has_name = next_name(&list, &name, &length);
    for (size_t i = 0; i < num_services || has_name;) {
        bool is_built_in = i < num_services && (!has_name || strncmp(services[i]->name, name, length) <= 0);
        if (is_built_in && service_is_missing(services[i], model)) {
            i++;
            continue;
        }
        buffer_add_text(body, between);
        between = ",";
        if (is_built_in) {
            json_text(body, services[i++]->name);
        } else {
            json_string(body, name, length);
            has_name = next_name(&list, &name, &length);
        }
    }
}

void model_write(const struct model *model, struct buffer *body)
{
    buffer_add_text(body, "{\"activation_function\":");
    json_text(body, model->activation_function);
    buffer_add_text(body, ",\"available_services\":[");
    write_services(model, body);
    buffer_add_text(body, "],\"dataset\":");
    json_text(body, model->dataset);
    buffer_printf(body, ",\"layer_size\":%" PRId32 ",\"name\":", model->layer_size);
    json_text(body, model->name);
    buffer_printf(body,
                  ",\"num_layers\":%" PRId32 ",\"num_total_neurons\":%" PRId64 ",\"num_total_parameters\":%" PRId64 "}",
                  model->num_layers, (int64_t)model->num_layers * model->layer_size, model->num_total_parameters);
}

/* A number that is another one whenever any model's revision is, or a model comes or goes. */
static uint64_t digest_of(const PGresult *rows)
{
    XXH64_hash_t digest = 0;
    for (int row = 0; row < PQntuples(rows); row++) {
        struct model model;
        model_read(&model, rows, row);
        const int64_t parts[] = {model.model_id, model.revision, model.created_us};
        digest = XXH3_64bits_withSeed(parts, sizeof parts, digest);
    }
    return digest;
}

void handle_models(struct exchange *x)
{
    PGresult *rows;
    if (!exchange_db_ok(x, db_query(x->db, STATEMENT_MODELS, 0, NULL, &rows)))
        return;
    if (exchange_is_current(x, "all-%" PRIx64, digest_of(rows)))
        return;
    struct buffer *body = exchange_json(x);
    buffer_add_text(body, "{\"models\":[");
    for (int row = 0; row < PQntuples(rows); row++) {
        struct model model;
        model_read(&model, rows, row);
        if (row > 0)
            buffer_add_char(body, ',');
        model_write(&model, body);
    }
    buffer_add_text(body, "]}");
}
