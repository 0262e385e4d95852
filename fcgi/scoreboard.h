/*
 * Shared memory between the master and its workers: one slot a worker.
 *
 * A slot's counters have a single writer, the worker that holds the slot, and any number of readers;
 * all are atomic, none needs a lock. A worker that takes over a dead one's slot goes on with its
 * counters, so the sums never go backwards. There are twice as many slots as workers: during a roll
 * the old generation and the new one live side by side, in the two halves.
 */
#ifndef DEEPDECIPHER_SCOREBOARD_H
#define DEEPDECIPHER_SCOREBOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

enum {
    SCOREBOARD_ROUTES_MAX = 48, /* rows of the route table, and one for requests without a route */
    SCOREBOARD_STATUSES = 16,   /* distinct status codes told apart; the last is "other" */
    SCOREBOARD_BUCKETS = 15     /* of the latency histogram, the last without an upper bound */
};

/* Upper bounds of the buckets but the last, in seconds. */
extern const double scoreboard_bucket_bounds_s[SCOREBOARD_BUCKETS - 1];

/* What the master wants of a worker. */
enum slot_command {
    COMMAND_SERVE,
    COMMAND_DRAIN, /* go on until nobody waits, then exit: the last TERM */
    COMMAND_RETIRE /* exit after the present request: another generation serves */
};

enum slot_database { DATABASE_NOT_ASKED, DATABASE_UP, DATABASE_DOWN };

struct scoreboard_route {
    _Atomic uint64_t requests[SCOREBOARD_STATUSES];
    _Atomic uint64_t buckets[SCOREBOARD_BUCKETS]; /* not cumulative */
    _Atomic uint64_t nanoseconds;                 /* sum of the durations */
};

struct scoreboard_slot {
    _Atomic pid_t pid;   /* 0: nobody. Written by the master, like the next two */
    _Atomic int command; /* enum slot_command */
    _Atomic int generation;
    atomic_bool is_ready;           /* the worker answers requests */
    atomic_bool is_waiting;         /* … and waits for a neuron to be fetched */
    atomic_bool is_streaming;       /* … and sends a reply of any length */
    _Atomic int64_t busy_since_ms;  /* clock_ms of the present request; 0: idle */
    _Atomic uint64_t requests;      /* in total */
    _Atomic int database;           /* enum slot_database: the last outcome … */
    _Atomic int64_t database_at_ms; /* … and when it was */
    _Atomic uint64_t database_errors;
    struct scoreboard_route routes[SCOREBOARD_ROUTES_MAX];
};

struct scoreboard {
    int slot_count;
    time_t started_at; /* of the master, seconds since 1970 */
    struct scoreboard_slot slots[];
};

/* Maps a scoreboard of zeros, inherited by every fork. NULL when there is no memory. */
struct scoreboard *scoreboard_new(int slot_count);
void scoreboard_free(struct scoreboard *board);

/* For the worker that holds the slot. */
void scoreboard_begin(struct scoreboard_slot *slot, int64_t now_ns);
void scoreboard_end(struct scoreboard_slot *slot, int route, int status, int64_t started_ns, int64_t now_ns);
/* Nothing came of it: the peer sent no request. */
void scoreboard_give_up(struct scoreboard_slot *slot);
/* An outcome of the database: whether it can be reached, and whether the query went well. */
void scoreboard_database(struct scoreboard_slot *slot, bool is_up, bool is_fine);

/* The code that column `status_index` counts; 0 for "other". */
int scoreboard_status(int status_index);

/* Sums of one route over all slots, living and dead. */
struct scoreboard_sum {
    uint64_t requests[SCOREBOARD_STATUSES];
    uint64_t buckets[SCOREBOARD_BUCKETS];
    uint64_t nanoseconds;
};
void scoreboard_sum_route(const struct scoreboard *board, int route, struct scoreboard_sum *sum);

/* The newest outcome of all workers. */
enum slot_database scoreboard_newest_database(const struct scoreboard *board);

#endif
