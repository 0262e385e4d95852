/* The worker processes as the master keeps them; see crew.h. */
#include "crew.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "worker.h"

enum {
    YOUNG_MS = 5000,
    PAUSE_FIRST_MS = 50,
    PAUSE_LONGEST_MS = 5000,
    REQUEST_LONGEST_MS = 60000,
    START_LONGEST_MS = 30000
};

bool crew_init(struct crew *c, const struct fcgi_options *options, int listener)
{
    *c = (struct crew){.options = options, .listener = listener, .half_size = options->workers};
    c->board = scoreboard_new(2 * options->workers);
    c->hands = calloc((size_t)options->workers * 2, sizeof *c->hands);
    if (c->board != NULL && c->hands != NULL)
        return true;
    log_line(LOG_ERROR, NULL, "no memory for %d workers", options->workers);
    crew_clear(c);
    return false;
}

void crew_clear(struct crew *c)
{
    scoreboard_free(c->board);
    free(c->hands);
    *c = (struct crew){0};
}

static void set_pause(struct hand *hand, bool was_useless)
{
    int64_t doubled = hand->pause_ms > 0 ? 2 * hand->pause_ms : PAUSE_FIRST_MS;
    hand->pause_ms = !was_useless ? 0 : doubled < PAUSE_LONGEST_MS ? doubled : PAUSE_LONGEST_MS;
    hand->not_before_ms = clock_ms() + hand->pause_ms;
}

static void start_worker(struct crew *c, int slot_index, int generation, enum slot_command command)
{
    struct scoreboard_slot *slot = &c->board->slots[slot_index];
    struct hand *hand = &c->hands[slot_index];
    pid_t master = getpid();
    atomic_store(&slot->command, command);
    atomic_store(&slot->generation, generation);
    pid_t pid = fork();
    if (pid == 0)
        exit(worker_run(c->options, c->board, slot_index, c->listener, master));
    if (pid < 0) {
        log_line(LOG_ERROR, NULL, "can not start a worker: %s", strerror(errno));
        set_pause(hand, true);
        return;
    }
    atomic_store(&slot->pid, pid);
    hand->pid = pid;
    hand->started_ms = clock_ms();
    hand->answered = atomic_load(&slot->requests);
    hand->leave_by_ms = 0;
    log_line(LOG_INFO, NULL, "worker %d started (slot %d, generation %d)", (int)pid, slot_index, generation);
}

void crew_fill(struct crew *c, int half, int generation, enum slot_command command)
{
    int64_t now_ms = clock_ms();
    for (int i = half * c->half_size; i < (half + 1) * c->half_size; i++)
        if (c->hands[i].pid == 0 && now_ms >= c->hands[i].not_before_ms)
            start_worker(c, i, generation, command);
}

static void log_end(const struct hand *hand, int status)
{
    if (WIFSIGNALED(status))
        log_line(LOG_ERROR, NULL, "worker %d was ended by signal %d (%s)", (int)hand->pid, WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        log_line(LOG_ERROR, NULL, "worker %d ended with exit code %d", (int)hand->pid, WEXITSTATUS(status));
    else
        log_line(LOG_INFO, NULL, "worker %d left", (int)hand->pid);
}

static void bury(struct crew *c, pid_t pid, int status)
{
    for (int i = 0; i < 2 * c->half_size; i++) {
        struct hand *hand = &c->hands[i];
        struct scoreboard_slot *slot = &c->board->slots[i];
        if (hand->pid != pid)
            continue;
        log_end(hand, status);
        set_pause(hand, status != 0 && clock_ms() - hand->started_ms < YOUNG_MS &&
                            atomic_load(&slot->requests) == hand->answered);
        hand->pid = 0;
        atomic_store(&slot->is_ready, false);
        atomic_store(&slot->is_waiting, false);
        atomic_store(&slot->is_streaming, false);
        atomic_store(&slot->busy_since_ms, 0);
        atomic_store(&slot->pid, 0);
    }
}

void crew_reap(struct crew *c)
{
    pid_t pid;
    int status;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        bury(c, pid, status);
}

void crew_tell(struct crew *c, int half, enum slot_command command, int64_t leave_by_ms)
{
    for (int i = half * c->half_size; i < (half + 1) * c->half_size; i++) {
        if (c->hands[i].pid == 0)
            continue;
        c->hands[i].leave_by_ms = leave_by_ms;
        atomic_store(&c->board->slots[i].command, command);
        kill(c->hands[i].pid, SIGTERM);
    }
}

static const char *reason_to_kill(const struct hand *hand, const struct scoreboard_slot *slot, int64_t now_ms)
{
    int64_t busy_since_ms = atomic_load(&slot->busy_since_ms);
    if (hand->leave_by_ms != 0 && now_ms > hand->leave_by_ms)
        return "does not leave";
    if (busy_since_ms != 0 && now_ms - busy_since_ms > REQUEST_LONGEST_MS)
        return "hangs in a request";
    if (!atomic_load(&slot->is_ready) && now_ms - hand->started_ms > START_LONGEST_MS)
        return "does not get ready";
    return NULL;
}

void crew_watch(struct crew *c)
{
    int64_t now_ms = clock_ms();
    for (int i = 0; i < 2 * c->half_size; i++) {
        struct hand *hand = &c->hands[i];
        const char *reason = hand->pid != 0 ? reason_to_kill(hand, &c->board->slots[i], now_ms) : NULL;
        if (reason == NULL)
            continue;
        log_line(LOG_ERROR, NULL, "worker %d %s: killed", (int)hand->pid, reason);
        kill(hand->pid, SIGKILL);
    }
}

void crew_kill_all(struct crew *c)
{
    for (int i = 0; i < 2 * c->half_size; i++)
        if (c->hands[i].pid != 0)
            kill(c->hands[i].pid, SIGKILL);
}

int crew_count(const struct crew *c, int half)
{
    int count = 0;
    for (int i = half * c->half_size; i < (half + 1) * c->half_size; i++)
        count += c->hands[i].pid != 0;
    return count;
}

bool crew_is_ready(const struct crew *c, int half)
{
    for (int i = half * c->half_size; i < (half + 1) * c->half_size; i++)
        if (c->hands[i].pid == 0 || !atomic_load(&c->board->slots[i].is_ready))
            return false;
    return true;
}

int64_t crew_next_start_ms(const struct crew *c, int half)
{
    int64_t now_ms = clock_ms(), least = INT64_MAX;
    for (int i = half * c->half_size; i < (half + 1) * c->half_size; i++) {
        if (c->hands[i].pid != 0)
            continue;
        int64_t left = c->hands[i].not_before_ms > now_ms ? c->hands[i].not_before_ms - now_ms : 0;
        least = left < least ? left : least;
    }
    return least;
}
