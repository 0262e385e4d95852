#include "finding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site.h"

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

static struct finding *find(struct findings *findings, const char *what, enum mend_kind kind, const char *source,
                            const char *sql)
{
    for (size_t i = findings->count; i-- > 0;) {
        struct finding *finding = &findings->list[i];
        if (finding->kind == kind && is_same(finding->what, what) && is_same(finding->source, source) &&
            is_same(finding->sql, sql))
            return finding;
    }
    return NULL;
}

void findings_add(struct findings *findings, const char *what, enum mend_kind kind, const char *source, const char *sql,
                  int64_t neuron_id)
{
    struct finding *finding = find(findings, what, kind, source, sql);
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

void findings_add_site(struct findings *findings, const char *source, const char *url)
{
    findings->sites = grow(findings->sites, &findings->sites_capacity, findings->num_sites, sizeof *findings->sites);
    findings->sites[findings->num_sites++] = (struct finding_site){copy(source), copy(url)};
}

static const char *find_url(const struct findings *findings, const char *source)
{
    for (size_t i = 0; i < findings->num_sites; i++)
        if (strcmp(findings->sites[i].source, source) == 0)
            return findings->sites[i].url;
    return NULL;
}

/* True when a command without --url reads from there. */
static bool is_usual(const struct source *source, const char *model, const char *url)
{
    const struct known_model *known = site_known_model(source, model);
    size_t length = strlen(source->default_url);
    if (source->known_models == NULL)
        return strcmp(url, source->default_url) == 0;
    return known != NULL && strncmp(url, source->default_url, length) == 0 && url[length] == '/' &&
           strcmp(url + length + 1, known->folder) == 0;
}

/* " --url …" where the source is read from a site, and not from where it is by default. */
static void print_site(const struct findings *findings, const struct source *source)
{
    const char *url = find_url(findings, source->name);
    if (source->default_url == NULL)
        return;
    if (url == NULL && source->known_models != NULL && site_known_model(source, findings->model) == NULL)
        printf(" --url BASE");
    else if (url != NULL && !is_usual(source, findings->model, url))
        printf(" --url %s", url);
}

/* "neuroscope MODEL", "explainer MODEL --kind activations", "n2g MODEL FOLDER" */
static void print_command(const struct findings *findings, const struct source *source)
{
    bool has_kind = source->kind != NULL && strcmp(source->family, source->name) != 0;
    printf("    deepdecipher-ingest %s %s", has_kind ? source->family : source->name, findings->model);
    if (has_kind)
        printf(" --kind %s", source->kind);
    if (source->argument != NULL)
        printf(" %s", source->argument);
}

static void print_reading(const struct findings *findings, const struct finding *finding)
{
    const struct source *source = source_find(finding->source);
    size_t at = 0;
    if (source->is_whole) {
        print_command(findings, source);
        printf("%s\n", finding->kind == MEND_AGAIN ? " --again" : "");
        return;
    }
    for (int line = 0; at < finding->count; line++) {
        if (line == LINES_MAX) {
            printf("    and the same for %zu more neurons; verify again after these\n", finding->count - at);
            return;
        }
        print_command(findings, source);
        printf(" --layers %" PRId32 " --neurons ", layer_of(finding->neurons[at]));
        at = print_ranges(finding, at);
        printf("%s", finding->kind == MEND_AGAIN ? " --again" : "");
        print_site(findings, source);
        putchar('\n');
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
            printf("%s: %s%s%s\n", findings->model, finding->source != NULL ? finding->source : "",
                   finding->source != NULL ? ": " : "", finding->what);
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
    for (size_t i = 0; i < findings->num_sites; i++) {
        free(findings->sites[i].source);
        free(findings->sites[i].url);
    }
    free(findings->list);
    free(findings->sites);
    *findings = (struct findings){.model = findings->model};
}
