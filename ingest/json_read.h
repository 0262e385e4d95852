/*
 * JSON documents from outside, read with json-c and then asked for what they must hold. Pure.
 *
 *     char reason[JSON_REASON_SIZE];
 *     json_object *root = json_read(bytes, length, reason);
 *     struct json_place document = json_root(root, reason), id, layer;
 *     int64_t number;
 *     if (json_member(&document, "neuron_id", &id) && json_member(&id, "layer_index", &layer) &&
 *         json_get_int(&layer, 0, 47, &number)) …
 *     json_object_put(root);
 *
 * Whatever is not as it must be leaves a reason that names the place: "neuron_id.layer_index is 48, not 0 to 47".
 */
#ifndef DEEPDECIPHER_JSON_READ_H
#define DEEPDECIPHER_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

enum { JSON_REASON_SIZE = 256, JSON_DEPTH_MAX = 32 };

/* What a document may hold beyond strict JSON. */
enum json_licence {
    JSON_STRICT,
    JSON_WITH_NAN, /* the literals NaN, Infinity and -Infinity, as Python writes them */
    JSON_WITH_HUGE /* whole numbers beyond 64 bits, which read as the last one within: for documents kept as text */
};

/*
 * Reads one document: strict JSON in UTF-8, at most JSON_DEPTH_MAX levels deep, without a key twice in an object, all
 * numbers finite. NULL with a reason that says what is wrong and at which byte. Freed with json_object_put.
 */
json_object *json_read(const char *bytes, size_t length, char reason[JSON_REASON_SIZE]);
json_object *json_read_with(const char *bytes, size_t length, enum json_licence licence, char reason[JSON_REASON_SIZE]);

/* A value and the way to it; `parent` must stay as long as it is used. */
struct json_place {
    const struct json_place *parent;
    const char *key; /* NULL: an element of a list */
    size_t index;
    json_object *value; /* NULL: null */
    char *reason;
};

/* The document itself. */
struct json_place json_root(json_object *root, char reason[JSON_REASON_SIZE]);

/* Writes "PATH what" as the reason and returns false. */
bool json_refuse(const struct json_place *place, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The member `key` of an object, null or not; false when there is none. */
bool json_member(const struct json_place *object, const char *key, struct json_place *member)
    __attribute__((warn_unused_result));
/* Element `index` of a list that is that long. */
struct json_place json_element(const struct json_place *list, size_t index);

bool json_is_null(const struct json_place *place);
/* Number of elements of a list, `max` at most. */
bool json_get_list(const struct json_place *place, size_t max, size_t *count) __attribute__((warn_unused_result));
bool json_get_number(const struct json_place *place, double *number) __attribute__((warn_unused_result));
/* The same where null is allowed: it gives NaN. */
bool json_get_number_or_null(const struct json_place *place, double *number) __attribute__((warn_unused_result));
bool json_get_int(const struct json_place *place, int64_t min, int64_t max, int64_t *number)
    __attribute__((warn_unused_result));
/* UTF-8 of `max` bytes at most, which may hold NUL; it lives as long as the document. */
bool json_get_string(const struct json_place *place, size_t max, const char **bytes, size_t *length)
    __attribute__((warn_unused_result));

#endif
