/*
 * A request's method and target, taken apart and decoded. Pure: text in, pieces out.
 *
 *     /api//gpt2-xl/%6Eeuroscope/0/+5/?texts=3&window=50,10
 *
 * has the segments api, gpt2-xl, neuroscope, 0, +5 and the parameters texts and window.
 * Runs of / merge and one at the end does not count; %XX is decoded after the splitting,
 * so %2F is data; .. is a name like any other; + is a blank in parameters only.
 */
#ifndef DEEPDECIPHER_REQUEST_H
#define DEEPDECIPHER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REQUEST_TARGET_MAX = 8192, /* bytes of the raw target, query included */
    REQUEST_SEGMENTS_MAX = 16, /* more are counted but not kept: no route is so long */
    REQUEST_PARAMS_MAX = 96    /* a list has two for each number */
};

/* Bits, so that a route can have several. */
enum request_method { METHOD_GET = 1, METHOD_HEAD = 2, METHOD_POST = 4, METHOD_OPTIONS = 8, METHOD_OTHER = 16 };

/* A decoded piece of the target. `text` ends with NUL behind `length` bytes. */
struct request_text {
    const char *text;
    size_t length;
    bool is_clean; /* UTF-8 without NUL: fit for a name; what is not names nothing that exists */
};

struct request_param {
    struct request_text name, value; /* always clean */
};

/* Why a target is refused. */
enum request_fault {
    REQUEST_FINE,
    REQUEST_TARGET_TOO_LONG, /* over REQUEST_TARGET_MAX */
    REQUEST_TARGET_NO_PATH,  /* does not begin with / */
    REQUEST_ESCAPE_BROKEN,   /* a % without two hexadecimal digits */
    REQUEST_PARAM_UNCLEAN,   /* a parameter's name or value has NUL or is not UTF-8 */
    REQUEST_PARAMS_TOO_MANY, /* over REQUEST_PARAMS_MAX */
    REQUEST_PARAM_UNKNOWN,   /* from request_check_params: the route does not have `culprit` */
    REQUEST_PARAM_TWICE      /* from request_check_params: `culprit` came more than once */
};

/* One per worker, filled anew by every request; borrows the target. */
struct request {
    enum request_method method;
    const char *target;        /* raw, for logs and problem replies */
    const char *id;            /* nginx's request id; "" when there is none */
    const char *if_none_match; /* header; NULL when absent */
    const char *accepted_form; /* ndjson, csv, or "" for anything else: nginx reads it out of Accept */
    bool accepts_gzip;
    size_t segment_count; /* may be over REQUEST_SEGMENTS_MAX */
    struct request_text segments[REQUEST_SEGMENTS_MAX];
    size_t param_count;
    struct request_param params[REQUEST_PARAMS_MAX];
    const char *culprit;               /* what a fault is about, decoded; "" when nothing to name */
    char text[REQUEST_TARGET_MAX + 2]; /* the decoded pieces, each with its NUL */
};

/* Reads `method` and `target` (the raw REQUEST_URI); both are borrowed, NULL reads as "".
 * The other fields become empty. After a fault `segments` and `params` hold nothing to rely on. */
enum request_fault request_parse(struct request *request, const char *method, const char *target)
    __attribute__((warn_unused_result));

/* Checks the parameters against `allowed`: names with blanks between them, a * behind those that may come
 * more than once ("id* texts"); NULL or "" allows none. Sets `culprit`. */
enum request_fault request_check_params(struct request *request, const char *allowed)
    __attribute__((warn_unused_result));

/* True for `If-None-Match: *`, which holds for whatever is there. */
bool request_accepts_any_version(const struct request *request);

/* The first value of a parameter, or NULL when it is not there. */
const struct request_text *request_param(const struct request *request, const char *name);

/* Reads an index as Rust reads a u32: digits, leading zeros and one leading + allowed, at most 2^32-1. */
bool request_read_index(const struct request_text *text, uint32_t *index) __attribute__((warn_unused_result));

/* True for digits with one optional + before them, whatever their value: "this is meant as a number". */
bool request_looks_like_index(const struct request_text *text);

/* Reads a whole number from `min` to `max`: digits, one leading - allowed. */
bool request_read_int(const char *text, size_t length, int64_t min, int64_t max, int64_t *value)
    __attribute__((warn_unused_result));

/* Reads two such numbers with a comma between them: "50,10". */
bool request_read_pair(const struct request_text *text, int64_t min, int64_t max, int64_t values[2])
    __attribute__((warn_unused_result));

#endif
