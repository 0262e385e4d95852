/*
 * From a request's path and method to a route, over a table such as
 *
 *     {"/api/{model}/neuroscope/{layer}/{neuron}", METHOD_GET, handle_neuroscope_neuron,
 *      .parameters = "texts window", .label = "neuroscope_neuron", .cache = CACHE_SHORT},
 *
 * A pattern's segment is a word, {name}, which fits anything, or {name:index}, which fits only what is
 * meant as a number. The first row that fits wins, so the narrow ones stand first. GET brings HEAD with
 * it; OPTIONS is answered for every path. A new endpoint is a row in route_table.c and its handler.
 */
#ifndef DEEPDECIPHER_ROUTE_H
#define DEEPDECIPHER_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "request.h"

struct exchange;

enum { ROUTE_CAPTURES_MAX = 6 };

/* What caches may do with a good reply; an error is never kept. */
enum route_cache {
    CACHE_NEVER, /* no-store: health, metrics */
    CACHE_SHORT  /* shared caches a few seconds, then ask again; browsers ask every time */
};

struct route {
    const char *pattern;
    unsigned methods; /* METHOD_… bits */
    void (*handle)(struct exchange *x);
    const char *parameters; /* allowed query parameters as request_check_params takes them; NULL: none */
    bool checks_parameters; /* the handler calls exchange_check_params itself: what is allowed hangs on the service */
    const char *label;      /* the route's name in /metrics, unlike every other row's */
    enum route_cache cache;
};

struct route_capture {
    const char *name; /* in the pattern, `name_length` bytes */
    size_t name_length;
    const struct request_text *text;
};

struct route_match {
    const struct route *route; /* NULL when no row fits the path, or none with the method */
    unsigned allowed;          /* METHOD_… bits of all rows that fit the path; 0: the path is unknown */
    size_t capture_count;
    struct route_capture captures[ROUTE_CAPTURES_MAX];
};

/* The table of this program, in route_table.c. */
extern const struct route route_table[];
extern const size_t route_table_count;

/* Finds the row for `request`; `match` borrows from both. */
void route_find(const struct route table[], size_t count, const struct request *request, struct route_match *match);

/* The segment that the pattern calls `name`, or NULL when the pattern has no such. */
const struct request_text *route_capture(const struct route_match *match, const char *name);

/* The first captured segment that can not be a name (NUL, no UTF-8), or NULL when all can. */
const struct request_text *route_unclean_capture(const struct route_match *match);

#endif
