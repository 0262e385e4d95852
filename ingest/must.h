/*
 * Memory that is there, or the end of the program: ingest has nothing better to do without it.
 */
#ifndef DEEPDECIPHER_MUST_H
#define DEEPDECIPHER_MUST_H

#include <stdlib.h>

/* `memory`, unless it is NULL. */
static inline void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

#endif
