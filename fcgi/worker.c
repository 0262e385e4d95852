/* A worker process; see worker.h. */
#include "worker.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "clock.h"
#include "dispatch.h"
#include "exchange.h"
#include "gateway.h"
#include "log.h"
#include "model_cache.h"
#include "token_cache.h"

struct worker_state {
    struct token_cache *tokens;
    struct model_cache *models;
};

struct worker {
    struct exchange x;
    struct worker_state state;
    pid_t master;
    bool names_requests;   /* to PostgreSQL */
    int64_t served, share; /* requests; share 0: no limit */
    sigset_t while_waiting;
};

struct token_cache *worker_tokens(struct worker_state *state)
{
    return state->tokens;
}

struct model_cache *worker_models(struct worker_state *state)
{
    return state->models;
}

static volatile sig_atomic_t was_told_to_leave;

static void take_note(int signal_number)
{
    (void)signal_number;
    was_told_to_leave = 1;
}

/* TERM arrives only while the worker waits; Ctrl-C and HUP reach the whole group, but are the master's business. */
static void set_signals(struct worker *w)
{
    struct sigaction note = {.sa_handler = take_note};
    sigemptyset(&note.sa_mask);
    sigaction(SIGTERM, &note, NULL);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, NULL, &w->while_waiting);
    sigdelset(&w->while_waiting, SIGTERM);
}

/* ppoll delivers no signal as long as the socket is ready, so under load TERM stays pending. */
static bool term_has_come(void)
{
    sigset_t pending;
    sigpending(&pending);
    return was_told_to_leave || sigismember(&pending, SIGTERM);
}

static bool must_leave(const struct worker *w)
{
    enum slot_command command = (enum slot_command)atomic_load(&w->x.slot->command);
    if (w->share > 0 && w->served >= w->share)
        return true;
    switch (command) {
    case COMMAND_RETIRE: return true;
    case COMMAND_DRAIN: return getppid() != w->master;
    case COMMAND_SERVE: break;
    }
    return term_has_come();
}

/* Up to a tenth less, at random, so that the workers are not all replaced at once. */
static int64_t share_of(int64_t max_requests)
{
    uint64_t number = 0;
    if (max_requests == 0)
        return 0;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        number = (uint64_t)getpid();
    return max_requests - (int64_t)(number % ((uint64_t)max_requests / 10 + 1));
}

static enum request_fault read_request(struct exchange *x)
{
    const struct gateway *g = x->gateway;
    const char *accept_gzip = gateway_param(g, "ACCEPT_GZIP"), *id = gateway_param(g, "REQUEST_ID"),
               *accepted_form = gateway_param(g, "ACCEPT_FORM");
    enum request_fault fault =
        request_parse(&x->request, gateway_param(g, "REQUEST_METHOD"), gateway_param(g, "REQUEST_URI"));
    x->request.id = id != NULL ? id : "";
    x->request.accepts_gzip = accept_gzip != NULL && strcmp(accept_gzip, "1") == 0;
    x->request.if_none_match = gateway_param(g, "HTTP_IF_NONE_MATCH");
    x->request.accepted_form = accepted_form != NULL ? accepted_form : "";
    return fault;
}

static void send_reply(struct exchange *x)
{
    size_t length;
    const char *payload = reply_payload(&x->reply, &length);
    if (x->reply.head.failed)
        log_line(LOG_ERROR, x->request.id, "no memory for a reply");
    else if (!gateway_send(x->gateway, x->reply.head.data, x->reply.head.length, payload, length))
        x->reply.status = 0; /* the peer has gone: counted as "other" */
}

static int route_number(const struct exchange *x)
{
    return x->match.route != NULL ? (int)(x->match.route - route_table) : (int)route_table_count;
}

static void answer(struct worker *w, int64_t started_ns)
{
    struct exchange *x = &w->x;
    enum request_fault fault = read_request(x);
    if (w->names_requests)
        db_name(x->db, x->request.id);
    dispatch(x, fault, route_table, route_table_count);
    if (!x->reply.is_sent && (x->reply.body.failed || x->reply.status == 0))
        log_line(LOG_ERROR, x->request.id, "%s: %s", x->request.target,
                 x->reply.body.failed ? "no memory for the body" : "the handler did not answer");
    if (!x->reply.is_sent) {
        reply_finish(&x->reply, &x->request);
        send_reply(x);
    }
    scoreboard_end(x->slot, route_number(x), x->reply.status, started_ns, clock_ns());
}

static void serve_peer(struct worker *w)
{
    struct exchange *x = &w->x;
    int64_t started_ns = clock_ns();
    scoreboard_begin(x->slot, started_ns);
    if (gateway_read(x->gateway)) {
        answer(w, started_ns);
        w->served++;
    } else {
        scoreboard_give_up(x->slot);
    }
    gateway_finish(x->gateway);
    db_finish(x->db);
    reply_reset(&x->reply);
}

static int serve(struct worker *w)
{
    while (!must_leave(w)) {
        switch (gateway_accept(w->x.gateway)) {
        case GATEWAY_PEER: serve_peer(w); break;
        case GATEWAY_NOBODY:
            if (atomic_load(&w->x.slot->command) == COMMAND_DRAIN)
                return 0;
            gateway_wait(w->x.gateway, &w->while_waiting);
            break;
        case GATEWAY_BROKEN: log_line(LOG_ERROR, NULL, "can not accept connections: %s", strerror(errno)); return 1;
        }
    }
    return 0;
}

static struct worker *worker_new(const struct fcgi_options *options, struct scoreboard *board, int slot, int listener,
                                 pid_t master)
{
    struct worker *w = calloc(1, sizeof *w);
    assert(w != NULL);
    w->master = master;
    w->names_requests = options->log_requests;
    w->share = share_of(options->max_requests);
    w->x.board = board;
    w->x.slot = &board->slots[slot];
    w->x.version = options->version;
    w->x.gateway = gateway_new(listener);
    w->x.db = db_new(options->database, "deepdecipher-fcgi", options->timeout_ms);
    assert(w->x.gateway != NULL);
    w->state.tokens = token_cache_new();
    w->state.models = model_cache_new();
    w->x.state = &w->state;
    reply_init(&w->x.reply);
    return w;
}

static void worker_free(struct worker *w)
{
    reply_clear(&w->x.reply);
    db_free(w->x.db);
    token_cache_free(w->state.tokens);
    model_cache_free(w->state.models);
    gateway_free(w->x.gateway);
    free(w);
}

int worker_run(const struct fcgi_options *options, struct scoreboard *board, int slot, int listener, pid_t master)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master)
        return 0; /* it died before the line above */
    struct worker *w = worker_new(options, board, slot, listener, master);
    set_signals(w);
    atomic_store(&w->x.slot->is_ready, true);
    int code = serve(w);
    worker_free(w);
    return code;
}
