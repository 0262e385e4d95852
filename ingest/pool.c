#include "pool.h"
#include "progress.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_PROCESSES = 64,
    TRANSFERS = 8,
    MAX_FAILURES = 6,
    MAX_DEATHS = 10,
    IDLE_MS = 5000,
    TICK_MS = 250,
    FIRST_TICK_MS = 8
};

static volatile int stop;

struct pool {
    const struct options *options;
    struct work_scope scope;
    bool is_service; /* waits for jobs instead of ending when there are none */
    struct limiter *limiter;
    struct work_counts *counts;
    pid_t processes[MAX_PROCESSES]; /* 0: none */
    int num_running, num_deaths;
    bool has_failed;
};

static void on_stop(int number)
{
    (void)number;
    stop = 1;
}

static void on_child(int number)
{
    (void)number; /* it is enough that it ends a pause */
}

static void catch_signals(void)
{
    struct sigaction child = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGCHLD, &child, NULL);
    struct sigaction action = {.sa_handler = on_stop}; /* no SA_RESTART: waiting ends at once */
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Ends early when stopped, and when a process ends. */
static void pause_ms(int ms)
{
    if (!stop)
        poll(NULL, 0, ms);
}

/* Waits until a job is planned somewhere, for at most IDLE_MS. */
static void wait_for_job(struct loader *loader, bool *is_listening)
{
    if (db_connect(loader_catalogue(loader)) != DB_OK) {
        pause_ms(IDLE_MS);
        return;
    }
    PGconn *connection = db_connection(loader_catalogue(loader));
    if (!*is_listening) {
        PQclear(PQexec(connection, "LISTEN deepdecipher_job"));
        *is_listening = true;
        return; /* what came before it is seen by looking once more */
    }
    struct pollfd fd = {.fd = PQsocket(connection), .events = POLLIN};
    if (!stop && poll(&fd, 1, IDLE_MS) > 0 && PQconsumeInput(connection) != 1)
        *is_listening = false;
    for (PGnotify *note; (note = PQnotifies(connection)) != NULL;)
        PQfreemem(note);
}

/* Neurons that wait in the scope, in the queue or in other hands; -1 when the database does not say. */
static int64_t count_waiting(struct db *db, struct work_scope scope, int64_t *rejected)
{
    PGresult *rows;
    int64_t waiting = -1;
    if (db_query(db, STATEMENT_WAITING, 2, (struct db_param[]){db_int2(scope.model_id), db_int2(scope.source_id)},
                 &rows) == DB_OK) {
        waiting = db_get_int8(rows, 0, 0);
        if (rejected != NULL)
            *rejected = db_get_int8(rows, 0, 1);
    }
    db_finish(db);
    return waiting;
}

/* Where this fails, the next job will say why. */
static void fill_search(struct db *db)
{
    PGresult *done;
    enum db_status status = db_query(db, STATEMENT_SEARCH_FILL_DUE, 0, NULL, &done);
    (void)status;
    db_finish(db);
}

static void complain(struct loader *loader)
{
    const char *error = db_error(loader_db(loader));
    if (error[0] == '\0')
        error = db_error(loader_catalogue(loader));
    fprintf(stderr, "%sdeepdecipher-ingest: the database: %s\n", isatty(STDERR_FILENO) ? "\n" : "", error);
}

/* A process of the pool, from fork to exit; returns its status. */
static int work(const struct pool *pool)
{
    const struct options *options = pool->options;
    struct loader *loader = loader_new(options->db_url);
    struct fetcher *fetcher = fetcher_new(&(struct fetch_settings){.transfers = TRANSFERS,
                                                                   .retries = options->retries,
                                                                   .timeout_s = options->timeout_s,
                                                                   .limiter = pool->limiter});
    int failures = 0, tick_ms = FIRST_TICK_MS;
    bool is_listening = false;
    while (!stop && (pool->is_service || failures < MAX_FAILURES)) {
        enum work_result result = work_job(loader, fetcher, pool->scope, pool->counts, &stop);
        if (result == WORK_FAILED && !stop) {
            complain(loader);
            is_listening = false;
            pause_ms(failures < 4 ? 500 << failures : 8000);
            failures++;
        } else if (result == WORK_NONE && pool->is_service) {
            fill_search(loader_db(loader));
            wait_for_job(loader, &is_listening);
        } else if (result == WORK_NONE) {
            /* Jobs in other hands come back when those hands are killed. */
            if (count_waiting(loader_db(loader), pool->scope, NULL) == 0)
                break;
            pause_ms(tick_ms);
            tick_ms = tick_ms < TICK_MS ? 2 * tick_ms : TICK_MS;
        } else {
            tick_ms = FIRST_TICK_MS;
            failures = 0;
        }
    }
    fetcher_free(fetcher);
    loader_free(loader);
    return failures >= MAX_FAILURES ? 1 : 0;
}

static void spawn(struct pool *pool)
{
    int place = 0;
    while (pool->processes[place] != 0)
        place++;
    pid_t parent = getpid(), child = fork();
    if (child < 0) {
        perror("deepdecipher-ingest: fork");
        pool->has_failed = true;
        return;
    }
    if (child > 0) {
        pool->processes[place] = child;
        pool->num_running++;
        return;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        stop = 1;
    exit(work(pool));
}

static void forget(struct pool *pool, pid_t child)
{
    for (int i = 0; i < MAX_PROCESSES; i++)
        if (pool->processes[i] == child)
            pool->processes[i] = 0;
    pool->num_running--;
}

/* Notes processes that ended; one that was killed is replaced. */
static void reap(struct pool *pool)
{
    int status;
    for (pid_t child; (child = waitpid(-1, &status, WNOHANG)) > 0;) {
        forget(pool, child);
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
            pool->has_failed = true;
        if (stop || (WIFEXITED(status) && !pool->is_service))
            continue;
        if (WIFSIGNALED(status))
            fprintf(stderr, "deepdecipher-ingest: a process was killed by signal %d; another takes its job\n",
                    WTERMSIG(status));
        if (!pool->is_service && ++pool->num_deaths > MAX_DEATHS) {
            pool->has_failed = true;
            continue;
        }
        if (pool->is_service)
            pause_ms(1000);
        spawn(pool);
    }
}

static void start(struct pool *pool, const struct options *options)
{
    pool->options = options;
    pool->limiter = limiter_new(options->rate);
    pool->counts = mmap(NULL, sizeof *pool->counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pool->counts == MAP_FAILED)
        abort();
    catch_signals();
    for (int i = 0; i < options->jobs; i++)
        spawn(pool);
}

/* Waits for all processes; when stopped, tells them first. */
static void finish(struct pool *pool)
{
    for (int i = 0; i < MAX_PROCESSES; i++)
        if (stop && pool->processes[i] != 0)
            kill(pool->processes[i], SIGTERM);
    for (pid_t child; pool->num_running > 0 && ((child = waitpid(-1, NULL, 0)) > 0 || errno == EINTR);)
        if (child > 0)
            forget(pool, child);
    munmap(pool->counts, sizeof *pool->counts);
}

bool pool_run(const struct options *options, struct work_scope scope, const char *label, int64_t total)
{
    struct pool pool = {.scope = scope};
    struct progress progress;
    int64_t done = 0, waiting, rejected = 0;
    progress_start(&progress, label, total);
    start(&pool, options); /* before this process connects: a connection must not be shared by fork */
    struct db *db = db_new(options->db_url, "deepdecipher-ingest progress", 0);
    while (pool.num_running > 0 && !stop) {
        pause_ms(TICK_MS);
        reap(&pool);
        if ((waiting = count_waiting(db, scope, &rejected)) >= 0 && waiting <= total)
            done = total - waiting;
        progress_show(&progress, done, rejected, pool.counts->bytes);
    }
    progress_end(&progress, done, rejected, pool.counts->bytes);
    finish(&pool);
    db_free(db);
    return !pool.has_failed && !stop;
}

bool pool_serve(const struct options *options)
{
    struct pool pool = {.is_service = true};
    start(&pool, options);
    while (pool.num_running > 0 && !stop) {
        pause_ms(1000);
        reap(&pool);
    }
    finish(&pool);
    return stop;
}
