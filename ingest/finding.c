#include "finding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

enum { LINES_MAX = 8, RANGES_MAX = 40 };

static char *copy(const char *text)
{
    char *copied = text != NULL ? strdup(text) : NULL;
    if (text != NULL && copied == NULL)
        abort();
    return copied;
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void *grow(void *memory, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return memory;
    *capacity = 2 * *capacity + 16;
    memory = realloc(memory, *capacity * size);
    if (memory == NULL)
        abort();
    return memory;
}

static struct finding *find(struct findings *findings, const char *what, const char *source, const char *sql)
{
    for (size_t i = findings->count; i-- > 0;) {
        struct finding *finding = &findings->list[i];
        if (is_same(finding->what, what) && is_same(finding->source, source) && is_same(finding->sql, sql))
            return finding;
    }
    return NULL;
}

void findings_add(struct findings *findings, const char *what, enum mend_kind kind, const char *source, const char *sql,
                  int64_t neuron_id)
{
    struct finding *finding = find(findings, what, source, sql);
    if (finding == NULL) {
        findings->list = grow(findings->list, &findings->capacity, findings->count, sizeof *findings->list);
        finding = &findings->list[findings->count++];
        *finding = (struct finding){.what = copy(what), .source = copy(source), .sql = copy(sql), .kind = kind};
    }
    if (neuron_id < 0 || (finding->count > 0 && finding->neurons[finding->count - 1] == neuron_id))
        return;
    finding->neurons = grow(finding->neurons, &finding->capacity, finding->count, sizeof *finding->neurons);
    finding->neurons[finding->count++] = neuron_id;
}

static int32_t layer_of(int64_t neuron_id)
{
    return (int32_t)(neuron_id >> 32 & 0xffff);
}

static int32_t index_of(int64_t neuron_id)
{
    return (int32_t)(neuron_id & INT32_MAX);
}

/* "5,9-12" from neuron `at` on, up to the end of its layer or RANGES_MAX ranges; returns where it stopped. */
static size_t print_ranges(const struct finding *finding, size_t at)
{
    int32_t layer = layer_of(finding->neurons[at]);
    for (int ranges = 0; ranges < RANGES_MAX && at < finding->count && layer_of(finding->neurons[at]) == layer;
         ranges++) {
        size_t last = at;
        while (last + 1 < finding->count && finding->neurons[last + 1] == finding->neurons[last] + 1)
            last++;
        printf("%s%" PRId32, ranges > 0 ? "," : "", index_of(finding->neurons[at]));
        if (last > at)
            printf("-%" PRId32, index_of(finding->neurons[last]));
        at = last + 1;
    }
    return at;
}

static void print_reading(const struct findings *findings, const struct finding *finding)
{
    size_t at = 0;
    for (int line = 0; at < finding->count; line++) {
        if (line == LINES_MAX) {
            printf("    and the same for %zu more neurons; verify again after these\n", finding->count - at);
            return;
        }
        printf("    deepdecipher-ingest %s %s --layers %" PRId32 " --neurons ", finding->source, findings->model,
               layer_of(finding->neurons[at]));
        at = print_ranges(finding, at);
        printf("%s%s%s\n", finding->kind == MEND_AGAIN ? " --again" : "", findings->url != NULL ? " --url " : "",
               findings->url != NULL ? findings->url : "");
    }
}

static void print_mending(const struct findings *findings, const struct finding *finding)
{
    bool is_document = finding->source != NULL && source_find(finding->source) == NULL;
    if (finding->sql != NULL)
        printf("    psql \"$DATABASE_URL\" -c \"%s\"\n", finding->sql);
    if (finding->kind == MEND_SQL)
        return;
    if (finding->kind == MEND_RETRY)
        printf("    deepdecipher-ingest retry %s %s%s\n", findings->model, is_document ? "json --service " : "",
               finding->source);
    else if (is_document)
        printf("    deepdecipher-ingest json %s FOLDER --service %s --again\n", findings->model, finding->source);
    else
        print_reading(findings, finding);
}

void findings_print(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        if (finding->count == 0)
            printf("%s: %s\n", findings->model, finding->what);
        else
            printf("%s: %zu neuron%s (l%" PRId32 "n%" PRId32 "%s): %s%s%s\n", findings->model, finding->count,
                   finding->count == 1 ? "" : "s", layer_of(finding->neurons[0]), index_of(finding->neurons[0]),
                   finding->count == 1 ? "" : ", …", finding->source != NULL ? finding->source : "",
                   finding->source != NULL ? ": " : "", finding->what);
        print_mending(findings, finding);
    }
}

void findings_clear(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->list[i].what);
        free(findings->list[i].source);
        free(findings->list[i].sql);
        free(findings->list[i].neurons);
    }
    free(findings->list);
    findings->list = NULL;
    findings->count = findings->capacity = 0;
}
