/*
 * The listening socket: a Unix one (mode 0660) or TCP.
 */
#ifndef DEEPDECIPHER_LISTENER_H
#define DEEPDECIPHER_LISTENER_H

#include <stdbool.h>
#include <sys/types.h>

enum { LISTENER_REASON_SIZE = 512, LISTENER_HOST_SIZE = 256 };

/* Where to listen, read from "PATH" (has a /) or "HOST:PORT" ("*:9000", "[::1]:9000"). */
struct listen_address {
    const char *path;              /* borrowed; NULL: TCP */
    char host[LISTENER_HOST_SIZE]; /* without brackets; "": all */
    char port[6];
};

struct listener {
    int fd;           /* non-blocking */
    const char *path; /* of a Unix socket, borrowed; NULL: TCP */
    dev_t device;     /* of the socket's file, so that nobody else's gets unlinked */
    ino_t inode;
};

/* Reads `text`, which is borrowed. False, with one line saying what would be right, when it is neither. */
bool listen_address_read(struct listen_address *address, const char *text, char reason[LISTENER_REASON_SIZE])
    __attribute__((warn_unused_result));

/* Binds and listens. A socket left behind by a dead master is replaced, even while its last workers
 * still hold it; one whose owner lives, or a file that is no socket, is refused. */
bool listener_open(struct listener *listener, const struct listen_address *address, char reason[LISTENER_REASON_SIZE])
    __attribute__((warn_unused_result));

/* Takes the socket's name away, so that nobody new connects; those who did are still accepted. */
void listener_unlink(struct listener *listener);

/* True while somebody waits to be accepted. */
bool listener_has_waiting(const struct listener *listener);

void listener_close(struct listener *listener);

#endif
