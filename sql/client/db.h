/*
 * A connection to PostgreSQL that both programs use: named statements from
 * sql/query, sent in pipeline mode, answered in binary, each wait bounded.
 *
 *     db_send(db, STATEMENT_MODEL, 1, (struct db_param[]){db_text("gpt2-xl")});
 *     db_send(db, STATEMENT_NEUROSCOPE_NEURON, 3, params);
 *     if (db_flush(db) != DB_OK) ...            one round trip from here on
 *     if (db_receive(db, &model) != DB_OK) ...  in the order of sending
 *     if (db_receive(db, &rows) != DB_OK) ...
 *     db_finish(db);                            the results die here
 *
 * After DB_LOST the connection is closed; the next db_send connects anew.
 */
#ifndef DEEPDECIPHER_DB_H
#define DEEPDECIPHER_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <libpq-fe.h>
#include "statement.h" /* made from sql/query: enum statement */

#define MUST_CHECK __attribute__((warn_unused_result))

enum { DB_STATEMENTS_MAX = 256 }; /* in the exchanges up to a db_finish */

enum db_status {
    DB_OK,
    DB_LOST,     /* no connection, or it broke, or the deadline passed */
    DB_TOO_SLOW, /* the server cancelled the statement (statement_timeout) */
    DB_REFUSED   /* the server answered with an error: a bug or a full disk */
};

/* One parameter in PostgreSQL's binary form; `data` is borrowed until db_flush. */
struct db_param {
    const void *data; /* NULL is SQL NULL */
    int length;       /* bytes */
    char scratch[8];  /* holds a number; data == NULL && length < 0 means "in scratch" */
};

struct db;

/* A connection to `url` (libpq connection string), opened on first use.
 * `timeout_ms` bounds the connecting and each wait for an answer; 0 waits for ever.
 * Dies only of lack of memory. */
struct db *db_new(const char *url, const char *application_name, int timeout_ms);
void db_free(struct db *db);

/* The last error, one line, for a log; "" when there was none. */
const char *db_error(const struct db *db);
/* SQLSTATE of the last DB_REFUSED or DB_TOO_SLOW, "" otherwise. */
const char *db_sqlstate(const struct db *db);
/* True while the connection stands. Costs nothing. */
bool db_is_connected(const struct db *db);
/* How many connections there have been. What was kept of an earlier one may be another database's. */
unsigned db_num_connections(const struct db *db);
/* The raw connection, for COPY and LISTEN; NULL when it is not open. */
PGconn *db_connection(struct db *db);
/* Opens the connection now. */
enum db_status db_connect(struct db *db) MUST_CHECK;

struct db_param db_int2(int16_t value);
struct db_param db_int4(int32_t value);
struct db_param db_int8(int64_t value);
struct db_param db_float8(double value);
struct db_param db_bool(bool value);
struct db_param db_text(const char *text); /* NULL gives SQL NULL */
struct db_param db_bytes(const void *bytes, size_t length);
struct db_param db_null(void);

/* What the next exchanges are for, such as a request's id: put behind the application's name in PostgreSQL's log and in
 * pg_stat_activity, within their pipelines. "" names nothing. */
void db_name(struct db *db, const char *purpose);
/* Queues one statement. Copies nothing: parameters are sent at once into libpq's buffer. */
enum db_status db_send(struct db *db, enum statement statement, int count, const struct db_param params[]) MUST_CHECK;
/* Ends the batch and sends it. */
enum db_status db_flush(struct db *db) MUST_CHECK;
/* The next answer, owned by `db` until db_finish; all columns binary. */
enum db_status db_receive(struct db *db, PGresult **result) MUST_CHECK;
/* Ends the exchange but keeps its results until db_finish, so that another exchange can follow within it. */
void db_continue(struct db *db);
/* Ends the exchange: reads what is left and frees every result. Call it after any outcome. */
void db_finish(struct db *db);

/* Waits for a notification, at most `timeout_ms`, between two exchanges. True when one came; they are then all gone. */
bool db_wait(struct db *db, int timeout_ms);

/* One statement, sent and received: send + flush + receive. db_finish still ends it. */
enum db_status db_query(struct db *db, enum statement statement, int count, const struct db_param params[],
                        PGresult **result) MUST_CHECK;

/* Columns of a binary result; the type must be the column's, NULL reads as 0 / "" / length 0. */
bool db_is_null(const PGresult *result, int row, int column);
bool db_get_bool(const PGresult *result, int row, int column);
int16_t db_get_int2(const PGresult *result, int row, int column);
int32_t db_get_int4(const PGresult *result, int row, int column);
int64_t db_get_int8(const PGresult *result, int row, int column);
float db_get_float4(const PGresult *result, int row, int column);
double db_get_float8(const PGresult *result, int row, int column);
const char *db_get_text(const PGresult *result, int row, int column);
const uint8_t *db_get_bytes(const PGresult *result, int row, int column, size_t *length);

#endif
