/* From a parsed request to its handler; see dispatch.h. */
#include "dispatch.h"

#include <assert.h>

static void answer_fault(struct exchange *x, enum request_fault fault)
{
    const char *culprit = x->request.culprit;
    switch (fault) {
    case REQUEST_TARGET_TOO_LONG:
        /* The target is not repeated: it would make the reply as long. */
        reply_problem(&x->reply, "/", 414, "The request's target may have %d bytes at most.", REQUEST_TARGET_MAX);
        return;
    case REQUEST_TARGET_NO_PATH: exchange_problem(x, 400, "The request's target must begin with /."); return;
    case REQUEST_ESCAPE_BROKEN:
        exchange_problem(x, 400,
                         "Every %% in the address must be followed by two hexadecimal digits; "
                         "a %% itself is written %%25.");
        return;
    case REQUEST_PARAM_UNCLEAN:
        exchange_problem(x, 400, "The query parameter \"%s\" is not valid UTF-8 text.", culprit);
        return;
    case REQUEST_PARAMS_TOO_MANY:
        exchange_problem(x, 400, "There may be %d query parameters at most.", REQUEST_PARAMS_MAX);
        return;
    case REQUEST_PARAM_UNKNOWN:
    case REQUEST_PARAM_TWICE:
    case REQUEST_FINE: break;
    }
    assert(!"a fault that is none");
}

static void answer_options(struct exchange *x)
{
    reply_begin(&x->reply, 204, NULL);
    x->reply.allow = x->match.allowed;
    x->reply.is_preflight = true;
}

static void answer_wrong_method(struct exchange *x)
{
    exchange_problem(x, 405, "This address does not take that method. The Allow header lists what it takes.");
    x->reply.allow = x->match.allowed;
}

static void run_route(struct exchange *x)
{
    const struct route *route = x->match.route;
    const struct request_text *unclean = route_unclean_capture(&x->match);
    if (unclean != NULL) {
        exchange_problem(x, 404, "'%s' not found: it is not valid UTF-8 text.", unclean->text);
    } else if (route->checks_parameters || exchange_check_params(x, route->parameters)) {
        x->reply.cache = route->cache;
        route->handle(x);
    }
}

void dispatch(struct exchange *x, enum request_fault fault, const struct route table[], size_t count)
{
    x->match = (struct route_match){0};
    if (fault != REQUEST_FINE) {
        answer_fault(x, fault);
        return;
    }
    route_find(table, count, &x->request, &x->match);
    if (x->match.allowed == 0)
        exchange_problem(x, 404, "There is nothing at this address. /doc describes the addresses there are.");
    else if (x->request.method == METHOD_OPTIONS)
        answer_options(x);
    else if (x->match.route == NULL)
        answer_wrong_method(x);
    else
        run_route(x);
}
