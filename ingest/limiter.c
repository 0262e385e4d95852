#include "limiter.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

struct limiter {
    int64_t interval_ns; /* between two requests; 0: no limit */
    _Atomic int64_t next_ns, quiet_until_ns;
};

int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct limiter *limiter_new(double rate)
{
    struct limiter *limiter = mmap(NULL, sizeof *limiter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (limiter == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    limiter->interval_ns = rate > 0 ? (int64_t)(1e9 / rate) : 0;
    return limiter;
}

int64_t limiter_take(struct limiter *limiter)
{
    int64_t now = monotonic_ns();
    int64_t quiet = atomic_load(&limiter->quiet_until_ns) - now;
    if (quiet > 0)
        return quiet;
    if (limiter->interval_ns == 0)
        return 0;
    int64_t next = atomic_load(&limiter->next_ns);
    for (;;) {
        if (next > now)
            return next - now;
        /* What was not used is lost: after a pause there is no burst. */
        int64_t after = (now - next > limiter->interval_ns ? now : next) + limiter->interval_ns;
        if (atomic_compare_exchange_weak(&limiter->next_ns, &next, after))
            return 0;
    }
}

void limiter_pause(struct limiter *limiter, double seconds)
{
    int64_t until = monotonic_ns() + (int64_t)(seconds * 1e9);
    int64_t old = atomic_load(&limiter->quiet_until_ns);
    while (old < until && !atomic_compare_exchange_weak(&limiter->quiet_until_ns, &old, until))
        ;
}
