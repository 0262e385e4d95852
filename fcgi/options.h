/*
 * The command line and the environment of deepdecipher-fcgi.
 */
#ifndef DEEPDECIPHER_FCGI_OPTIONS_H
#define DEEPDECIPHER_FCGI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "listener.h"

enum options_outcome {
    OPTIONS_RUN,  /* all is there */
    OPTIONS_DONE, /* --help or --version was printed: exit 0 */
    OPTIONS_WRONG /* said on stderr what is wrong and what would be right: exit 2 */
};

struct fcgi_options {
    struct listen_address listen;
    int workers;          /* 1 to OPTIONS_WORKERS_MAX */
    int64_t max_requests; /* a worker's life; 0: for ever */
    const char *database; /* libpq connection string, borrowed */
    int timeout_ms;       /* for each wait for the database */
    bool log_requests;    /* queries carry the id of their request */
    const char *version;  /* of the program, borrowed */
};

enum { OPTIONS_WORKERS_MAX = 1024 };

/* Reads the flags and, for those not given, the environment. Borrows from both. */
enum options_outcome fcgi_options_read(struct fcgi_options *options, int argc, char *argv[], const char *version)
    __attribute__((warn_unused_result));

#endif
