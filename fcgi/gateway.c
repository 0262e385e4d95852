/*
 * FastCGI by libfcgi; see gateway.h.
 *
 * libfcgi reads; the accepting and the sending are done here, because
 * - its accept waits up to two seconds for a silent peer's first byte and knows no time-out after that;
 * - its output goes through a buffer of 8 kB, a write(2) for each; here a reply of any size is one writev(2)
 *   of records that point into the reply's own memory, ended by the closing records;
 * - its close shuts the socket down and waits for the peer to do the same. That is for data still unread,
 *   and here the request is always read to its end.
 * Relied upon, in 2.4.0 to 2.4.7: FCGX_Accept_r takes a connection found in `ipcFd` when `keepConnection`
 * says that one was kept, and FCGX_Free with `detached` closes it at once.
 */
#include "gateway.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <fastcgi.h>
#include <fcgiapp.h>

#include "clock.h"

enum {
    READ_TIMEOUT_S = 5,          /* for each read: nginx has the whole request before it connects */
    SEND_TIMEOUT_S = 10,         /* for each write */
    SEND_TOTAL_MS = 30000,       /* for a whole reply */
    SEND_BUFFER_BYTES = 1 << 20, /* holds most replies whole: the worker need not wait for the reader (a tenth more
                                  * replies of 350 kB a second). Not for TCP, where the kernel knows better. */
    PIECE_MAX = 32 << 10,        /* of a reply that is sent while it is made … */
    PIECE_TIMEOUT_MS = 30000,    /* … and how long the peer may take until there is room for one */
    UNREAD_BYTES_MAX = 1 << 20,
    CONTENT_MAX = 65528,  /* of a record: the highest multiple of 8 below 64 KiB */
    RECORDS_AT_ONCE = 64, /* 4 MB a writev */
    PIECES_AT_ONCE = 4 * RECORDS_AT_ONCE + 1
};

struct gateway {
    FCGX_Request request;
    int listener;
    bool is_unix;
};

/* Records on their way out. */
struct outgoing {
    int fd, request_id;
    int64_t deadline_ms;
    int pieces, records;
    FCGI_Header headers[RECORDS_AT_ONCE];
    struct iovec iov[PIECES_AT_ONCE];
};

struct gateway *gateway_new(int listener)
{
    struct gateway *g = calloc(1, sizeof *g);
    if (g == NULL)
        return NULL;
    g->listener = listener;
    int family = 0;
    socklen_t length = sizeof family;
    g->is_unix = getsockopt(listener, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0 && family == AF_UNIX;
    /* No socket: libfcgi must never accept by itself. */
    if (FCGX_Init() != 0 || FCGX_InitRequest(&g->request, -1, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
        free(g);
        return NULL;
    }
    return g;
}

void gateway_free(struct gateway *g)
{
    if (g == NULL)
        return;
    gateway_finish(g);
    free(g);
}

void gateway_wait(struct gateway *g, const sigset_t *while_waiting)
{
    struct pollfd waiting = {.fd = g->listener, .events = POLLIN};
    int ready = ppoll(&waiting, 1, NULL, while_waiting);
    (void)ready; /* the caller looks again, whatever it was */
}

static enum gateway_arrival arrival_without_peer(int error)
{
    switch (error) {
    case EAGAIN:
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTUNREACH: return GATEWAY_NOBODY;
    default: return GATEWAY_BROKEN;
    }
}

static void set_limits(const struct gateway *g, int fd)
{
    const struct timeval read_timeout = {.tv_sec = READ_TIMEOUT_S}, send_timeout = {.tv_sec = SEND_TIMEOUT_S};
    const int send_buffer = SEND_BUFFER_BYTES;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &read_timeout, sizeof read_timeout);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send_timeout, sizeof send_timeout);
    if (g->is_unix)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
}

enum gateway_arrival gateway_accept(struct gateway *g)
{
    int fd = accept4(g->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return arrival_without_peer(errno);
    set_limits(g, fd);
    g->request.ipcFd = fd;
    g->request.keepConnection = 1;
    g->request.detached = 1;
    return GATEWAY_PEER;
}

bool gateway_read(struct gateway *g)
{
    /* A read that failed ends the parameters as if they were complete: only the error tells. */
    return FCGX_Accept_r(&g->request) == 0 && FCGX_GetError(g->request.in) == 0;
}

const char *gateway_param(const struct gateway *g, const char *name)
{
    return FCGX_GetParam(name, g->request.envp);
}

bool gateway_read_body(struct gateway *g, char *body, size_t size, size_t *length)
{
    assert(size < INT32_MAX);
    *length = (size_t)FCGX_GetStr(body, (int)size, g->request.in);
    if (*length == size && FCGX_GetChar(g->request.in) != EOF)
        return false;
    return FCGX_GetError(g->request.in) == 0;
}

/* Closing a socket with unread data makes the kernel drop the reply that is still on its way. */
static void skip_body(FCGX_Stream *in)
{
    char trash[8192];
    for (size_t skipped = 0; skipped < UNREAD_BYTES_MAX;) {
        int length = FCGX_GetStr(trash, sizeof trash, in);
        skipped += (size_t)length;
        if (length < (int)sizeof trash)
            return;
    }
}

static FCGI_Header make_header(int type, int request_id, size_t content, size_t padding)
{
    return (FCGI_Header){
        .version = FCGI_VERSION_1,
        .type = (unsigned char)type,
        .requestIdB1 = (unsigned char)(request_id >> 8),
        .requestIdB0 = (unsigned char)request_id,
        .contentLengthB1 = (unsigned char)(content >> 8),
        .contentLengthB0 = (unsigned char)content,
        .paddingLength = (unsigned char)padding,
    };
}

/* Takes what was written off the front of the pieces. */
static void drop_written(struct iovec **iov, int *count, size_t written)
{
    while (*count > 0 && written >= (*iov)->iov_len) {
        written -= (*iov)->iov_len;
        (*iov)++;
        (*count)--;
    }
    if (*count == 0)
        return;
    (*iov)->iov_base = (char *)(*iov)->iov_base + written;
    (*iov)->iov_len -= written;
}

static bool write_pieces(struct outgoing *out)
{
    struct iovec *iov = out->iov;
    int count = out->pieces;
    out->pieces = out->records = 0;
    while (count > 0) {
        ssize_t written = writev(out->fd, iov, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        drop_written(&iov, &count, (size_t)written);
        if (count > 0 && clock_ms() > out->deadline_ms)
            return false;
    }
    return true;
}

static void add_piece(struct outgoing *out, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    assert(out->pieces < PIECES_AT_ONCE);
    /* writev takes a pointer to data it may not change as one to data it may. */
    out->iov[out->pieces++] = (struct iovec){.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
}

/* Queues a record of two pieces, writing out what is queued when there is no room left. */
static bool add_record(struct outgoing *out, const char *first, size_t first_length, const char *second,
                       size_t second_length)
{
    static const char zeros[8];
    size_t content = first_length + second_length, padding = (8 - content % 8) % 8;
    if (out->records == RECORDS_AT_ONCE && !write_pieces(out))
        return false;
    FCGI_Header *header = &out->headers[out->records++];
    *header = make_header(FCGI_STDOUT, out->request_id, content, padding);
    add_piece(out, header, sizeof *header);
    add_piece(out, first, first_length);
    add_piece(out, second, second_length);
    add_piece(out, zeros, padding);
    return true;
}

/* The end of the output and of the request, behind everything else that is queued. */
static bool write_ending(struct outgoing *out)
{
    const struct {
        FCGI_Header end_of_output;
        FCGI_EndRequestRecord end_of_request;
    } ending = {
        .end_of_output = make_header(FCGI_STDOUT, out->request_id, 0, 0),
        .end_of_request = {.header = make_header(FCGI_END_REQUEST, out->request_id, sizeof(FCGI_EndRequestBody), 0),
                           .body = {.protocolStatus = FCGI_REQUEST_COMPLETE}},
    };
    add_piece(out, &ending, sizeof ending);
    return write_pieces(out);
}

static struct outgoing start_outgoing(const struct gateway *g)
{
    return (struct outgoing){
        .fd = g->request.ipcFd, .request_id = g->request.requestId, .deadline_ms = clock_ms() + SEND_TOTAL_MS};
}

/* Queues as many records as it takes. */
static bool add_bytes(struct outgoing *out, const char *head, size_t head_length, const char *body, size_t body_length)
{
    while (head_length + body_length > 0) {
        size_t part = body_length < CONTENT_MAX - head_length ? body_length : CONTENT_MAX - head_length;
        if (!add_record(out, head, head_length, body, part))
            return false;
        head_length = 0;
        body += part;
        body_length -= part;
    }
    return true;
}

bool gateway_send(struct gateway *g, const char *head, size_t head_length, const char *body, size_t body_length)
{
    if (head_length > CONTENT_MAX)
        return false;
    skip_body(g->request.in);
    struct outgoing out = start_outgoing(g);
    return add_bytes(&out, head, head_length, body, body_length) && write_ending(&out);
}

bool gateway_begin(struct gateway *g, const char *head, size_t head_length)
{
    if (head_length > CONTENT_MAX)
        return false;
    skip_body(g->request.in);
    return gateway_write(g, head, head_length);
}

/* True when there is room for a piece. A Unix socket says so when at most a quarter of its buffer is used, and the
 * buffer is several pieces long: a piece goes in whole, and there is always room for what gateway_break sends. */
static bool wait_for_room(const struct gateway *g)
{
    struct pollfd peer = {.fd = g->request.ipcFd, .events = POLLOUT};
    int ready;
    while ((ready = poll(&peer, 1, PIECE_TIMEOUT_MS)) < 0 && errno == EINTR)
        ;
    return ready > 0 && !(peer.revents & (POLLERR | POLLHUP));
}

bool gateway_write(struct gateway *g, const char *bytes, size_t length)
{
    while (length > 0) {
        struct outgoing out = start_outgoing(g);
        size_t part = length < PIECE_MAX ? length : PIECE_MAX;
        if (!wait_for_room(g) || !add_bytes(&out, NULL, 0, bytes, part) || !write_pieces(&out))
            return false;
        bytes += part;
        length -= part;
    }
    return true;
}

/* FastCGI has no words for it, and nginx takes the mere end of the connection for the end of the reply. A record of a
 * version that does not exist is an error to anybody; over TCP so is a reset, which needs no room in a buffer. */
void gateway_break(struct gateway *g)
{
    const FCGI_Header nonsense = {.version = 0xff};
    const struct linger reset = {.l_onoff = 1};
    if (g->is_unix)
        (void)!send(g->request.ipcFd, &nonsense, sizeof nonsense, MSG_DONTWAIT | MSG_NOSIGNAL);
    else
        setsockopt(g->request.ipcFd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

bool gateway_end(struct gateway *g)
{
    struct outgoing out = start_outgoing(g);
    return write_ending(&out);
}

void gateway_finish(struct gateway *g)
{
    if (g->request.ipcFd < 0)
        return;
    g->request.detached = 1;
    FCGX_Free(&g->request, 1);
}
