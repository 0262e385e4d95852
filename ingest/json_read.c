/*
 * json-c takes more than JSON, so that the text is looked over first. Of a key that stands twice it keeps the last: then
 * the text has more members than the objects it became.
 */
#include "json_read.h"
#include "json_strict.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

/* The document as it was parsed, counted. */
struct census {
    size_t members;
    bool has_wild_number; /* NaN or infinity */
    bool has_huge_number; /* a whole number of more than 64 bits */
};

static void count_members(json_object *value, struct census *census)
{
    if (json_object_is_type(value, json_type_object)) {
        census->members += (size_t)json_object_object_length(value);
        json_object_object_foreach(value, key, member)
        {
            (void)key;
            count_members(member, census);
        }
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            count_members(json_object_array_get_idx(value, i), census);
    } else if (json_object_is_type(value, json_type_double)) {
        census->has_wild_number |= !isfinite(json_object_get_double(value));
    } else if (json_object_is_type(value, json_type_int)) {
        /* What is beyond 64 bits became the last number within. */
        census->has_huge_number |=
            json_object_get_uint64(value) == UINT64_MAX || json_object_get_int64(value) == INT64_MIN;
    }
}

static bool is_blank(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (strchr(" \t\r\n", bytes[i]) == NULL)
            return false;
    return true;
}

/* What json-c may not be asked: what is no JSON. */
static bool check_text(const char *bytes, size_t length, size_t *num_members, char reason[JSON_REASON_SIZE])
{
    _Static_assert((int)JSON_REASON_SIZE >= (int)JSON_STRICT_REASON_SIZE, "a reason must fit");
    size_t valid = utf8_valid_length(bytes, length);
    const char *nul = memchr(bytes, '\0', length);
    if (valid < length)
        snprintf(reason, JSON_REASON_SIZE, "not UTF-8 at byte %zu", valid);
    else if (nul != NULL)
        snprintf(reason, JSON_REASON_SIZE, "not JSON: a NUL at byte %zu", (size_t)(nul - bytes));
    else if (length > INT_MAX)
        snprintf(reason, JSON_REASON_SIZE, "%zu bytes are too many", length);
    else
        return json_strict_scan(bytes, length, true, num_members, reason);
    return false;
}

/* NULL with a reason. */
static json_object *parse(json_tokener *tokener, const char *bytes, size_t length, char reason[JSON_REASON_SIZE])
{
    json_object *root = json_tokener_parse_ex(tokener, bytes, (int)length);
    enum json_tokener_error error = json_tokener_get_error(tokener);
    size_t end = json_tokener_get_parse_end(tokener);
    if (error == json_tokener_continue) { /* a number or a word at the end may go on, for all it knows */
        root = json_tokener_parse_ex(tokener, "\n", 1);
        error = json_tokener_get_error(tokener);
        end = length;
    }
    if (error == json_tokener_continue)
        snprintf(reason, JSON_REASON_SIZE, "the JSON ends too early, after %zu bytes", length);
    else if (error == json_tokener_error_depth)
        snprintf(reason, JSON_REASON_SIZE, "more than %d levels deep at byte %zu", JSON_DEPTH_MAX, end);
    else if (error != json_tokener_success)
        snprintf(reason, JSON_REASON_SIZE, "not JSON at byte %zu: %s", end, json_tokener_error_desc(error));
    else if (!is_blank(bytes + end, length - end))
        snprintf(reason, JSON_REASON_SIZE, "more than one JSON document: another begins behind byte %zu", end);
    else if (root == NULL)
        snprintf(reason, JSON_REASON_SIZE, "the document is null");
    else
        return root;
    json_object_put(root);
    return NULL;
}

json_object *json_read_with(const char *bytes, size_t length, enum json_licence licence, char reason[JSON_REASON_SIZE])
{
    size_t num_members;
    if (!check_text(bytes, length, &num_members, reason))
        return NULL;
    json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX);
    if (tokener == NULL) {
        snprintf(reason, JSON_REASON_SIZE, "no memory for a parser");
        return NULL;
    }
    json_object *root = parse(tokener, bytes, length, reason);
    json_tokener_free(tokener);
    if (root == NULL)
        return NULL;
    struct census census = {0};
    count_members(root, &census);
    if (census.members != num_members)
        snprintf(reason, JSON_REASON_SIZE, "an object has the same key twice");
    else if ((census.has_huge_number && licence != JSON_WITH_HUGE) ||
             (census.has_wild_number && licence != JSON_WITH_NAN))
        snprintf(reason, JSON_REASON_SIZE, "a number is NaN, infinite or too big");
    else
        return root;
    json_object_put(root);
    return NULL;
}

json_object *json_read(const char *bytes, size_t length, char reason[JSON_REASON_SIZE])
{
    return json_read_with(bytes, length, JSON_STRICT, reason);
}

struct json_place json_root(json_object *root, char reason[JSON_REASON_SIZE])
{
    return (struct json_place){.value = root, .reason = reason};
}

/* Writes the path from the document to `place`; returns its length, which may be more than fits. */
static size_t path_write(const struct json_place *place, char *text, size_t size)
{
    if (place->parent == NULL)
        return (size_t)snprintf(text, size, "%s", "");
    size_t length = path_write(place->parent, text, size);
    char *at = length < size ? text + length : NULL;
    size_t left = length < size ? size - length : 0;
    if (place->key == NULL)
        return length + (size_t)snprintf(at, left, "[%zu]", place->index);
    return length + (size_t)snprintf(at, left, "%s%s", length > 0 ? "." : "", place->key);
}

bool json_refuse(const struct json_place *place, const char *format, ...)
{
    size_t length = path_write(place, place->reason, JSON_REASON_SIZE);
    if (length == 0)
        length = (size_t)snprintf(place->reason, JSON_REASON_SIZE, "the document");
    if (length + 1 < JSON_REASON_SIZE)
        place->reason[length++] = ' ';
    else
        length = JSON_REASON_SIZE - 1;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(place->reason + length, JSON_REASON_SIZE - length, format, arguments);
    va_end(arguments);
    return false;
}

static const char *type_name(const struct json_place *place)
{
    switch (json_object_get_type(place->value)) {
    case json_type_null: return "null";
    case json_type_boolean: return "true or false";
    case json_type_double:
    case json_type_int: return "a number";
    case json_type_object: return "an object";
    case json_type_array: return "a list";
    case json_type_string: return "a string";
    }
    return "something";
}

bool json_member(const struct json_place *object, const char *key, struct json_place *member)
{
    if (!json_object_is_type(object->value, json_type_object))
        return json_refuse(object, "is %s, not an object", type_name(object));
    *member = (struct json_place){.parent = object, .key = key, .reason = object->reason};
    return json_object_object_get_ex(object->value, key, &member->value) || json_refuse(object, "has no %s", key);
}

struct json_place json_element(const struct json_place *list, size_t index)
{
    return (struct json_place){
        .parent = list, .index = index, .value = json_object_array_get_idx(list->value, index), .reason = list->reason};
}

bool json_is_null(const struct json_place *place)
{
    return place->value == NULL;
}

bool json_get_list(const struct json_place *place, size_t max, size_t *count)
{
    if (!json_object_is_type(place->value, json_type_array))
        return json_refuse(place, "is %s, not a list", type_name(place));
    *count = json_object_array_length(place->value);
    return *count <= max || json_refuse(place, "has %zu elements, more than %zu", *count, max);
}

bool json_get_number(const struct json_place *place, double *number)
{
    if (!json_object_is_type(place->value, json_type_double) && !json_object_is_type(place->value, json_type_int))
        return json_refuse(place, "is %s, not a number", type_name(place));
    *number = json_object_get_double(place->value);
    return isfinite(*number) || json_refuse(place, "is no finite number");
}

bool json_get_number_or_null(const struct json_place *place, double *number)
{
    *number = NAN;
    return json_is_null(place) || json_get_number(place, number);
}

bool json_get_int(const struct json_place *place, int64_t min, int64_t max, int64_t *number)
{
    if (!json_object_is_type(place->value, json_type_int))
        return json_refuse(place, "is %s, not a whole number",
                           json_object_is_type(place->value, json_type_double) ? "a fraction" : type_name(place));
    *number = json_object_get_int64(place->value);
    return (*number >= min && *number <= max) ||
           json_refuse(place, "is %lld, not %lld to %lld", (long long)*number, (long long)min, (long long)max);
}

bool json_get_string(const struct json_place *place, size_t max, const char **bytes, size_t *length)
{
    if (!json_object_is_type(place->value, json_type_string))
        return json_refuse(place, "is %s, not a string", type_name(place));
    *bytes = json_object_get_string(place->value);
    *length = (size_t)json_object_get_string_len(place->value);
    return *length <= max || json_refuse(place, "has %zu bytes, more than %zu", *length, max);
}
