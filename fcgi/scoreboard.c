/* Shared memory between the master and its workers; see scoreboard.h. */
#include "scoreboard.h"

#include <assert.h>
#include <stddef.h>
#include <sys/mman.h>

#include "clock.h"

const double scoreboard_bucket_bounds_s[SCOREBOARD_BUCKETS - 1] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                                   0.1,    0.25,  0.5,    1,     2.5,  5,     10};

static const int statuses[SCOREBOARD_STATUSES - 1] = {200, 202, 204, 206, 304, 400, 404, 405,
                                                      406, 413, 414, 415, 429, 500, 503};

static size_t board_bytes(int slot_count)
{
    return sizeof(struct scoreboard) + (size_t)slot_count * sizeof(struct scoreboard_slot);
}

struct scoreboard *scoreboard_new(int slot_count)
{
    assert(slot_count > 0);
    struct scoreboard *board =
        mmap(NULL, board_bytes(slot_count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED)
        return NULL;
    board->slot_count = slot_count;
    board->started_at = time(NULL);
    return board;
}

void scoreboard_free(struct scoreboard *board)
{
    if (board != NULL)
        munmap(board, board_bytes(board->slot_count));
}

/* A single writer needs no locked instruction. */
static void add(_Atomic uint64_t *counter, uint64_t amount)
{
    uint64_t value = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, value + amount, memory_order_relaxed);
}

static int status_index(int status)
{
    for (int i = 0; i < SCOREBOARD_STATUSES - 1; i++)
        if (statuses[i] == status)
            return i;
    return SCOREBOARD_STATUSES - 1;
}

static int bucket_index(int64_t duration_ns)
{
    int i = 0;
    while (i < SCOREBOARD_BUCKETS - 1 && (double)duration_ns > scoreboard_bucket_bounds_s[i] * 1e9)
        i++;
    return i;
}

int scoreboard_status(int index)
{
    return index < SCOREBOARD_STATUSES - 1 ? statuses[index] : 0;
}

void scoreboard_begin(struct scoreboard_slot *slot, int64_t now_ns)
{
    atomic_store_explicit(&slot->busy_since_ms, now_ns / 1000000, memory_order_relaxed);
}

void scoreboard_give_up(struct scoreboard_slot *slot)
{
    atomic_store_explicit(&slot->busy_since_ms, 0, memory_order_relaxed);
}

void scoreboard_end(struct scoreboard_slot *slot, int route, int status, int64_t started_ns, int64_t now_ns)
{
    assert(route >= 0 && route < SCOREBOARD_ROUTES_MAX);
    struct scoreboard_route *counters = &slot->routes[route];
    add(&counters->requests[status_index(status)], 1);
    add(&counters->buckets[bucket_index(now_ns - started_ns)], 1);
    add(&counters->nanoseconds, (uint64_t)(now_ns - started_ns));
    add(&slot->requests, 1);
    scoreboard_give_up(slot);
}

void scoreboard_database(struct scoreboard_slot *slot, bool is_up, bool is_fine)
{
    if (!is_fine)
        add(&slot->database_errors, 1);
    atomic_store(&slot->database, is_up ? DATABASE_UP : DATABASE_DOWN);
    atomic_store(&slot->database_at_ms, clock_ms());
}

void scoreboard_sum_route(const struct scoreboard *board, int route, struct scoreboard_sum *sum)
{
    *sum = (struct scoreboard_sum){0};
    for (int i = 0; i < board->slot_count; i++) {
        const struct scoreboard_route *counters = &board->slots[i].routes[route];
        for (int j = 0; j < SCOREBOARD_STATUSES; j++)
            sum->requests[j] += atomic_load(&counters->requests[j]);
        for (int j = 0; j < SCOREBOARD_BUCKETS; j++)
            sum->buckets[j] += atomic_load(&counters->buckets[j]);
        sum->nanoseconds += atomic_load(&counters->nanoseconds);
    }
}

enum slot_database scoreboard_newest_database(const struct scoreboard *board)
{
    int64_t newest_ms = 0;
    enum slot_database state = DATABASE_NOT_ASKED;
    for (int i = 0; i < board->slot_count; i++) {
        int64_t at_ms = atomic_load(&board->slots[i].database_at_ms);
        if (at_ms <= newest_ms)
            continue;
        newest_ms = at_ms;
        state = (enum slot_database)atomic_load(&board->slots[i].database);
    }
    return state;
}
