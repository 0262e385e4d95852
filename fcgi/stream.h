/*
 * A reply that is sent while it is made, in bounded memory.
 *
 *     if (!stream_begin(x, "application/x-ndjson")) return;      refused, or the client is gone
 *     while (…) { …write into stream_piece(x)…; if (!stream_flush(x, false)) break; }
 *     stream_end(x, is_whole);
 *
 * The status is 200 once it has begun: what goes wrong later breaks the reply off, which nginx passes on.
 */
#ifndef DEEPDECIPHER_STREAM_H
#define DEEPDECIPHER_STREAM_H

#include "exchange.h"

/* True while another worker may start a stream: others must be able to answer. Answers 503. */
bool stream_may_begin(struct exchange *x) MUST_CHECK;

/* Sends the header lines. For HEAD they are all: false, and the reply is made. The type is borrowed. */
bool stream_begin(struct exchange *x, const char *content_type) MUST_CHECK;

/* Where to write what comes next. */
struct buffer *stream_piece(struct exchange *x);

/* Sends what was written when it is enough to be worth it, or when `is_last`. False: the client went away or is too slow. */
bool stream_flush(struct exchange *x, bool is_last) MUST_CHECK;

/* Ends the reply; unless it `is_whole`, so that the client notices. */
void stream_end(struct exchange *x, bool is_whole);

#endif
