/* What handlers do with a request; see exchange.h. */
#include "exchange.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "log.h"

static const char internal_detail[] = "Something failed inside the server. Its log has the reason.";

const char *exchange_capture(const struct exchange *x, const char *name)
{
    const struct request_text *text = route_capture(&x->match, name);
    assert(text != NULL);
    return text->text;
}

bool exchange_index(struct exchange *x, const char *name, uint32_t *index)
{
    const struct request_text *text = route_capture(&x->match, name);
    assert(text != NULL);
    if (request_read_index(text, index))
        return true;
    exchange_problem(x, 404, "can not parse \"%s\" to a u32", text->text);
    return false;
}

/* "id* texts" becomes "id, texts". */
static void list_parameters(struct buffer *b, const char *allowed)
{
    for (; *allowed != '\0'; allowed++) {
        if (*allowed == ' ')
            buffer_add_text(b, ", ");
        else if (*allowed != '*')
            buffer_add_char(b, *allowed);
    }
    buffer_add_char(b, '\0');
}

bool exchange_check_params(struct exchange *x, const char *allowed)
{
    enum request_fault fault = request_check_params(&x->request, allowed);
    const char *culprit = x->request.culprit;
    struct buffer list = {0};
    if (fault == REQUEST_FINE)
        return true;
    if (fault == REQUEST_PARAM_TWICE) {
        exchange_problem(x, 400, "The query parameter \"%s\" may come only once.", culprit);
    } else if (allowed == NULL || *allowed == '\0') {
        exchange_problem(x, 400, "The query parameter \"%s\" is not known: this address takes none.", culprit);
    } else {
        list_parameters(&list, allowed);
        exchange_problem(x, 400, "The query parameter \"%s\" is not known. This address takes: %s.", culprit,
                         list.failed ? "others" : list.data);
        buffer_clear(&list);
    }
    return false;
}

bool exchange_param_int(struct exchange *x, const char *name, int64_t min, int64_t max, int64_t otherwise,
                        int64_t *value)
{
    const struct request_text *text = request_param(&x->request, name);
    *value = otherwise;
    if (text == NULL || request_read_int(text->text, text->length, min, max, value))
        return true;
    exchange_problem(x, 400, "%s must be a whole number from %lld to %lld, not \"%s\".", name, (long long)min,
                     (long long)max, text->text);
    return false;
}

bool exchange_param_pair(struct exchange *x, const char *name, int64_t min, int64_t max, int64_t values[2],
                         bool *is_there)
{
    const struct request_text *text = request_param(&x->request, name);
    *is_there = text != NULL;
    if (text == NULL || request_read_pair(text, min, max, values))
        return true;
    exchange_problem(x, 400, "%s must be two whole numbers from %lld to %lld with a comma between them, not \"%s\".",
                     name, (long long)min, (long long)max, text->text);
    return false;
}

bool exchange_body(struct exchange *x, size_t max, char **body, size_t *length)
{
    const char *announced = gateway_param(x->gateway, "CONTENT_LENGTH");
    int64_t bytes = 0;
    *body = NULL;
    *length = 0;
    if (announced != NULL && *announced != '\0' &&
        !request_read_int(announced, strlen(announced), 0, (int64_t)max, &bytes)) {
        exchange_problem(x, 413, "The request's body may have %zu bytes at most.", max);
        return false;
    }
    *body = malloc((size_t)bytes + 1);
    assert(*body != NULL);
    if (gateway_read_body(x->gateway, *body, (size_t)bytes, length) && *length == (size_t)bytes)
        return true;
    free(*body);
    *body = NULL;
    exchange_problem(x, 400, "The request's body does not have the length that its header says.");
    return false;
}

static bool answer_lost(struct exchange *x)
{
    static struct log_throttle throttle;
    log_throttled(&throttle, LOG_ERROR, x->request.id, "database lost: %s", db_error(x->db));
    reply_problem(&x->reply, x->request.target, 503, "The database can not be reached. Try again in a second.");
    x->reply.retry_after_s = 1;
    return false;
}

static bool answer_too_slow(struct exchange *x)
{
    static struct log_throttle throttle;
    log_throttled(&throttle, LOG_WARNING, x->request.id, "database too slow: %s: %s", x->request.target,
                  db_error(x->db));
    reply_problem(&x->reply, x->request.target, 503, "The database took too long. Narrow the query.");
    return false;
}

bool exchange_db_ok(struct exchange *x, enum db_status status)
{
    scoreboard_database(x->slot, status != DB_LOST, status == DB_OK);
    switch (status) {
    case DB_OK: return true;
    case DB_LOST: return answer_lost(x);
    case DB_TOO_SLOW: return answer_too_slow(x);
    case DB_REFUSED:
        exchange_internal_error(x, "database error %s: %s", db_sqlstate(x->db), db_error(x->db));
        return false;
    }
    assert(!"unknown database outcome");
    return false;
}

bool exchange_is_current(struct exchange *x, const char *format, ...)
{
    char version[REPLY_ETAG_SIZE], own[REPLY_ETAG_SIZE / 2];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(own, sizeof own, format, arguments);
    va_end(arguments);
    assert(length >= 0 && length < (int)sizeof own);
    /* Another version of the program may write the same rows in another form. */
    snprintf(version, sizeof version, "%.32s-%s", x->version, own);
    return reply_is_current(&x->reply, &x->request, version);
}

struct buffer *exchange_json(struct exchange *x)
{
    return reply_begin(&x->reply, 200, "application/json");
}

struct buffer *exchange_text(struct exchange *x, const char *content_type)
{
    return reply_begin(&x->reply, 200, content_type);
}

void exchange_problem(struct exchange *x, int status, const char *format, ...)
{
    static struct log_throttle throttle;
    va_list arguments;
    va_start(arguments, format);
    reply_vproblem(&x->reply, x->request.target, status, format, arguments);
    va_end(arguments);
    if (status >= 500)
        log_throttled(&throttle, LOG_ERROR, x->request.id, "%d for %s", status, x->request.target);
}

void exchange_internal_error(struct exchange *x, const char *format, ...)
{
    static struct log_throttle throttle;
    struct buffer reason = {0};
    va_list arguments;
    va_start(arguments, format);
    buffer_vprintf(&reason, format, arguments);
    va_end(arguments);
    log_throttled(&throttle, LOG_ERROR, x->request.id, "%s: %.*s", x->request.target, (int)reason.length,
                  reason.data != NULL ? reason.data : "");
    buffer_clear(&reason);
    reply_problem(&x->reply, x->request.target, 500, "%s", internal_detail);
}
