/*
 * The worker processes as the master keeps them: two halves of slots, one a generation.
 *
 * A half is kept full, or it is told to leave and empties. A dead worker is replaced at once; only when
 * it died young without having answered a single request does the next one wait, longer every time. What a worker does it says in its slot of the scoreboard.
 */
#ifndef DEEPDECIPHER_CREW_H
#define DEEPDECIPHER_CREW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "options.h"
#include "scoreboard.h"

struct hand {
    pid_t pid; /* 0: nobody */
    int64_t started_ms;
    uint64_t answered;     /* the slot's count when it started */
    int64_t leave_by_ms;   /* told to leave: killed after this; 0: not told */
    int64_t not_before_ms; /* no new one before this */
    int64_t pause_ms;      /* the last pause; 0 after a worker that lived long enough */
};

struct crew {
    const struct fcgi_options *options;
    struct scoreboard *board;
    int listener; /* borrowed */
    int half_size;
    struct hand *hands; /* [2 * half_size], like the slots */
};

/* Dies of lack of memory with a line in the log: false. */
bool crew_init(struct crew *crew, const struct fcgi_options *options, int listener) __attribute__((warn_unused_result));
void crew_clear(struct crew *crew);

/* Starts what is missing in a half and may be started now. New workers find `command` in their slot. */
void crew_fill(struct crew *crew, int half, int generation, enum slot_command command);

/* Takes note of the workers that have ended. */
void crew_reap(struct crew *crew);

/* Tells a half's workers, and wakes them. They are killed when they are still there at `leave_by_ms`. */
void crew_tell(struct crew *crew, int half, enum slot_command command, int64_t leave_by_ms);

/* Kills the workers that hang: in a request, before they got ready, or instead of leaving. */
void crew_watch(struct crew *crew);
void crew_kill_all(struct crew *crew);

int crew_count(const struct crew *crew, int half);
/* True when every slot of the half has a worker that answers requests. */
bool crew_is_ready(const struct crew *crew, int half);
/* Milliseconds until the next missing worker of the half may be started; INT64_MAX when none is missing. */
int64_t crew_next_start_ms(const struct crew *crew, int half);

#endif
