/*
 * One reply, from the handler's body to the header lines in front of it.
 *
 * A handler calls reply_begin and writes into the buffer it gets, or reply_problem. reply_finish
 * then does what is the same for all: 304 where the client has it already, gzip, HEAD, CORS, caching.
 * The memory stays from one reply to the next, up to REPLY_KEEP_BYTES a buffer.
 */
#ifndef DEEPDECIPHER_REPLY_H
#define DEEPDECIPHER_REPLY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "request.h"
#include "route.h"

enum {
    REPLY_ETAG_SIZE = 128,       /* a tag with its quotes and NUL */
    REPLY_GZIP_BYTES_MIN = 1024, /* smaller bodies go as they are */
    REPLY_KEEP_BYTES = 4 << 20
};

struct libdeflate_compressor;

struct reply {
    int status;               /* HTTP; 0 until somebody answers */
    const char *content_type; /* NULL: no body */
    enum route_cache cache;
    int retry_after_s;          /* 0: no Retry-After */
    const char *location;       /* borrowed; NULL: no Location */
    unsigned allow;             /* METHOD_… bits for Allow; 0: no such line */
    bool is_preflight;          /* an answer to OPTIONS: adds what CORS asks for */
    char etag[REPLY_ETAG_SIZE]; /* with quotes, as for the body without gzip; "": none */
    struct buffer body;         /* as the handler wrote it */
    struct buffer head;         /* "Status: 200 OK\r\n…\r\n\r\n" after reply_finish */
    struct buffer packed;       /* the body as gzip */
    bool is_packed;             /* `packed` is what goes out */
    bool has_forms;             /* which one it is, Accept says */
    bool is_stream;             /* the length is not known: see stream.h */
    bool is_sent;               /* by whoever made it */
    bool has_no_payload;        /* HEAD, 204, 304 */
    struct libdeflate_compressor *compressor;
};

/* Dies of lack of memory only. */
void reply_init(struct reply *reply);
void reply_clear(struct reply *reply);
/* Makes it empty for the next request; the memory stays. */
void reply_reset(struct reply *reply);

/* Starts a reply over, whatever was written before. The type is borrowed. Returns the body to write into. */
struct buffer *reply_begin(struct reply *reply, int status, const char *content_type);

/* Answers with application/problem+json (RFC 9457); `instance` is the request's target. The text is for
 * the client: no SQL, no paths of this machine. It is never cached and has no ETag. */
void reply_problem(struct reply *reply, const char *instance, int status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void reply_vproblem(struct reply *reply, const char *instance, int status, const char *format, va_list arguments)
    __attribute__((format(printf, 4, 0)));

/* Sets the ETag to `version` (without quotes: letters, digits, - and .), for GET and HEAD. True when the client
 * already has that version: the reply is then a finished 304 and the handler returns without building anything. */
bool reply_is_current(struct reply *reply, const struct request *request, const char *version)
    __attribute__((warn_unused_result));

/* Turns what the handler left into header lines and payload. A reply without status, or one that ran out of memory,
 * becomes a 500 here. */
void reply_finish(struct reply *reply, const struct request *request);

/* What to send behind `head`; empty for HEAD, 204 and 304. Borrowed until reply_reset. */
const char *reply_payload(const struct reply *reply, size_t *length);

#endif
