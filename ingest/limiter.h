/*
 * When the next request may start: so many a second, and not while the site asked for quiet.
 * Lives in shared memory, so that all worker processes of a command keep one rate.
 */
#ifndef DEEPDECIPHER_LIMITER_H
#define DEEPDECIPHER_LIMITER_H

#include <stdint.h>

struct limiter;

/* `rate` in requests a second; 0 is without limit. In memory that forked processes share; never freed. */
struct limiter *limiter_new(double rate);

/* Takes leave to start one request now, and returns 0; or returns the nanoseconds to wait before asking again. */
int64_t limiter_take(struct limiter *limiter);

/* No request starts within the next `seconds`. */
void limiter_pause(struct limiter *limiter, double seconds);

/* Nanoseconds of a clock that only goes forward. */
int64_t monotonic_ns(void);

#endif
