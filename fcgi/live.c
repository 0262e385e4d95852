/* Live reading; see live.h. */
#include "live.h"

#include "clock.h"
#include "json.h"

#include <string.h>

enum { WAIT_MS = 2000, RETRY_AFTER_S = 2 };

/* LISTEN goes first, so that no notification falls between asking and waiting. */
static bool ask(struct exchange *x, const char *model, const char *source, uint32_t layer, uint32_t neuron,
                const char **answer)
{
    PGresult *rows = NULL;
    const struct db_param params[] = {db_text(model), db_text(source), db_int4((int32_t)layer),
                                      db_int4((int32_t)neuron)};
    db_continue(x->db);
    enum db_status status = db_send(x->db, STATEMENT_LISTEN_DONE, 0, NULL);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_BEGIN_WRITE, 0, NULL);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_REQUEST_NEURON, 4, params);
    if (status == DB_OK)
        status = db_send(x->db, STATEMENT_COMMIT, 0, NULL);
    if (status == DB_OK)
        status = db_flush(x->db);
    for (int i = 0; i < 4 && status == DB_OK; i++) {
        PGresult *got;
        status = db_receive(x->db, &got);
        if (status == DB_OK && i == 2)
            rows = got;
    }
    db_continue(x->db);
    if (!exchange_db_ok(x, status))
        return false;
    *answer = db_get_text(rows, 0, 0);
    return true;
}

/* Others must be able to answer while this one waits. */
static bool may_wait(const struct exchange *x)
{
    int waiting = 0, workers = 0;
    for (int i = 0; i < x->board->slot_count; i++) {
        workers += x->board->slots[i].pid != 0;
        waiting += x->board->slots[i].pid != 0 && x->board->slots[i].is_waiting;
    }
    return 2 * waiting < workers;
}

/* Any live job's end wakes all who wait; the caller looks whether it was theirs. */
static bool wait_for_end(struct exchange *x)
{
    if (!may_wait(x))
        return false;
    x->slot->is_waiting = true;
    bool has_come = db_wait(x->db, WAIT_MS);
    x->slot->is_waiting = false;
    return has_come;
}

static bool stop_listening(struct exchange *x)
{
    PGresult *done;
    bool is_fine = exchange_db_ok(x, db_query(x->db, STATEMENT_UNLISTEN, 0, NULL, &done));
    db_continue(x->db);
    return is_fine;
}

static void answer_later(struct exchange *x)
{
    struct buffer *body = exchange_json(x);
    buffer_add_text(body, "{\"detail\":\"The neuron is being fetched. Ask again in a moment.\",\"location\":");
    json_text(body, x->request.target);
    buffer_add_text(body, ",\"status\":202}");
    x->reply.status = 202;
    x->reply.cache = CACHE_NEVER;
    x->reply.etag[0] = '\0';
    x->reply.retry_after_s = RETRY_AFTER_S;
    x->reply.location = x->request.target;
}

enum live_outcome live_request(struct exchange *x, const char *model, const char *source, uint32_t layer,
                               uint32_t neuron)
{
    const char *answer;
    if (!ask(x, model, source, layer, neuron, &answer))
        return LIVE_ANSWERED;
    bool is_waiting = strcmp(answer, "waiting") == 0, has_come = is_waiting && wait_for_end(x);
    if (!stop_listening(x))
        return LIVE_ANSWERED;
    if (has_come || strcmp(answer, "stored") == 0)
        return LIVE_ARRIVED;
    if (is_waiting) {
        answer_later(x);
        return LIVE_ANSWERED;
    }
    if (strcmp(answer, "full") == 0) {
        exchange_problem(x, 503, "Too many neurons are being fetched. Try again in a moment.");
        x->reply.retry_after_s = RETRY_AFTER_S;
        return LIVE_ANSWERED;
    }
    return LIVE_OFF;
}
