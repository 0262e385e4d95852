/*
 * FastCGI: from a listening socket to a request's parameters, and a reply back. The only file
 * that includes libfcgi, of which it uses the reading half.
 *
 *     while (gateway_accept(g) == GATEWAY_PEER) {
 *         if (gateway_read(g)) { … gateway_param(g, "REQUEST_URI") … gateway_send(g, head, body); }
 *         gateway_finish(g);
 *     }
 *     gateway_wait(g);
 *
 * One connection carries one request, whatever the peer asks for: libfcgi does not multiplex, and a
 * kept connection would hold a worker while others wait. A silent or broken peer costs a bounded time.
 */
#ifndef DEEPDECIPHER_GATEWAY_H
#define DEEPDECIPHER_GATEWAY_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct gateway;

enum gateway_arrival {
    GATEWAY_PEER,   /* a connection; end it with gateway_finish */
    GATEWAY_NOBODY, /* nothing waits */
    GATEWAY_BROKEN  /* the listening socket or this process is in trouble: errno */
};

/* `listener` is a non-blocking listening socket, borrowed. NULL when there is no memory. */
struct gateway *gateway_new(int listener);
void gateway_free(struct gateway *gateway);

/* Sleeps until somebody may be there or a signal came, with the signal mask `while_waiting` in force
 * only meanwhile: a signal blocked elsewhere can not slip in between a test and the sleep. */
void gateway_wait(struct gateway *gateway, const sigset_t *while_waiting);

/* Takes the next connection, without waiting. */
enum gateway_arrival gateway_accept(struct gateway *gateway) __attribute__((warn_unused_result));

/* Reads the request's parameters. False: no FastCGI, or too slow; nobody to answer to. */
bool gateway_read(struct gateway *gateway) __attribute__((warn_unused_result));

/* A parameter such as "REQUEST_URI", or NULL. Lives until gateway_finish. */
const char *gateway_param(const struct gateway *gateway, const char *name);

/* Reads the request's body into `body`, at most `size` bytes. False: it is longer, or was cut off. */
bool gateway_read_body(struct gateway *gateway, char *body, size_t size, size_t *length)
    __attribute__((warn_unused_result));

/* Sends header lines and body, straight from their memory, and says that this was all.
 * False: the peer went away. */
bool gateway_send(struct gateway *gateway, const char *head, size_t head_length, const char *body, size_t body_length)
    __attribute__((warn_unused_result));

/* The same a piece at a time, for what is too long to be held: gateway_begin, any number of gateway_write, and at last
 * gateway_end, or gateway_break, from which the peer sees that the reply broke off. Each piece must be taken within a
 * bounded time. False: the peer went away, or is too slow. */
bool gateway_begin(struct gateway *gateway, const char *head, size_t head_length) __attribute__((warn_unused_result));
bool gateway_write(struct gateway *gateway, const char *bytes, size_t length) __attribute__((warn_unused_result));
bool gateway_end(struct gateway *gateway) __attribute__((warn_unused_result));
void gateway_break(struct gateway *gateway);

/* Ends the connection and frees what belongs to it. */
void gateway_finish(struct gateway *gateway);

#endif
