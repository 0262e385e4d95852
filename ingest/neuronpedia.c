/*
 * The source neuronpedia: the folder of one source of a public export, which is one layer of a model. All of it is one job,
 * as its files have the features in any order. A feature of which a line is bad is refused as a whole.
 */
#include "feature_folder.h"
#include "feature_stage.h"
#include "must.h"
#include "source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXAMPLES_MAX = 10000, EXPLANATIONS_MAX = 10000, COMPLAINTS_MAX = 20 };

/* What is known of a feature. */
struct note {
    char *refusal;      /* why it is refused; NULL: it is not */
    uint32_t last_file; /* that has a line of it, counted from 1 */
    uint16_t num_lines[NUM_LINE_KINDS];
    bool is_wanted;
};

struct batch {
    struct loader *loader;
    const struct job *job;
    struct feature_stage stage;
    struct feature_folder folder;
    struct feature_line line;
    char *path, *layer; /* the layer as lines have it */
    struct note *notes; /* [job->layer_size] */
    char *unplaced;     /* what is wrong with the first line or file that is of no neuron; or NULL */
    int32_t num_unplaced, num_refused;
};

/* file:///a%20b as a path, to be freed. */
static char *path_of(const char *url)
{
    char *path = must(strdup(url + (strncmp(url, "file://", 7) == 0 ? 7 : 0))), *to = path;
    unsigned byte;
    for (const char *from = path; *from != '\0'; from++)
        if (from[0] == '%' && sscanf(from + 1, "%2x", &byte) == 1) {
            *to++ = (char)byte;
            from += 2;
        } else {
            *to++ = *from;
        }
    *to = '\0';
    return path;
}

static void *open_batch(struct loader *loader, const struct job *job)
{
    struct batch *batch = must(calloc(1, sizeof *batch));
    batch->loader = loader;
    batch->job = job;
    batch->notes = must(calloc((size_t)job->layer_size, sizeof *batch->notes));
    batch->path = path_of(job->url);
    feature_stage_open(&batch->stage, loader, job);
    for (size_t i = 0; i < job->num_neurons; i++)
        if (job->neurons[i] < job->layer_size)
            batch->notes[job->neurons[i]].is_wanted = true;
        else
            for (int32_t neuron = 0; neuron < job->layer_size; neuron++)
                batch->notes[neuron].is_wanted = true;
    return batch;
}

static void close_batch(void *opaque, bool was_committed)
{
    struct batch *batch = opaque;
    (void)was_committed;
    for (int32_t i = 0; i < batch->job->layer_size; i++)
        free(batch->notes[i].refusal);
    feature_stage_close(&batch->stage);
    feature_folder_close(&batch->folder);
    feature_line_free(&batch->line);
    free(batch->notes);
    free(batch->path);
    free(batch->layer);
    free(batch->unplaced);
    free(batch);
}

/* What is wrong, as one line of ASCII, to be freed: "features/batch-0.jsonl.gz line 3 column 17: a number is NaN". */
static char *explain(const struct feature_file *file, size_t number, const char *reason)
{
    static const char first_line[] = "line 1 ";
    char *text = NULL;
    bool has_column = strncmp(reason, first_line, sizeof first_line - 1) == 0;
    if (number == 0 ? asprintf(&text, "%s: %s", file->name, reason) < 0
                    : asprintf(&text, has_column ? "%s line %zu %s" : "%s line %zu: %s", file->name, number,
                               has_column ? reason + sizeof first_line - 1 : reason) < 0)
        abort();
    for (unsigned char *c = (unsigned char *)text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return text;
}

static void refuse(struct batch *batch, struct note *note, char *refusal)
{
    if (note->refusal == NULL)
        batch->num_refused++;
    else
        free(note->refusal);
    note->refusal = refusal;
}

/* Something is wrong, but not with a feature that is known. Takes `reason`. */
static void complain(struct batch *batch, char *reason)
{
    if (++batch->num_unplaced <= COMPLAINTS_MAX)
        fprintf(stderr, "deepdecipher-ingest: %s/%s\n", batch->path, reason);
    if (batch->unplaced == NULL)
        batch->unplaced = reason;
    else
        free(reason);
}

/* Says whose line it is not; false when the line is of a feature of the layer. */
static bool is_misplaced(const struct batch *batch, char reason[FEATURE_FOLDER_REASON_SIZE], bool is_good)
{
    const struct feature_line *line = &batch->line;
    const struct text *layer = &line->texts[TEXT_LAYER];
    if (line->has_text[TEXT_LAYER] && (layer->length != strlen(batch->layer) ||
                                       (layer->length > 0 && memcmp(layer->bytes, batch->layer, layer->length) != 0)))
        snprintf(reason, FEATURE_FOLDER_REASON_SIZE, "the layer is \"%.*s\", but that of the folder \"%.60s\"",
                 (int)(layer->length < 60 ? layer->length : 60), layer->length > 0 ? layer->bytes : "", batch->layer);
    else if (line->index >= batch->job->layer_size)
        snprintf(reason, FEATURE_FOLDER_REASON_SIZE,
                 "the index is %" PRId64 ", but layers of the model have %" PRId32 " neurons, numbered from 0",
                 line->index, batch->job->layer_size);
    else
        return line->index < 0 && !is_good;
    return true;
}

/* False with a reason when the feature has as many lines of the kind as it may. */
static bool count_line(struct note *note, enum feature_line_kind kind, char reason[FEATURE_FOLDER_REASON_SIZE])
{
    static const int most[] = {
        [LINE_FEATURE] = 1, [LINE_EXAMPLE] = EXAMPLES_MAX, [LINE_EXPLANATION] = EXPLANATIONS_MAX};
    static const char *const what[] = {"line of features", "activations", "explanations"};
    if (note->num_lines[kind]++ < most[kind])
        return true;
    snprintf(reason, FEATURE_FOLDER_REASON_SIZE, "the feature has more than %d %s", most[kind], what[kind]);
    return false;
}

static enum db_status take_line(struct batch *batch, size_t file_index, size_t number, const char *bytes, size_t length)
{
    const struct feature_file *file = &batch->folder.files[file_index];
    char reason[FEATURE_FOLDER_REASON_SIZE];
    bool is_good = feature_line_read(&batch->line, file->kind, bytes, length, batch->job->layer_size, reason);
    if (is_misplaced(batch, reason, is_good)) {
        complain(batch, explain(file, number, reason));
        return DB_OK;
    }
    struct note *note = &batch->notes[batch->line.index];
    if (!note->is_wanted)
        return DB_OK;
    note->last_file = (uint32_t)file_index + 1;
    if (note->refusal != NULL)
        return DB_OK;
    if (is_good && count_line(note, file->kind, reason))
        return feature_stage_add(&batch->stage, file, &batch->line, (int64_t)file_index << 32 | (int64_t)number);
    refuse(batch, note, explain(file, number, reason));
    return DB_OK;
}

/* Nothing of a file that is not whole can be trusted. */
static void refuse_file(struct batch *batch, size_t file_index, const char *reason)
{
    const struct feature_file *file = &batch->folder.files[file_index];
    for (int32_t i = 0; i < batch->job->layer_size; i++)
        if (batch->notes[i].last_file == file_index + 1)
            refuse(batch, &batch->notes[i], explain(file, 0, reason));
    complain(batch, explain(file, 0, reason));
}

static bool is_blank(const char *bytes, size_t length)
{
    size_t i = 0;
    while (i < length && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r'))
        i++;
    return i == length;
}

static enum load_result load_lines(struct batch *batch, size_t file_index, struct feature_lines *lines,
                                   struct load *load)
{
    const struct feature_file *file = &batch->folder.files[file_index];
    char reason[FEATURE_FOLDER_REASON_SIZE];
    const char *bytes;
    size_t length;
    for (enum feature_lines_outcome outcome; !*load->stop;) {
        uint64_t before = feature_lines_bytes(lines);
        outcome = feature_lines_next(lines, &bytes, &length, reason);
        *load->bytes += feature_lines_bytes(lines) - before;
        if (outcome == LINES_BROKEN)
            refuse_file(batch, file_index, reason);
        if (outcome == LINES_BROKEN || outcome == LINES_END)
            return LOAD_DONE;
        size_t number = feature_lines_number(lines);
        if (outcome == LINES_TOO_LONG)
            complain(batch, explain(file, number, "the line has over 16 MiB"));
        else if (!is_blank(bytes, length) && take_line(batch, file_index, number, bytes, length) != DB_OK)
            return LOAD_FAILED;
    }
    return LOAD_STOPPED;
}

static enum load_result load_files(struct batch *batch, struct load *load)
{
    char reason[FEATURE_FOLDER_REASON_SIZE];
    enum load_result result = LOAD_DONE;
    for (size_t i = 0; i < batch->folder.num_files && result == LOAD_DONE; i++) {
        struct feature_lines *lines = feature_lines_open(batch->folder.files[i].path, reason);
        if (lines == NULL) {
            complain(batch, explain(&batch->folder.files[i], 0, reason));
            continue;
        }
        result = load_lines(batch, i, lines, load);
        feature_lines_close(lines);
    }
    return result;
}

static void add_refusal(struct batch *batch, struct rows *rows, struct rows *ids, int32_t neuron, const char *reason)
{
    int64_t neuron_id = neuron_key(batch->job->model_id, batch->job->layer, neuron);
    rows_int8(ids, neuron_id);
    rows_start(rows, 6);
    rows_int8(rows, neuron_id);
    rows_int2(rows, batch->job->source_id);
    rows_text(rows, "unreadable");
    rows_text(rows, reason);
    rows_text(rows, batch->job->url);
    rows_int4(rows, 1);
}

/* Rows of rejected, and the keys of the neurons. Returns how many. */
static size_t add_refusals(struct batch *batch, struct rows *rows, struct rows *ids)
{
    size_t count = 0;
    for (int32_t i = 0; i < batch->job->layer_size; i++)
        if (batch->notes[i].refusal != NULL) {
            add_refusal(batch, rows, ids, i, batch->notes[i].refusal);
            count++;
        }
    if (batch->unplaced == NULL)
        return count;
    char *reason = NULL;
    if (asprintf(&reason, batch->num_unplaced > 1 ? "%s (and %" PRId32 " more that are of no neuron)" : "%s",
                 batch->unplaced, batch->num_unplaced - 1) < 0)
        abort();
    add_refusal(batch, rows, ids, INT32_MAX, reason);
    free(reason);
    return count + 1;
}

/* Forgets what was noted as refused of the neurons asked for. */
static enum db_status clear_notes(struct batch *batch)
{
    const struct job *job = batch->job;
    struct db *db = loader_db(batch->loader);
    struct rows asked = {0}, none = {0};
    PGresult *done;
    array_start(&asked, ARRAY_INT8);
    array_start(&none, ARRAY_INT8);
    for (size_t i = 0; i < job->num_neurons; i++)
        rows_int8(&asked, neuron_key(job->model_id, job->layer, job->neurons[i]));
    rows_int8(&asked, neuron_key(job->model_id, job->layer, INT32_MAX));
    enum db_status status = db_query(
        db, STATEMENT_CLEAR_NEURONS, 3,
        (struct db_param[]){array_param(&asked, job->num_neurons + 1), db_int2(job->source_id), array_param(&none, 0)},
        &done);
    db_finish(db);
    rows_free(&asked);
    rows_free(&none);
    return status;
}

static enum load_result store(struct batch *batch, struct load *load)
{
    struct rows rows = {0}, refused = {0};
    int64_t num_stored = 0;
    array_start(&refused, ARRAY_INT8);
    size_t num_refused = add_refusals(batch, &rows, &refused);
    enum db_status status = clear_notes(batch);
    if (status == DB_OK)
        status = feature_stage_store(&batch->stage, &refused, num_refused, &num_stored);
    if (status == DB_OK)
        status = db_copy(loader_db(batch->loader), STATEMENT_COPY_REJECTED, &rows);
    rows_free(&rows);
    rows_free(&refused);
    load->num_stored = (int32_t)num_stored;
    load->num_rejected = (int32_t)num_refused;
    return status == DB_OK ? LOAD_DONE : LOAD_FAILED;
}

static enum load_result load_folder(void *opaque, struct load *load)
{
    struct batch *batch = opaque;
    char *reason = NULL;
    if (feature_stage_begin(&batch->stage) != DB_OK)
        return LOAD_FAILED;
    if (!feature_folder_open(&batch->folder, batch->path)) {
        complain(batch, must(strdup(strerror(errno))));
        return store(batch, load);
    }
    batch->layer = feature_folder_layer(&batch->folder, batch->path);
    if (feature_layer_number(batch->layer) != batch->job->layer) {
        if (asprintf(&reason, "the folder is of the layer \"%.60s\" now", batch->layer) < 0)
            abort();
        complain(batch, reason);
        return store(batch, load);
    }
    enum load_result result = load_files(batch, load);
    return result == LOAD_DONE ? store(batch, load) : result;
}

/* All neurons of the layer that the folder is of, and none of others. */
static char *neurons_in(const char *path, int32_t layer)
{
    struct feature_folder folder;
    char *found = NULL;
    if (!feature_folder_open(&folder, path))
        return NULL;
    char *text = feature_folder_layer(&folder, path);
    if (folder.num_files > 0 && feature_layer_number(text) == layer)
        found = must(strdup("{[0,)}"));
    free(text);
    feature_folder_close(&folder);
    return found;
}

static int check_folder(const char *path, int32_t num_layers, int32_t layer_size)
{
    struct feature_folder folder;
    (void)layer_size;
    if (!feature_folder_open(&folder, path)) {
        fprintf(stderr, "deepdecipher-ingest: %s: %s\n", path, strerror(errno));
        return 1;
    }
    char *layer = feature_folder_layer(&folder, path);
    int32_t number = feature_layer_number(layer);
    bool is_good = folder.num_files > 0 && number >= 0 && number < num_layers;
    if (folder.num_files == 0)
        fprintf(stderr,
                "deepdecipher-ingest: %s has no batches: features/, activations/ and explanations/ with *.jsonl.gz or "
                "*.jsonl\n",
                path);
    else if (number < 0)
        fprintf(stderr,
                "deepdecipher-ingest: %s: no line says which layer it is of, as \"layer\": \"10-res-jb\" does\n", path);
    else if (number >= num_layers)
        fprintf(stderr,
                "deepdecipher-ingest: %s is of the layer \"%s\", but the model has %d layers, numbered from 0\n", path,
                layer, num_layers);
    free(layer);
    feature_folder_close(&folder);
    return is_good ? 0 : 1;
}

const struct source neuronpedia_source = {
    .source_id = 9,
    .name = "neuronpedia",
    .argument = "FOLDER",
    .is_layer = true,
    .neurons_in = neurons_in,
    .check_folder = check_folder,
    .open = open_batch,
    .load = load_folder,
    .close = close_batch,
};
