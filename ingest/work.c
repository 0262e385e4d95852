#include "work.h"
#include "../sql/client/rows.h"

#include <stdlib.h>
#include <string.h>

/* A job under way. */
struct task {
    struct job job;
    const struct source *source;
    void *batch;
    struct work_counts *counts;
    char **urls;
    struct fetch_outcome *outcomes; /* [job.num_neurons] */
    uint64_t bytes;
};

static struct db_param id_or_null(int16_t id)
{
    return id != 0 ? db_int2(id) : db_null();
}

static char *copy_text(const PGresult *rows, int column)
{
    char *copy = strdup(db_get_text(rows, 0, column));
    if (copy == NULL)
        abort();
    return copy;
}

/* Opens the transaction and locks a job; `job->neurons` is NULL when there was none. */
static enum db_status take(struct db *db, struct work_scope scope, struct job *job)
{
    PGresult *rows;
    enum db_status status = db_send(db, STATEMENT_BEGIN, 0, NULL);
    if (status == DB_OK)
        status = db_send(db, STATEMENT_TAKE_JOB, 2,
                         (struct db_param[]){id_or_null(scope.model_id), id_or_null(scope.source_id)});
    if (status == DB_OK)
        status = db_flush(db);
    if (status == DB_OK)
        status = db_receive(db, &rows);
    if (status == DB_OK)
        status = db_receive(db, &rows);
    if (status == DB_OK && PQntuples(rows) == 1) {
        job->job_id = db_get_int8(rows, 0, 0);
        job->model_id = db_get_int2(rows, 0, 1);
        job->model = copy_text(rows, 2);
        job->vocabulary_id = db_get_int4(rows, 0, 3);
        job->vocabulary = copy_text(rows, 4);
        job->source_id = db_get_int2(rows, 0, 5);
        job->layer = db_get_int4(rows, 0, 6);
        job->neurons = db_get_int4_array(rows, 0, 7, &job->num_neurons);
        job->url = copy_text(rows, 8);
        job->num_layers = db_get_int4(rows, 0, 9);
        job->layer_size = db_get_int4(rows, 0, 10);
    }
    db_finish(db);
    return status;
}

static bool read_page(void *context, size_t index, const char *body, size_t length, char reason[FETCH_REASON_SIZE])
{
    struct task *task = context;
    _Static_assert((int)FETCH_REASON_SIZE >= (int)SOURCE_REASON_SIZE, "a reason must fit");
    task->bytes += length;
    return task->source->read(task->batch, task->job.neurons[index], body, length, reason);
}

static const char *kind_name(enum fetch_kind kind)
{
    return kind == FETCH_MISSING ? "missing" : kind == FETCH_UNREACHABLE ? "unreachable" : "unreadable";
}

/* A reason may quote the site: what is no UTF-8 or no text at all becomes a question mark. */
static void make_plain(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

/* Notes for every neuron of the job: stored, or refused and why. Returns the number stored. */
static int32_t note_outcomes(struct task *task, struct rows *noted, struct rows *refused)
{
    const struct job *job = &task->job;
    int32_t stored = 0;
    for (size_t i = 0; i < job->num_neurons; i++) {
        struct fetch_outcome *outcome = &task->outcomes[i];
        bool is_stored = outcome->kind == FETCH_DONE;
        struct rows *rows = is_stored ? noted : refused;
        stored += is_stored;
        rows_start(rows, is_stored ? 2 : 6);
        rows_int8(rows, neuron_key(job->model_id, job->layer, job->neurons[i]));
        rows_int2(rows, job->source_id);
        if (is_stored)
            continue;
        make_plain(outcome->reason);
        rows_text(rows, kind_name(outcome->kind));
        rows_text(rows, outcome->reason);
        rows_text(rows, job->url);
        rows_int4(rows, outcome->num_tries);
    }
    return stored;
}

/* The keys of the neurons that are stored, as an array that is begun; their number. Of a job that its source worked itself,
 * of all that were asked for. */
static size_t stored_neurons(const struct task *task, struct rows *stored)
{
    const struct job *job = &task->job;
    size_t count = 0;
    array_start(stored, ARRAY_INT8);
    for (size_t i = 0; i < job->num_neurons; i++) {
        if (task->outcomes != NULL && task->outcomes[i].kind != FETCH_DONE)
            continue;
        rows_int8(stored, neuron_key(job->model_id, job->layer, job->neurons[i]));
        count++;
    }
    return count;
}

static enum db_status clear_notes(struct db *db, const struct task *task)
{
    const struct job *job = &task->job;
    struct rows asked = {0}, stored = {0};
    size_t num_stored = stored_neurons(task, &stored);
    PGresult *done;
    array_start(&asked, ARRAY_INT8);
    for (size_t i = 0; i < job->num_neurons; i++)
        rows_int8(&asked, neuron_key(job->model_id, job->layer, job->neurons[i]));
    enum db_status status = db_query(db, STATEMENT_CLEAR_NEURONS, 3,
                                     (struct db_param[]){array_param(&asked, job->num_neurons), db_int2(job->source_id),
                                                         array_param(&stored, num_stored)},
                                     &done);
    db_finish(db);
    rows_free(&asked);
    rows_free(&stored);
    return status;
}

/* The last round trip of a job: after it the job is done, whatever happens. */
static enum db_status commit(struct db *db, const struct task *task, int32_t stored, int32_t rejected)
{
    const struct job *job = &task->job;
    struct rows keys = {0};
    size_t num_keys = stored_neurons(task, &keys);
    PGresult *done;
    enum db_status status =
        db_send(db, STATEMENT_SUMMARY_FILL, 3,
                (struct db_param[]){db_int2(job->model_id), db_int2(job->source_id), array_param(&keys, num_keys)});
    if (status == DB_OK)
        status = db_send(db, STATEMENT_FINISH_JOB, 3,
                         (struct db_param[]){db_int8(job->job_id), db_int4(stored), db_int4(rejected)});
    if (status == DB_OK)
        status = db_send(db, STATEMENT_BUMP_REVISION, 3,
                         (struct db_param[]){db_int2(job->model_id), db_int2(job->source_id), db_bool(stored > 0)});
    if (status == DB_OK)
        status = db_send(db, STATEMENT_COMMIT, 0, NULL);
    if (status == DB_OK)
        status = db_flush(db);
    for (int i = 0; status == DB_OK && i < 4; i++)
        status = db_receive(db, &done);
    db_finish(db);
    rows_free(&keys);
    return status;
}

static enum db_status store(struct loader *loader, struct task *task)
{
    struct db *db = loader_db(loader);
    struct rows noted = {0}, refused = {0};
    int32_t stored = note_outcomes(task, &noted, &refused);
    enum db_status status = clear_notes(db, task);
    if (status == DB_OK)
        status = task->source->store(task->batch);
    if (status == DB_OK)
        status = db_copy(db, STATEMENT_COPY_NEURON_SOURCE, &noted);
    if (status == DB_OK)
        status = db_copy(db, STATEMENT_COPY_REJECTED, &refused);
    if (status == DB_OK)
        status = commit(db, task, stored, (int32_t)task->job.num_neurons - stored);
    if (status == DB_OK) {
        task->counts->stored += (uint64_t)stored;
        task->counts->rejected += task->job.num_neurons - (uint64_t)stored;
        task->counts->bytes += task->bytes;
    }
    rows_free(&noted);
    rows_free(&refused);
    return status;
}

static void roll_back(struct db *db)
{
    PGresult *done;
    /* Where this fails the connection is gone, and with it the transaction. */
    enum db_status status = db_is_connected(db) ? db_query(db, STATEMENT_ROLLBACK, 0, NULL, &done) : DB_OK;
    (void)status;
    db_finish(db);
}

static void task_clear(struct task *task)
{
    struct job *job = &task->job;
    for (size_t i = 0; task->urls != NULL && i < job->num_neurons; i++)
        free(task->urls[i]);
    free(task->urls);
    free(task->outcomes);
    free(job->neurons);
    free(job->model);
    free(job->vocabulary);
    free(job->url);
}

static enum work_result work_task(struct loader *loader, struct fetcher *fetcher, struct task *task,
                                  const volatile int *stop)
{
    size_t count = task->job.num_neurons;
    task->urls = calloc(count, sizeof *task->urls);
    task->outcomes = calloc(count, sizeof *task->outcomes);
    if (task->urls == NULL || task->outcomes == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        task->urls[i] = task->source->page_url(&task->job, task->job.neurons[i]);
    task->batch = task->source->open(loader, &task->job);
    enum work_result result = WORK_STOPPED;
    fetcher_limit(fetcher, task->source->page_max > 0 ? task->source->page_max : FETCH_BODY_MAX);
    if (fetch_all(fetcher, count, task->urls, read_page, task, task->outcomes, stop))
        result = store(loader, task) == DB_OK ? WORK_DONE : WORK_FAILED;
    task->source->close(task->batch, result == WORK_DONE);
    return result;
}

/* The same for a source that works whole jobs itself. */
static enum work_result load_task(struct loader *loader, struct task *task, const volatile int *stop)
{
    struct load load = {.stop = stop, .bytes = &task->counts->bytes};
    enum work_result result = WORK_FAILED;
    task->batch = task->source->open(loader, &task->job);
    enum load_result loaded = task->source->load(task->batch, &load);
    if (loaded == LOAD_STOPPED)
        result = WORK_STOPPED;
    else if (loaded == LOAD_DONE && commit(loader_db(loader), task, load.num_stored, load.num_rejected) == DB_OK)
        result = WORK_DONE;
    if (result == WORK_DONE) {
        task->counts->stored += (uint64_t)load.num_stored;
        task->counts->rejected += (uint64_t)load.num_rejected;
    }
    task->source->close(task->batch, result == WORK_DONE);
    return result;
}

enum work_result work_job(struct loader *loader, struct fetcher *fetcher, struct work_scope scope,
                          struct work_counts *counts, const volatile int *stop)
{
    struct task task = {.counts = counts};
    enum work_result result = WORK_NONE;
    if (take(loader_db(loader), scope, &task.job) != DB_OK)
        result = WORK_FAILED;
    else if (task.job.neurons != NULL && (task.source = source_by_id(task.job.source_id)) != NULL)
        result = task.source->load != NULL ? load_task(loader, &task, stop) : work_task(loader, fetcher, &task, stop);
    if (result != WORK_DONE)
        roll_back(loader_db(loader));
    task_clear(&task);
    return result;
}
