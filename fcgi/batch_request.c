/* What a batch asks for; see batch_request.h. */
#include "batch_request.h"

#include <assert.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json_strict.h"
#include "utf8.h"

static char *copy(const char *text, size_t length)
{
    char *own = strndup(text, length);
    assert(own != NULL);
    return own;
}

void batch_request_free(struct batch_request *batch)
{
    for (size_t i = 0; batch != NULL && i < batch->num_items; i++)
        free(batch->items[i].model);
    for (size_t i = 0; batch != NULL && i < batch->num_services; i++)
        free(batch->services[i]);
    free(batch);
}

static bool has_name_letters_only(const char *name, size_t length)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return strspn(name, letters) >= length;
}

/* What each item of the answer has beside its services. */
static bool is_member_of_item(const char *name, size_t length)
{
    static const char *const members[] = {"error", "layer", "model", "neuron"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strlen(members[i]) == length && memcmp(members[i], name, length) == 0)
            return true;
    return false;
}

static bool refuse_services(struct exchange *x)
{
    exchange_problem(x, 400,
                     "services must be names of letters, digits, _ and -, such as neuroscope and explanations.");
    return false;
}

static bool add_service(struct exchange *x, struct batch_request *batch, const char *name, size_t length)
{
    if (length == 0 || !has_name_letters_only(name, length) || is_member_of_item(name, length))
        return refuse_services(x);
    if (batch->num_services == BATCH_SERVICES_MAX) {
        exchange_problem(x, 400, "services may be %d names at most.", BATCH_SERVICES_MAX);
        return false;
    }
    char *own = copy(name, length);
    batch->services[batch->num_services++] = own;
    for (size_t i = 0; i + 1 < batch->num_services; i++) {
        if (strcmp(batch->services[i], own) != 0)
            continue;
        exchange_problem(x, 400, "services has \"%s\" twice.", own);
        return false;
    }
    return true;
}

/* "gpt2-xl/5/2332": the last two slashes count. */
static bool add_address(struct exchange *x, struct batch_request *batch, const char *text, size_t length)
{
    const char *second = memrchr(text, '/', length);
    const char *first = second != NULL ? memrchr(text, '/', (size_t)(second - text)) : NULL;
    struct batch_item *item = &batch->items[batch->num_items];
    int64_t layer, neuron;
    if (first == NULL || first == text ||
        !request_read_int(first + 1, (size_t)(second - first - 1), 0, UINT32_MAX, &layer) ||
        !request_read_int(second + 1, length - (size_t)(second + 1 - text), 0, UINT32_MAX, &neuron)) {
        exchange_problem(x, 400, "neurons must be a list such as gpt2-xl/5/2332,gpt2-xl/6/17; \"%.*s\" is no neuron.",
                         (int)(length < 200 ? length : 200), text);
        return false;
    }
    *item = (struct batch_item){copy(text, (size_t)(first - text)), (uint32_t)layer, (uint32_t)neuron};
    batch->num_items++;
    return true;
}

static bool read_addresses(struct exchange *x, struct batch_request *batch)
{
    const struct request_text *list = request_param(&x->request, "neurons");
    if (list == NULL || list->length == 0) {
        exchange_problem(x, 400, "neurons is missing: a list such as gpt2-xl/5/2332,gpt2-xl/6/17.");
        return false;
    }
    for (const char *at = list->text;; at++) {
        size_t length = strcspn(at, ",");
        if (batch->num_items == BATCH_GET_MAX) {
            exchange_problem(x, 400, "neurons may be %d at most; POST takes %d.", BATCH_GET_MAX, BATCH_POST_MAX);
            return false;
        }
        if (!add_address(x, batch, at, length))
            return false;
        at += length;
        if (*at == '\0')
            return true;
    }
}

static bool read_query(struct exchange *x, struct batch_request *batch)
{
    const struct request_text *services = request_param(&x->request, "services");
    if (!read_addresses(x, batch))
        return false;
    if (services == NULL)
        return refuse_services(x);
    for (const char *at = services->text; at != NULL;) {
        size_t length = strcspn(at, ",");
        if (!add_service(x, batch, at, length))
            return false;
        at = at[length] == ',' ? at + length + 1 : NULL;
    }
    return true;
}

static bool read_index(json_object *object, const char *name, uint32_t *index)
{
    json_object *value;
    if (!json_object_object_get_ex(object, name, &value) ||
        !(json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double)))
        return false;
    double number = json_object_get_double(value); /* 5.0 is a whole number too; all of 32 bits are exact */
    if (!(number >= 0 && number <= UINT32_MAX) || number != floor(number))
        return false;
    *index = (uint32_t)number;
    return true;
}

/* A name without NUL. */
static const char *text_of(json_object *value)
{
    if (!json_object_is_type(value, json_type_string))
        return NULL;
    const char *text = json_object_get_string(value);
    return strlen(text) == (size_t)json_object_get_string_len(value) && *text != '\0' ? text : NULL;
}

static bool read_item(struct exchange *x, struct batch_request *batch, json_object *object, size_t place)
{
    struct batch_item item = {0};
    json_object *model;
    const char *name = NULL;
    if (json_object_is_type(object, json_type_object) && json_object_object_length(object) == 3 &&
        json_object_object_get_ex(object, "model", &model))
        name = text_of(model);
    if (name == NULL || !read_index(object, "layer", &item.layer) || !read_index(object, "neuron", &item.neuron)) {
        exchange_problem(x, 400,
                         "neurons[%zu] must be an object such as {\"model\":\"gpt2-xl\",\"layer\":5,\"neuron\":2332}.",
                         place);
        return false;
    }
    item.model = copy(name, strlen(name));
    batch->items[batch->num_items++] = item;
    return true;
}

static bool read_items(struct exchange *x, struct batch_request *batch, json_object *list)
{
    size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    if (count == 0 || count > BATCH_POST_MAX) {
        exchange_problem(x, 400, "neurons must be a list of 1 to %d objects.", BATCH_POST_MAX);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (!read_item(x, batch, json_object_array_get_idx(list, i), i))
            return false;
    return true;
}

static bool read_services(struct exchange *x, struct batch_request *batch, json_object *list)
{
    size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    if (count == 0)
        return refuse_services(x);
    for (size_t i = 0; i < count; i++) {
        const char *name = text_of(json_object_array_get_idx(list, i));
        if (!add_service(x, batch, name != NULL ? name : "", name != NULL ? strlen(name) : 0))
            return false;
    }
    return true;
}

static bool read_object(struct exchange *x, struct batch_request *batch, json_object *object)
{
    if (!json_object_is_type(object, json_type_object)) {
        exchange_problem(x, 400, "The body must be an object with the members neurons and services.");
        return false;
    }
    json_object_object_foreach(object, key, value)
    {
        (void)value;
        if (strcmp(key, "neurons") == 0 || strcmp(key, "services") == 0)
            continue;
        exchange_problem(x, 400, "The body has a member \"%s\", but takes neurons and services only.", key);
        return false;
    }
    json_object *neurons = NULL, *services = NULL;
    json_object_object_get_ex(object, "neurons", &neurons);
    json_object_object_get_ex(object, "services", &services);
    return read_items(x, batch, neurons) && read_services(x, batch, services);
}

static bool parse_body(struct exchange *x, struct batch_request *batch, const char *body, size_t length)
{
    char reason[JSON_STRICT_REASON_SIZE] = "it is not valid UTF-8";
    if (utf8_valid_length(body, length) != length || !json_strict_check(body, length, reason)) {
        exchange_problem(x, 400, "The body must be JSON: %s.", reason);
        return false;
    }
    struct json_tokener *tokener = json_tokener_new_ex(JSON_STRICT_DEPTH_MAX);
    assert(tokener != NULL);
    json_object *object = json_tokener_parse_ex(tokener, body, (int)length);
    bool is_fine = json_tokener_get_error(tokener) == json_tokener_success;
    json_tokener_free(tokener);
    if (is_fine)
        is_fine = read_object(x, batch, object);
    else
        exchange_problem(x, 400, "The body must be JSON: an object with the members neurons and services.");
    json_object_put(object);
    return is_fine;
}

static bool read_body(struct exchange *x, struct batch_request *batch)
{
    char *body;
    size_t length;
    if (!exchange_body(x, BATCH_BODY_MAX, &body, &length))
        return false;
    bool is_fine = parse_body(x, batch, body, length);
    free(body);
    return is_fine;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct batch_request *batch_request_read(struct exchange *x)
{
    struct batch_request *batch = calloc(1, sizeof *batch);
    assert(batch != NULL);
    bool is_post = x->request.method == METHOD_POST;
    if (is_post ? read_body(x, batch) : read_query(x, batch)) {
        qsort(batch->services, batch->num_services, sizeof *batch->services, compare_names);
        return batch;
    }
    batch_request_free(batch);
    return NULL;
}
