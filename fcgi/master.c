/* The master process; see master.h. */
#include "master.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "crew.h"
#include "log.h"
#include "notify.h"

enum {
    ROLL_LONGEST_MS = 40000,
    LEAVE_LONGEST_MS = 65000, /* for an old generation: past the longest request */
    STOP_LONGEST_MS = 30000,  /* from TERM to KILL */
    DRAIN_UNIX_MS = 25000,    /* nobody new connects: the queue only gets shorter */
    DRAIN_TCP_MS = 3000,      /* a port has no name to take away: new peers go on coming */
    TICK_MS = 1000,
    TICK_ROLLING_MS = 10
};

enum phase { SERVING, ROLLING, STOPPING };

struct master {
    struct listener listener;
    struct crew crew;
    enum phase phase;
    int half;            /* of the crew, the one that serves */
    int generation;      /* of that half; the other half's is one more while it rolls */
    bool must_roll;      /* HUP came */
    int64_t deadline_ms; /* of the roll, or of the stop */
    int64_t drain_until_ms;
    sigset_t signals;
};

static void begin_roll(struct master *m)
{
    m->must_roll = false;
    m->phase = ROLLING;
    m->deadline_ms = clock_ms() + ROLL_LONGEST_MS;
    log_line(LOG_INFO, NULL, "rolling: generation %d starts", m->generation + 1);
}

/* The new generation serves; the old one answers what it has and leaves. */
static void end_roll(struct master *m)
{
    crew_tell(&m->crew, m->half, COMMAND_RETIRE, clock_ms() + LEAVE_LONGEST_MS);
    m->half = 1 - m->half;
    m->generation++;
    m->phase = SERVING;
    log_line(LOG_INFO, NULL, "rolled: generation %d serves", m->generation);
}

static void give_up_roll(struct master *m)
{
    crew_tell(&m->crew, 1 - m->half, COMMAND_RETIRE, clock_ms() + LEAVE_LONGEST_MS);
    m->phase = SERVING;
    log_line(LOG_ERROR, NULL, "the new generation did not get ready: generation %d goes on", m->generation);
}

static void begin_stop(struct master *m, pid_t sender)
{
    bool is_unix = m->listener.path != NULL;
    int64_t now_ms = clock_ms();
    m->phase = STOPPING;
    m->deadline_ms = now_ms + STOP_LONGEST_MS;
    m->drain_until_ms = now_ms + (is_unix ? DRAIN_UNIX_MS : DRAIN_TCP_MS);
    listener_unlink(&m->listener);
    crew_tell(&m->crew, 0, COMMAND_DRAIN, m->deadline_ms);
    crew_tell(&m->crew, 1, COMMAND_DRAIN, m->deadline_ms);
    log_line(LOG_INFO, NULL,
             "stopping, as process %d asks: those who wait are answered first; a second signal ends that", (int)sender);
}

/* One step of stopping. Workers may have left before the queue was empty, by a signal of their own: others help. */
static void go_on_stopping(struct master *m)
{
    bool may_drain = clock_ms() < m->drain_until_ms;
    bool nobody_left = crew_count(&m->crew, 0) + crew_count(&m->crew, 1) == 0;
    if (nobody_left && may_drain && listener_has_waiting(&m->listener)) {
        crew_fill(&m->crew, m->half, m->generation, COMMAND_DRAIN);
    } else if (!may_drain && m->drain_until_ms != 0) {
        m->drain_until_ms = 0;
        crew_tell(&m->crew, 0, COMMAND_RETIRE, m->deadline_ms);
        crew_tell(&m->crew, 1, COMMAND_RETIRE, m->deadline_ms);
    }
}

static void go_on(struct master *m)
{
    int other = 1 - m->half;
    switch (m->phase) {
    case STOPPING: go_on_stopping(m); return;
    case ROLLING:
        crew_fill(&m->crew, m->half, m->generation, COMMAND_SERVE);
        crew_fill(&m->crew, other, m->generation + 1, COMMAND_SERVE);
        if (crew_is_ready(&m->crew, other))
            end_roll(m);
        else if (clock_ms() > m->deadline_ms)
            give_up_roll(m);
        return;
    case SERVING:
        crew_fill(&m->crew, m->half, m->generation, COMMAND_SERVE);
        if (m->must_roll && crew_count(&m->crew, other) == 0)
            begin_roll(m);
        return;
    }
}

static void take_signal(struct master *m, const siginfo_t *signal_info)
{
    switch (signal_info->si_signo) {
    case SIGHUP: m->must_roll = true; break;
    case SIGTERM:
    case SIGINT:
        if (m->phase == STOPPING) {
            m->drain_until_ms = 1;
            crew_kill_all(&m->crew);
        } else {
            begin_stop(m, signal_info->si_pid);
        }
        break;
    default: /* SIGCHLD only wakes */ break;
    }
}

static int64_t tick_ms(const struct master *m)
{
    if (m->phase == ROLLING || m->must_roll)
        return TICK_ROLLING_MS;
    int64_t next_start_ms = m->phase == SERVING ? crew_next_start_ms(&m->crew, m->half) : TICK_MS;
    return next_start_ms < TICK_MS ? next_start_ms : TICK_MS;
}

/* Signals stay blocked; they are taken here, one after the other. */
static void wait_and_take_signal(struct master *m)
{
    int64_t ms = tick_ms(m);
    struct timespec timeout = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    siginfo_t signal_info;
    if (sigtimedwait(&m->signals, &signal_info, &timeout) > 0)
        take_signal(m, &signal_info);
}

static bool has_stopped(const struct master *m)
{
    return m->phase == STOPPING && crew_count(&m->crew, 0) + crew_count(&m->crew, 1) == 0 &&
           (clock_ms() >= m->drain_until_ms || !listener_has_waiting(&m->listener));
}

static void block_signals(struct master *m)
{
    sigemptyset(&m->signals);
    sigaddset(&m->signals, SIGHUP);
    sigaddset(&m->signals, SIGTERM);
    sigaddset(&m->signals, SIGINT);
    sigaddset(&m->signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &m->signals, NULL);
    signal(SIGPIPE, SIG_IGN); /* of stderr */
}

int master_run(const struct fcgi_options *options)
{
    struct master m = {.generation = 1};
    char reason[LISTENER_REASON_SIZE];
    block_signals(&m);
    if (!listener_open(&m.listener, &options->listen, reason)) {
        log_line(LOG_ERROR, NULL, "%s", reason);
        return 1;
    }
    if (!crew_init(&m.crew, options, m.listener.fd)) {
        listener_unlink(&m.listener);
        listener_close(&m.listener);
        return 1;
    }
    log_line(LOG_INFO, NULL, "deepdecipher-fcgi %s listens, %d workers", options->version, options->workers);
    notify_ready();
    while (!has_stopped(&m)) {
        go_on(&m);
        wait_and_take_signal(&m);
        crew_reap(&m.crew);
        crew_watch(&m.crew);
    }
    log_line(LOG_INFO, NULL, "stopped");
    listener_close(&m.listener);
    crew_clear(&m.crew);
    return 0;
}
