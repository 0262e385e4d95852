/*
 * The source n2g: a folder of Neuron2Graph, one file {layer}_{neuron}/graph for each neuron. Its stats.json, in the folder or
 * beside it, is a source of its own that is read along.
 */
#include "loader.h"
#include "neuron_graph.h"
#include "source.h"
#include "../sql/client/rows.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct batch {
    struct loader *loader;
    const struct job *job;
    struct dot_graph graph;
    struct rows graphs, ids; /* rows, and bigint[]: the neurons read */
    size_t num_neurons;
    struct rows tokens, importances; /* arrays of the neuron at hand */
    struct text text;
};

static char *page_url(const struct job *job, int32_t neuron)
{
    char *url = NULL;
    if (asprintf(&url, "%s/%d_%d/graph", job->url, job->layer, neuron) < 0)
        abort();
    return url;
}

/* Reads a name such as 3_1005: no signs, no leading zeros. */
static bool read_name(const char *name, int32_t *layer, int32_t *neuron)
{
    char same[32];
    if (sscanf(name, "%9d_%9d", layer, neuron) != 2 || *layer < 0 || *neuron < 0)
        return false;
    snprintf(same, sizeof same, "%d_%d", *layer, *neuron);
    return strcmp(same, name) == 0;
}

struct numbers {
    int32_t *values;
    size_t count, capacity;
};

static void add_number(struct numbers *numbers, int32_t value)
{
    if (numbers->count == numbers->capacity) {
        numbers->capacity = 2 * numbers->capacity + 1024;
        numbers->values = realloc(numbers->values, numbers->capacity * sizeof *numbers->values);
        if (numbers->values == NULL)
            abort();
    }
    numbers->values[numbers->count++] = value;
}

static int compare_numbers(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

/* {[0,5],[7,7]} */
static char *write_ranges(const struct numbers *numbers)
{
    char *text = malloc(3 + 24 * numbers->count), *at = text;
    if (text == NULL)
        abort();
    for (size_t i = 0, last; i < numbers->count; i = last + 1) {
        for (last = i; last + 1 < numbers->count && numbers->values[last + 1] == numbers->values[last] + 1;)
            last++;
        at += sprintf(at, "%c[%d,%d]", i == 0 ? '{' : ',', numbers->values[i], numbers->values[last]);
    }
    strcpy(at, "}");
    return text;
}

static char *neurons_in(const char *folder, int32_t layer)
{
    struct numbers numbers = {0};
    int32_t its_layer, neuron;
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return NULL;
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (read_name(entry->d_name, &its_layer, &neuron) && its_layer == layer)
            add_number(&numbers, neuron);
    closedir(entries);
    char *ranges = NULL;
    if (numbers.count > 0) {
        qsort(numbers.values, numbers.count, sizeof *numbers.values, compare_numbers);
        ranges = write_ranges(&numbers);
    }
    free(numbers.values);
    return ranges;
}

static int check_folder(const char *folder, int32_t num_layers, int32_t layer_size)
{
    int count = 0;
    int32_t layer, neuron, example[2] = {0, 0};
    DIR *entries = opendir(folder);
    if (entries == NULL) {
        fprintf(stderr, "deepdecipher-ingest: %s: %s\n", folder, strerror(errno));
        return 1;
    }
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (!read_name(entry->d_name, &layer, &neuron) || (layer < num_layers && neuron < layer_size) || count++ > 0)
            continue;
        example[0] = layer;
        example[1] = neuron;
    }
    closedir(entries);
    if (count > 0)
        fprintf(stderr,
                "deepdecipher-ingest: %s/%d_%d is left out%s: the model has %d layers of %d neurons, numbered from 0\n",
                folder, example[0], example[1], count > 1 ? ", as are others" : "", num_layers, layer_size);
    return count;
}

static char *companion_path(const char *folder)
{
    static const char *const places[] = {"", "/.."};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *path = NULL, *whole;
        struct stat info;
        if (asprintf(&path, "%s%s/stats.json", folder, places[i]) < 0)
            abort();
        whole = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? realpath(path, NULL) : NULL;
        free(path);
        if (whole != NULL)
            return whole;
    }
    return NULL;
}

static void *open_batch(struct loader *loader, const struct job *job)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        abort();
    batch->loader = loader;
    batch->job = job;
    array_start(&batch->ids, ARRAY_INT8);
    return batch;
}

/* The columns node_tokens and node_importances. */
static void add_nodes(struct batch *batch)
{
    const struct dot_graph *graph = &batch->graph;
    array_start(&batch->tokens, ARRAY_TEXT);
    array_start(&batch->importances, ARRAY_FLOAT4);
    for (size_t i = 0; i < graph->num_nodes; i++) {
        text_reset(&batch->text);
        neuron_graph_token(&graph->nodes[i].label, &batch->text);
        rows_bytes(&batch->tokens, batch->text.bytes, batch->text.length);
        rows_float4(&batch->importances, neuron_graph_importance(&graph->nodes[i]));
    }
    rows_array(&batch->graphs, &batch->tokens, graph->num_nodes);
    rows_array(&batch->graphs, &batch->importances, graph->num_nodes);
}

static bool read_page(void *opaque, int32_t neuron, const char *body, size_t length, char reason[SOURCE_REASON_SIZE])
{
    struct batch *batch = opaque;
    const struct dot_graph *graph = &batch->graph;
    int64_t neuron_id = neuron_key(batch->job->model_id, batch->job->layer, neuron);
    _Static_assert((int)SOURCE_REASON_SIZE >= (int)DOT_REASON_SIZE, "a reason must fit");
    if (!dot_graph_read(&batch->graph, body, length, reason))
        return false;
    rows_int8(&batch->ids, neuron_id);
    batch->num_neurons++;
    rows_start(&batch->graphs, 8);
    rows_int8(&batch->graphs, neuron_id);
    rows_int4(&batch->graphs, (int32_t)graph->num_nodes);
    rows_int4(&batch->graphs, (int32_t)dot_graph_num_activating(graph));
    rows_int4(&batch->graphs, (int32_t)graph->num_edges);
    rows_bytes(&batch->graphs, body, length);
    text_reset(&batch->text);
    neuron_graph_write(graph, &batch->text);
    rows_bytes(&batch->graphs, batch->text.bytes, batch->text.length);
    add_nodes(batch);
    return true;
}

static enum db_status store_batch(void *opaque)
{
    struct batch *batch = opaque;
    struct db *db = loader_db(batch->loader);
    PGresult *done;
    if (batch->num_neurons == 0)
        return DB_OK;
    const struct db_param ids = array_param(&batch->ids, batch->num_neurons);
    enum db_status status = db_query(db, STATEMENT_CLEAR_NEURON_GRAPH, 1, &ids, &done);
    db_finish(db);
    if (status == DB_OK)
        status = db_copy(db, STATEMENT_COPY_NEURON_GRAPH, &batch->graphs);
    if (status == DB_OK)
        status = db_query(db, STATEMENT_FILL_IMPORTANCES, 1, &ids, &done);
    db_finish(db);
    return status;
}

static void close_batch(void *opaque, bool was_committed)
{
    struct batch *batch = opaque;
    (void)was_committed;
    dot_graph_free(&batch->graph);
    rows_free(&batch->graphs);
    rows_free(&batch->ids);
    rows_free(&batch->tokens);
    rows_free(&batch->importances);
    text_free(&batch->text);
    free(batch);
}

const struct source n2g_source = {
    .source_id = 6,
    .name = "n2g",
    .argument = "FOLDER",
    .neurons_in = neurons_in,
    .check_folder = check_folder,
    .companion = &n2g_stats_source,
    .companion_path = companion_path,
    .page_url = page_url,
    .open = open_batch,
    .read = read_page,
    .store = store_batch,
    .close = close_batch,
};
