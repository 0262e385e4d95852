/*
 * How fast pages are parsed on one core: bench_parser PAGE.html...
 * Reads the files, then parses all of them again and again for about a second. Prints one line of JSON.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ingest/neuroscope_page.h"

struct input {
    char *html;
    size_t length;
    uint32_t layer, neuron;
};

static void die(const char *path, const char *reason)
{
    fprintf(stderr, "bench_parser: %s: %s\n", path, reason);
    exit(1);
}

static void input_load(struct input *input, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        die(path, "cannot be read");
    input->length = (size_t)ftell(file);
    rewind(file);
    input->html = malloc(input->length + 1);
    if (!input->html || fread(input->html, 1, input->length, file) != input->length)
        die(path, "cannot be read");
    fclose(file);
    input->html[input->length] = '\0';
    const char *title = strstr(input->html, "<h2>Neuron ");
    if (!title || sscanf(title, "<h2>Neuron %u in Layer %u", &input->neuron, &input->layer) != 2)
        die(path, "does not name its neuron");
}

/* Of this process on its core, so that other work on the machine counts little. */
static double seconds_used(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void parse(struct neuroscope_page *page, const struct input *input, const char *path)
{
    char reason[PAGE_REASON_SIZE];
    if (!neuroscope_page_read(page, input->html, input->length, input->layer, input->neuron, reason))
        die(path, reason);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        die("usage", "bench_parser PAGE.html...");
    size_t count = (size_t)argc - 1, pages = 0, bytes = 0;
    struct input *inputs = calloc(count, sizeof *inputs);
    if (!inputs)
        die("inputs", "no memory");
    for (size_t i = 0; i < count; i++)
        input_load(&inputs[i], argv[i + 1]);
    struct neuroscope_page *page = neuroscope_page_new();
    for (size_t i = 0; i < count; i++) /* once unmeasured, to warm up */
        parse(page, &inputs[i], argv[i + 1]);
    double start = seconds_used(), elapsed;
    do {
        size_t i = pages++ % count;
        parse(page, &inputs[i], argv[i + 1]);
        bytes += inputs[i].length;
        elapsed = seconds_used() - start;
    } while (elapsed < 1.0);
    printf("{\"mb_per_s\":%.1f,\"pages_per_s\":%.0f,\"pages\":%zu}\n", (double)bytes / 1e6 / elapsed,
           (double)pages / elapsed, pages);
    neuroscope_page_free(page);
    for (size_t i = 0; i < count; i++)
        free(inputs[i].html);
    free(inputs);
    return 0;
}
