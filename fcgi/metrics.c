/* GET /metrics; see status.h. */
#include "metrics.h"

#include <inttypes.h>

#include "exchange.h"
#include "status.h"

/* The last column counts requests that no route took. */
static int route_count(void)
{
    return (int)route_table_count + 1;
}

static const char *route_label(int route)
{
    return route < (int)route_table_count ? route_table[route].label : "none";
}

void metrics_add_heading(struct buffer *b, const char *name, const char *type, const char *help)
{
    buffer_printf(b, "# HELP deepdecipher_%s %s\n# TYPE deepdecipher_%s %s\n", name, help, name, type);
}

static uint64_t count_requests(const struct scoreboard_sum *sum)
{
    uint64_t count = 0;
    for (int i = 0; i < SCOREBOARD_STATUSES; i++)
        count += sum->requests[i];
    return count;
}

static void add_request_counts(struct buffer *b, const char *label, const struct scoreboard_sum *sum)
{
    for (int i = 0; i < SCOREBOARD_STATUSES; i++) {
        if (sum->requests[i] == 0)
            continue;
        buffer_printf(b, "deepdecipher_requests_total{route=\"%s\",status=\"", label);
        if (scoreboard_status(i) != 0)
            buffer_printf(b, "%d", scoreboard_status(i));
        else
            buffer_add_text(b, "other");
        buffer_printf(b, "\"} %" PRIu64 "\n", sum->requests[i]);
    }
}

static void add_requests(struct buffer *b, const struct scoreboard *board)
{
    struct scoreboard_sum sum;
    metrics_add_heading(b, "requests_total", "counter", "Requests answered, by route and HTTP status.");
    for (int route = 0; route < route_count(); route++) {
        scoreboard_sum_route(board, route, &sum);
        add_request_counts(b, route_label(route), &sum);
    }
}

static void add_histogram(struct buffer *b, const char *label, const struct scoreboard_sum *sum)
{
    static const char name[] = "deepdecipher_request_duration_seconds";
    uint64_t count = 0;
    for (int i = 0; i < SCOREBOARD_BUCKETS; i++) {
        count += sum->buckets[i];
        if (i < SCOREBOARD_BUCKETS - 1)
            buffer_printf(b, "%s_bucket{route=\"%s\",le=\"%g\"} %" PRIu64 "\n", name, label,
                          scoreboard_bucket_bounds_s[i], count);
    }
    buffer_printf(b, "%s_bucket{route=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, label, count);
    buffer_printf(b, "%s_sum{route=\"%s\"} %.9f\n", name, label, (double)sum->nanoseconds / 1e9);
    buffer_printf(b, "%s_count{route=\"%s\"} %" PRIu64 "\n", name, label, count);
}

static void add_durations(struct buffer *b, const struct scoreboard *board)
{
    struct scoreboard_sum sum;
    metrics_add_heading(b, "request_duration_seconds", "histogram",
                        "Time from the connection's acceptance to the reply's last byte, by route.");
    for (int route = 0; route < route_count(); route++) {
        scoreboard_sum_route(board, route, &sum);
        if (count_requests(&sum) > 0)
            add_histogram(b, route_label(route), &sum);
    }
}

static const char *slot_state(const struct scoreboard_slot *slot)
{
    if (!atomic_load(&slot->is_ready))
        return "starting";
    if (atomic_load(&slot->command) != COMMAND_SERVE)
        return "leaving";
    return atomic_load(&slot->busy_since_ms) != 0 ? "busy" : "idle";
}

static void add_workers(struct buffer *b, const struct scoreboard *board)
{
    static const char *const states[] = {"starting", "idle", "busy", "leaving"};
    metrics_add_heading(b, "workers", "gauge", "Worker processes, by what they do.");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        int count = 0;
        for (int j = 0; j < board->slot_count; j++) {
            const struct scoreboard_slot *slot = &board->slots[j];
            count += atomic_load(&slot->pid) != 0 && strcmp(slot_state(slot), states[i]) == 0;
        }
        buffer_printf(b, "deepdecipher_workers{state=\"%s\"} %d\n", states[i], count);
    }
}

/* Asks the database, which also tells whether it is there; NULL where it does not answer. */
static PGresult *ask_ingest(struct exchange *x)
{
    PGresult *rows;
    enum db_status status = db_query(x->db, STATEMENT_INGEST_METRICS, 0, NULL, &rows);
    scoreboard_database(x->slot, status != DB_LOST, status == DB_OK);
    return status == DB_OK ? rows : NULL;
}

static void add_database(struct buffer *b, const struct scoreboard *board)
{
    bool is_up = scoreboard_newest_database(board) == DATABASE_UP;
    uint64_t errors = 0;
    for (int i = 0; i < board->slot_count; i++)
        errors += atomic_load(&board->slots[i].database_errors);
    metrics_add_heading(b, "database_up", "gauge", "1 when the newest query reached the database.");
    buffer_printf(b, "deepdecipher_database_up %d\n", is_up);
    metrics_add_heading(b, "database_errors_total", "counter",
                        "Queries that found the database away, too slow or refusing.");
    buffer_printf(b, "deepdecipher_database_errors_total %" PRIu64 "\n", errors);
}

void handle_metrics(struct exchange *x)
{
    const PGresult *ingest = ask_ingest(x);
    struct buffer *b = exchange_text(x, "text/plain; version=0.0.4; charset=utf-8");
    add_requests(b, x->board);
    add_durations(b, x->board);
    add_workers(b, x->board);
    add_database(b, x->board);
    if (ingest != NULL)
        metrics_add_ingest(b, ingest);
    metrics_add_heading(b, "build_info", "gauge", "The program's version.");
    buffer_printf(b, "deepdecipher_build_info{version=\"%s\"} 1\n", x->version);
    buffer_printf(b,
                  "# HELP process_start_time_seconds When the master started, seconds since 1970.\n"
                  "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds %lld\n",
                  (long long)x->board->started_at);
}
