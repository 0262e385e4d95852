/*
 * The master process: binds, forks the workers, replaces those that die or hang, rolls them on HUP,
 * drains on TERM. It answers no request and holds no database connection.
 */
#ifndef DEEPDECIPHER_MASTER_H
#define DEEPDECIPHER_MASTER_H

#include "options.h"

/* Runs until it is told to stop. Returns the program's exit code: 0 stopped as asked, 1 could not start. */
int master_run(const struct fcgi_options *options) __attribute__((warn_unused_result));

#endif
