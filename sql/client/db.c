#include "db.h"
#include "rows.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a place in the pipeline holds. */
enum entry_kind { ENTRY_SESSION, ENTRY_PREPARE, ENTRY_ROWS };

struct entry {
    enum entry_kind kind;
    enum statement statement;
};

struct db {
    char *url, *application_name;
    char purpose[48];
    int timeout_ms;
    PGconn *connection;
    unsigned num_connections;
    bool prepared[STATEMENT_COUNT];
    bool failed; /* this exchange: nothing more is sent or received */
    bool flushed;
    enum db_status failure;
    struct entry entries[3 * DB_STATEMENTS_MAX];
    int num_entries, next_entry;
    PGresult *results[DB_STATEMENTS_MAX];
    int num_results;
    char error[512];
    char sqlstate[6];
};

struct db *db_new(const char *url, const char *application_name, int timeout_ms)
{
    struct db *db = calloc(1, sizeof *db);
    if (db == NULL || (db->url = strdup(url)) == NULL || (db->application_name = strdup(application_name)) == NULL)
        abort();
    db->timeout_ms = timeout_ms;
    return db;
}

static void close_connection(struct db *db)
{
    PQfinish(db->connection);
    db->connection = NULL;
    memset(db->prepared, 0, sizeof db->prepared);
}

void db_free(struct db *db)
{
    if (db == NULL)
        return;
    db_finish(db);
    close_connection(db);
    free(db->url);
    free(db->application_name);
    free(db);
}

const char *db_error(const struct db *db)
{
    return db->error;
}

const char *db_sqlstate(const struct db *db)
{
    return db->sqlstate;
}

bool db_is_connected(const struct db *db)
{
    return db->connection != NULL && PQstatus(db->connection) == CONNECTION_OK;
}

unsigned db_num_connections(const struct db *db)
{
    return db->num_connections;
}

PGconn *db_connection(struct db *db)
{
    return db_is_connected(db) ? db->connection : NULL;
}

/* Keeps a message of libpq as one line. */
static void keep_error(struct db *db, const char *text)
{
    snprintf(db->error, sizeof db->error, "%s", text);
    size_t length = strlen(db->error);
    while (length > 0 && db->error[length - 1] == '\n')
        db->error[--length] = '\0';
    for (char *c = db->error; *c != '\0'; c++)
        if (*c == '\n' || *c == '\t')
            *c = ' ';
}

static enum db_status fail(struct db *db, enum db_status status, const char *text)
{
    keep_error(db, text);
    db->failed = true;
    db->failure = status;
    if (status == DB_LOST)
        close_connection(db);
    return status;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t deadline_of(const struct db *db)
{
    return db->timeout_ms > 0 ? now_ms() + db->timeout_ms : INT64_MAX;
}

/* Waits until the socket is ready for `events`; false at the deadline. */
static bool wait_for(PGconn *connection, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline == INT64_MAX ? -1 : deadline - now_ms();
        if (deadline != INT64_MAX && left <= 0)
            return false;
        struct pollfd fd = {.fd = PQsocket(connection), .events = events};
        int ready = poll(&fd, 1, left < 0 ? -1 : (int)(left < INT32_MAX ? left : INT32_MAX));
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

/* What a server says before it goes is told by the error that follows. */
static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context;
    (void)notice;
}

enum db_status db_connect(struct db *db)
{
    if (db_is_connected(db))
        return DB_OK;
    close_connection(db);
    const char *names[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
    const char *values[] = {db->url, db->application_name, "UTF8", NULL};
    int64_t deadline = deadline_of(db);
    db->connection = PQconnectStartParams(names, values, 1);
    if (db->connection == NULL || PQstatus(db->connection) == CONNECTION_BAD)
        return fail(db, DB_LOST, db->connection != NULL ? PQerrorMessage(db->connection) : "out of memory");
    PQsetNoticeReceiver(db->connection, ignore_notice, NULL);
    for (;;) {
        PostgresPollingStatusType step = PQconnectPoll(db->connection);
        if (step == PGRES_POLLING_OK)
            break;
        if (step == PGRES_POLLING_FAILED)
            return fail(db, DB_LOST, PQerrorMessage(db->connection));
        if (!wait_for(db->connection, step == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
            return fail(db, DB_LOST, "the database did not answer in time while connecting");
    }
    if (db->timeout_ms > 0 && PQsetnonblocking(db->connection, 1) != 0)
        return fail(db, DB_LOST, PQerrorMessage(db->connection));
    db->num_connections++;
    return DB_OK;
}

struct db_param db_int2(int16_t value)
{
    struct db_param param = {.length = -(int)sizeof value};
    uint16_t big = htobe16((uint16_t)value);
    memcpy(param.scratch, &big, sizeof big);
    return param;
}

struct db_param db_int4(int32_t value)
{
    struct db_param param = {.length = -(int)sizeof value};
    uint32_t big = htobe32((uint32_t)value);
    memcpy(param.scratch, &big, sizeof big);
    return param;
}

struct db_param db_int8(int64_t value)
{
    struct db_param param = {.length = -(int)sizeof value};
    uint64_t big = htobe64((uint64_t)value);
    memcpy(param.scratch, &big, sizeof big);
    return param;
}

struct db_param db_float8(double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return db_int8(bits);
}

struct db_param db_bool(bool value)
{
    struct db_param param = {.length = -1};
    param.scratch[0] = (char)value;
    return param;
}

struct db_param db_text(const char *text)
{
    return text == NULL ? db_null() : db_bytes(text, strlen(text));
}

struct db_param db_bytes(const void *bytes, size_t length)
{
    assert(length <= INT32_MAX);
    return (struct db_param){.data = bytes, .length = (int)length};
}

struct db_param db_null(void)
{
    return (struct db_param){.data = NULL, .length = 0};
}

static void expect(struct db *db, enum entry_kind kind, enum statement statement)
{
    assert(db->num_entries < (int)(sizeof db->entries / sizeof *db->entries));
    db->entries[db->num_entries++] = (struct entry){kind, statement};
}

/* An idle connection with something to read has been closed by the server, or tells that it will be: the end comes
 * behind the server's last words. */
static void notice_closed(struct db *db)
{
    struct pollfd fd = {.fd = PQsocket(db->connection), .events = POLLIN};
    while (db->connection != NULL && poll(&fd, 1, 0) > 0)
        if (PQconsumeInput(db->connection) != 1)
            close_connection(db);
}

void db_name(struct db *db, const char *purpose)
{
    snprintf(db->purpose, sizeof db->purpose, "%s", purpose);
}

static enum db_status send_name(struct db *db)
{
    const char *values[] = {db->application_name, db->purpose};
    if (PQsendQueryParams(db->connection, statements[STATEMENT_NAME_EXCHANGE].sql, 2, NULL, values, NULL, NULL, 1) != 1)
        return fail(db, DB_LOST, PQerrorMessage(db->connection));
    expect(db, ENTRY_SESSION, STATEMENT_NAME_EXCHANGE);
    return DB_OK;
}

/* Opens the pipeline; the first one on a connection also sets the session up, at no further round trip. */
static enum db_status begin(struct db *db)
{
    if (db_is_connected(db))
        notice_closed(db);
    bool is_new = !db_is_connected(db);
    enum db_status status = db_connect(db);
    if (status != DB_OK)
        return status;
    if (PQpipelineStatus(db->connection) == PQ_PIPELINE_OFF && PQenterPipelineMode(db->connection) != 1)
        return fail(db, DB_LOST, PQerrorMessage(db->connection));
    if (is_new) {
        char timeout[16];
        snprintf(timeout, sizeof timeout, "%d", db->timeout_ms);
        /* A worker asks small things often: planned once. Ingest asks big things seldom, of tables that grow under it:
         * a plan made while they were empty would be kept. */
        const char *values[] = {timeout, db->timeout_ms > 0 ? "force_generic_plan" : "force_custom_plan"};
        if (PQsendQueryParams(db->connection, statements[STATEMENT_SESSION].sql, 2, NULL, values, NULL, NULL, 1) != 1)
            return fail(db, DB_LOST, PQerrorMessage(db->connection));
        expect(db, ENTRY_SESSION, STATEMENT_SESSION);
    }
    return db->purpose[0] != '\0' ? send_name(db) : DB_OK;
}

enum db_status db_send(struct db *db, enum statement statement, int count, const struct db_param params[])
{
    enum { MAX_PARAMS = 32 };
    const char *values[MAX_PARAMS];
    int lengths[MAX_PARAMS], formats[MAX_PARAMS];
    assert(!db->flushed && count <= MAX_PARAMS && db->num_entries <= 3 * (DB_STATEMENTS_MAX - 1));
    if (db->failed)
        return db->failure;
    if (db->num_entries == 0) {
        enum db_status status = begin(db);
        if (status != DB_OK)
            return status;
    }
    const struct statement_text *text = &statements[statement];
    if (!db->prepared[statement]) {
        if (PQsendPrepare(db->connection, text->name, text->sql, 0, NULL) != 1)
            return fail(db, DB_LOST, PQerrorMessage(db->connection));
        expect(db, ENTRY_PREPARE, statement);
        db->prepared[statement] = true; /* taken back when the answer says no */
    }
    for (int i = 0; i < count; i++) {
        bool in_scratch = params[i].data == NULL && params[i].length < 0;
        values[i] = in_scratch ? params[i].scratch : params[i].data;
        lengths[i] = in_scratch ? -params[i].length : params[i].length;
        formats[i] = 1;
    }
    if (PQsendQueryPrepared(db->connection, text->name, count, values, lengths, formats, 1) != 1)
        return fail(db, DB_LOST, PQerrorMessage(db->connection));
    expect(db, ENTRY_ROWS, statement);
    return DB_OK;
}

enum db_status db_flush(struct db *db)
{
    int64_t deadline = deadline_of(db);
    if (db->failed)
        return db->failure;
    if (db->num_entries == 0)
        return DB_OK;
    if (PQpipelineSync(db->connection) != 1)
        return fail(db, DB_LOST, PQerrorMessage(db->connection));
    db->flushed = true;
    for (;;) {
        int left = PQflush(db->connection);
        if (left == 0)
            return DB_OK;
        /* The server may wait for us to read before it reads on. */
        if (left < 0 || !wait_for(db->connection, POLLIN | POLLOUT, deadline))
            return fail(db, DB_LOST,
                        left < 0 ? PQerrorMessage(db->connection) : "the database did not take the statement");
        if (PQconsumeInput(db->connection) != 1)
            return fail(db, DB_LOST, PQerrorMessage(db->connection));
    }
}

/* The next result of the connection, NULL at the end of a statement's; DB_LOST when none comes in time. */
static enum db_status next_result(struct db *db, PGresult **result)
{
    int64_t deadline = deadline_of(db);
    while (PQisBusy(db->connection)) {
        if (!wait_for(db->connection, POLLIN, deadline))
            return fail(db, DB_LOST, "the database did not answer in time");
        if (PQconsumeInput(db->connection) != 1)
            return fail(db, DB_LOST, PQerrorMessage(db->connection));
    }
    *result = PQgetResult(db->connection);
    return DB_OK;
}

/* Classes of SQLSTATE that mean the server is going away or not ready: 08, 57P0x; 53300 too many connections. */
static enum db_status status_of(struct db *db, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(db->sqlstate, sizeof db->sqlstate, "%s", state != NULL ? state : "");
    if (PQstatus(db->connection) != CONNECTION_OK || strncmp(db->sqlstate, "08", 2) == 0 ||
        strncmp(db->sqlstate, "57P", 3) == 0 || db->sqlstate[0] == '\0')
        return DB_LOST;
    return strcmp(db->sqlstate, "57014") == 0 ? DB_TOO_SLOW : DB_REFUSED;
}

/* Reads all of one statement's answer; keeps its first result. */
static enum db_status receive_entry(struct db *db, const struct entry *entry, PGresult **kept)
{
    PGresult *result;
    enum db_status outcome = DB_OK, status;
    *kept = NULL;
    while ((status = next_result(db, &result)) == DB_OK && result != NULL) {
        ExecStatusType kind = PQresultStatus(result);
        if (kind == PGRES_TUPLES_OK || kind == PGRES_COMMAND_OK) {
            if (*kept == NULL) {
                *kept = result;
                continue;
            }
        } else if (outcome == DB_OK && kind != PGRES_PIPELINE_ABORTED) {
            outcome = status_of(db, result);
            keep_error(db, PQresultErrorMessage(result));
        }
        PQclear(result);
    }
    if (status != DB_OK || outcome != DB_OK || *kept == NULL) {
        PQclear(*kept);
        *kept = NULL;
        if (entry->kind == ENTRY_PREPARE)
            db->prepared[entry->statement] = false;
    }
    if (status != DB_OK)
        return status;
    if (outcome == DB_LOST) {
        close_connection(db);
        db->failed = true;
        db->failure = DB_LOST;
    }
    return outcome;
}

enum db_status db_receive(struct db *db, PGresult **result)
{
    *result = NULL;
    if (db->failed)
        return db->failure;
    assert(db->flushed && db->num_results < DB_STATEMENTS_MAX);
    while (db->next_entry < db->num_entries) {
        const struct entry *entry = &db->entries[db->next_entry++];
        PGresult *got;
        enum db_status status = receive_entry(db, entry, &got);
        if (status == DB_OK && got == NULL)
            status = DB_REFUSED; /* aborted by an error before it */
        if (status != DB_OK) {
            db->failed = true;
            db->failure = status;
            return status;
        }
        if (entry->kind == ENTRY_ROWS) {
            *result = db->results[db->num_results++] = got;
            return DB_OK;
        }
        PQclear(got);
    }
    assert(!"db_receive called more often than db_send");
    return DB_REFUSED;
}

/* Reads up to the end of the pipeline, so that the connection can be used again. */
static void drain(struct db *db)
{
    PGresult *result = NULL;
    while (db->next_entry < db->num_entries && db->connection != NULL) {
        const struct entry *entry = &db->entries[db->next_entry++];
        PGresult *got;
        bool was_refused = receive_entry(db, entry, &got) != DB_OK || got == NULL;
        if (was_refused && entry->kind == ENTRY_PREPARE)
            db->prepared[entry->statement] = false;
        PQclear(got);
    }
    if (db->connection == NULL)
        return;
    if (!db->flushed || next_result(db, &result) != DB_OK || PQresultStatus(result) != PGRES_PIPELINE_SYNC ||
        PQexitPipelineMode(db->connection) != 1)
        close_connection(db); /* in a state we do not understand: a new connection is cheap */
    PQclear(result);
}

void db_continue(struct db *db)
{
    if (db->num_entries > 0 && db->connection != NULL)
        drain(db);
    db->num_entries = db->next_entry = 0;
    db->failed = db->flushed = false;
}

void db_finish(struct db *db)
{
    db_continue(db);
    for (int i = 0; i < db->num_results; i++)
        PQclear(db->results[i]);
    db->num_results = 0;
}

bool db_wait(struct db *db, int timeout_ms)
{
    int64_t deadline = now_ms() + timeout_ms;
    bool has_come = false;
    assert(db->num_entries == 0);
    while (db_is_connected(db) && !has_come) {
        for (PGnotify *note; (note = PQnotifies(db->connection)) != NULL; has_come = true)
            PQfreemem(note);
        if (has_come || !wait_for(db->connection, POLLIN, deadline))
            return has_come;
        if (PQconsumeInput(db->connection) != 1)
            close_connection(db);
    }
    return has_come;
}

enum db_status db_query(struct db *db, enum statement statement, int count, const struct db_param params[],
                        PGresult **result)
{
    enum db_status status = db_send(db, statement, count, params);
    *result = NULL;
    if (status == DB_OK)
        status = db_flush(db);
    if (status == DB_OK)
        status = db_receive(db, result);
    return status;
}

enum db_status db_copy(struct db *db, enum statement copy, const struct rows *rows)
{
    return db_copy_sql(db, statements[copy].sql, rows);
}

enum db_status db_copy_sql(struct db *db, const char *copy, const struct rows *rows)
{
    static const char trailer[] = "\377\377";
    assert(db->num_entries == 0 && db->timeout_ms == 0);
    if (rows->count == 0)
        return DB_OK;
    if (!db_is_connected(db)) {
        keep_error(db, "the connection is closed");
        return DB_LOST;
    }
    PGresult *result = PQexec(db->connection, copy);
    bool is_open = PQresultStatus(result) == PGRES_COPY_IN;
    if (is_open) {
        PQclear(result);
        for (size_t sent = 0; sent < rows->length;) {
            size_t part = rows->length - sent < 1 << 20 ? rows->length - sent : 1 << 20;
            if (PQputCopyData(db->connection, (const char *)rows->bytes + sent, (int)part) != 1)
                break; /* the result below says why */
            sent += part;
        }
        PQputCopyData(db->connection, trailer, 2);
        PQputCopyEnd(db->connection, NULL);
        result = PQgetResult(db->connection);
    }
    enum db_status status = DB_OK;
    if (!is_open || PQresultStatus(result) != PGRES_COMMAND_OK) {
        status = status_of(db, result);
        keep_error(db, PQresultErrorMessage(result));
    }
    PQclear(result);
    while (is_open && (result = PQgetResult(db->connection)) != NULL)
        PQclear(result);
    if (status == DB_LOST)
        close_connection(db);
    return status;
}
