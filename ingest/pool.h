/*
 * Processes that work the queue together, and their parent, which shows how far they are.
 */
#ifndef DEEPDECIPHER_POOL_H
#define DEEPDECIPHER_POOL_H

#include "options.h"
#include "work.h"

/* Works all jobs of the scope with options->jobs processes until none is left, in the queue or in the hands of other
 * commands; `label` stands before the progress bar, `total` neurons are at its end. False when it was stopped or a
 * process failed (which is then said on stderr). */
bool pool_run(const struct options *options, struct work_scope scope, const char *label, int64_t total);

/* Works whatever comes into the queue until SIGTERM or SIGINT. */
bool pool_serve(const struct options *options);

#endif
