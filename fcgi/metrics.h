/*
 * The parts of /metrics, in Prometheus' text form.
 */
#ifndef DEEPDECIPHER_METRICS_H
#define DEEPDECIPHER_METRICS_H

#include <libpq-fe.h>

struct buffer;

/* The two lines above a metric's samples; `name` is without the prefix deepdecipher_. */
void metrics_add_heading(struct buffer *b, const char *name, const char *type, const char *help);

/* The queue of ingest: rows of STATEMENT_INGEST_METRICS. */
void metrics_add_ingest(struct buffer *b, const PGresult *rows);

#endif
