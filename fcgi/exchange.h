/*
 * One request and its reply, as a handler sees them.
 *
 *     void handle_neuron(struct exchange *x)
 *     {
 *         uint32_t layer;
 *         int64_t texts;
 *         PGresult *rows;
 *         if (!exchange_index(x, "layer", &layer)) return;                    404 is answered
 *         if (!exchange_param_int(x, "texts", 0, 100, 20, &texts)) return;    400 is answered
 *         if (!exchange_db_ok(x, db_query(x->db, STATEMENT_…, …, &rows))) return;   503 or 500
 *         if (PQntuples(rows) == 0) {
 *             exchange_problem(x, 404, "Model '%s' not found.", exchange_capture(x, "model"));
 *             return;
 *         }
 *         if (exchange_is_current(x, "m%d-r%" PRId64, model_id, revision)) return;   304
 *         struct buffer *body = exchange_json(x);
 *         buffer_add_text(body, "{\"data\":");  …
 *     }
 *
 * A function that returns false has answered already: the handler returns. Nobody calls db_finish:
 * that happens after the handler, as the reply may borrow from the rows until then.
 */
#ifndef DEEPDECIPHER_EXCHANGE_H
#define DEEPDECIPHER_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "gateway.h"
#include "reply.h"
#include "request.h"
#include "route.h"
#include "scoreboard.h"

#include "db.h"

struct worker_state; /* what a worker keeps from one request to the next for its handlers */

/* One per worker; `request`, `reply` and `match` are of the present request. */
struct exchange {
    struct request request;
    struct route_match match;
    struct reply reply;
    struct db *db;
    struct worker_state *state;
    struct scoreboard *board;
    struct scoreboard_slot *slot; /* this worker's */
    struct gateway *gateway;      /* NULL in tests */
    const char *version;          /* of the program */
};

/* The decoded segment that the route's pattern calls `name`: UTF-8, NUL-terminated. A bug when it has none. */
const char *exchange_capture(const struct exchange *x, const char *name);

/* Reads that segment as an index; answers 404 `can not parse "abc" to a u32`. */
bool exchange_index(struct exchange *x, const char *name, uint32_t *index) MUST_CHECK;

/* True when all query parameters are among those `allowed` (as request_check_params takes them). Answers 400. */
bool exchange_check_params(struct exchange *x, const char *allowed) MUST_CHECK;
/* Reads a query parameter; `otherwise` when it is not there. Answers 400. */
bool exchange_param_int(struct exchange *x, const char *name, int64_t min, int64_t max, int64_t otherwise,
                        int64_t *value) MUST_CHECK;
/* Reads "50,10"; `is_there` says whether it was given, `values` stay untouched when not. Answers 400. */
bool exchange_param_pair(struct exchange *x, const char *name, int64_t min, int64_t max, int64_t values[2],
                         bool *is_there) MUST_CHECK;

/* Reads the request's body, at most `max` bytes, into memory the caller frees. Answers 413 or 400. */
bool exchange_body(struct exchange *x, size_t max, char **body, size_t *length) MUST_CHECK;

/* The one place where the database's outcome becomes an HTTP status. False: answered and logged. */
bool exchange_db_ok(struct exchange *x, enum db_status status) MUST_CHECK;

/* The ETag, made of the format and the program's version (letters, digits, - and . only).
 * True: the client has it already, 304 is answered. */
bool exchange_is_current(struct exchange *x, const char *format, ...) MUST_CHECK __attribute__((format(printf, 2, 3)));

/* Starts a reply with status 200 and gives its body. */
struct buffer *exchange_json(struct exchange *x);
struct buffer *exchange_text(struct exchange *x, const char *content_type);

/* Answers with a problem; the text is for the client. From 500 on it is logged. */
void exchange_problem(struct exchange *x, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Answers 500 without a reason; the reason goes to the log. */
void exchange_internal_error(struct exchange *x, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
