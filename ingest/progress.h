/*
 * How far long work is: a bar on a terminal, else a line every ten seconds.
 */
#ifndef DEEPDECIPHER_PROGRESS_H
#define DEEPDECIPHER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *label;
    int64_t total; /* neurons */
    bool is_terminal;
    int64_t start_ns, shown_ns;
};

void progress_start(struct progress *progress, const char *label, int64_t total);
/* Shows `done` neurons, `rejected` of them refused, `bytes` read; on a terminal at every call, else now and then. */
void progress_show(struct progress *progress, int64_t done, int64_t rejected, uint64_t bytes);
/* The last state, which stays on the screen. */
void progress_end(struct progress *progress, int64_t done, int64_t rejected, uint64_t bytes);

#endif
