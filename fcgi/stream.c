/* A reply that is sent while it is made; see stream.h. */
#include "stream.h"

#include "clock.h"
#include "log.h"

enum { PIECE_BYTES = 64 << 10, RETRY_AFTER_S = 5 };

bool stream_may_begin(struct exchange *x)
{
    int streaming = 0, workers = 0;
    for (int i = 0; i < x->board->slot_count; i++) {
        workers += x->board->slots[i].pid != 0;
        streaming += x->board->slots[i].pid != 0 && x->board->slots[i].is_streaming;
    }
    if (2 * streaming < workers)
        return true;
    exchange_problem(x, 503, "Too many long lists are being sent. Try again in a moment, or ask for pages of JSON.");
    x->reply.retry_after_s = RETRY_AFTER_S;
    return false;
}

bool stream_begin(struct exchange *x, const char *content_type)
{
    reply_begin(&x->reply, 200, content_type);
    x->reply.cache = CACHE_NEVER;
    x->reply.is_stream = true;
    if (x->request.method == METHOD_HEAD)
        return false;
    reply_finish(&x->reply, &x->request);
    x->reply.is_sent = true;
    x->slot->is_streaming = true;
    if (gateway_begin(x->gateway, x->reply.head.data, x->reply.head.length))
        return true;
    stream_end(x, false);
    return false;
}

struct buffer *stream_piece(struct exchange *x)
{
    return &x->reply.body;
}

bool stream_flush(struct exchange *x, bool is_last)
{
    struct buffer *piece = &x->reply.body;
    if (piece->failed)
        return false;
    if (piece->length == 0 || (piece->length < PIECE_BYTES && !is_last))
        return true;
    /* To the master, who ends workers that hang: this one gets on. */
    scoreboard_begin(x->slot, clock_ns());
    bool is_taken = gateway_write(x->gateway, piece->data, piece->length);
    buffer_reset(piece, REPLY_KEEP_BYTES);
    return is_taken;
}

void stream_end(struct exchange *x, bool is_whole)
{
    x->slot->is_streaming = false;
    if (is_whole && stream_flush(x, true) && gateway_end(x->gateway))
        return;
    gateway_break(x->gateway);
    x->reply.status = 0; /* counted as "other" */
    log_line(LOG_INFO, x->request.id, "%s: the reply broke off", x->request.target);
}
