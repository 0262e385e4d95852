/*
 * What /metrics tells of ingest. Its processes come and go, on any machine and with no port of their own; what they did
 * is in the queue's table, so that the numbers hold for all of them together, whatever was restarted.
 */
#include "metrics.h"

#include <inttypes.h>

#include "exchange.h"

/* A column of sql/query/ingest_metrics.sql that is a whole number for each source. */
struct ingest_column {
    int column;
    const char *name, *type, *help;
};

static const struct ingest_column columns[] = {
    {1, "ingest_jobs_waiting", "gauge", "Jobs in the queue, those being worked among them, by source."},
    {2, "ingest_jobs_done_total", "counter", "Jobs done, by source."},
    {3, "ingest_neurons_waiting", "gauge", "Neurons in the queue, by source."},
    {4, "ingest_neurons_stored_total", "counter", "Neurons stored, each time anew, by source."},
    {5, "ingest_neurons_refused_total", "counter", "Neurons that a source did not give, each time anew, by source."},
};

enum { COLUMN_SOURCE = 0, COLUMN_OLDEST = 6, COLUMN_RUNNING = 7 };

static void add_column(struct buffer *b, const PGresult *rows, const struct ingest_column *c)
{
    metrics_add_heading(b, c->name, c->type, c->help);
    for (int row = 0; row < PQntuples(rows); row++)
        buffer_printf(b, "deepdecipher_%s{source=\"%s\"} %" PRId64 "\n", c->name, db_get_text(rows, row, COLUMN_SOURCE),
                      db_get_int8(rows, row, c->column));
}

static double oldest_seconds(const PGresult *rows)
{
    double oldest = 0;
    for (int row = 0; row < PQntuples(rows); row++)
        if (db_get_float8(rows, row, COLUMN_OLDEST) > oldest)
            oldest = db_get_float8(rows, row, COLUMN_OLDEST);
    return oldest;
}

void metrics_add_ingest(struct buffer *b, const PGresult *rows)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        add_column(b, rows, &columns[i]);
    metrics_add_heading(b, "ingest_jobs_running", "gauge", "Jobs that a process works at the moment.");
    buffer_printf(b, "deepdecipher_ingest_jobs_running %" PRId64 "\n",
                  PQntuples(rows) > 0 ? db_get_int8(rows, 0, COLUMN_RUNNING) : 0);
    metrics_add_heading(b, "ingest_oldest_job_seconds", "gauge",
                        "Age of the oldest job that is not done; 0 without one.");
    buffer_printf(b, "deepdecipher_ingest_oldest_job_seconds %.3f\n", oldest_seconds(rows));
}
