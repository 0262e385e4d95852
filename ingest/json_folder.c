#include "json_folder.h"
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COMPLAINTS_MAX = 20 };

/* Reads "12" or "12.json" in front of `ending`: -1 when it is no number that is written that way. */
static int32_t read_number(const char *name, const char *ending)
{
    char *end;
    if (name[0] < '0' || name[0] > '9' || (name[0] == '0' && name[1] >= '0' && name[1] <= '9'))
        return -1;
    errno = 0;
    long value = strtol(name, &end, 10);
    return errno == 0 && value < INT32_MAX && strcmp(end, ending) == 0 ? (int32_t)value : -1;
}

static char *join(const char *folder, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        abort();
    return path;
}

static bool is_there(const char *folder, const char *name)
{
    char *path = join(folder, name);
    bool found = access(path, F_OK) == 0;
    free(path);
    return found;
}

struct ranges {
    char *text;
    size_t length, capacity;
};

/* `first` alone, or, when that is INT32_MAX, it and all behind it: an int4range can not end there. */
static void add_range(struct ranges *ranges, int32_t first)
{
    enum { LONGEST = 32 };
    if (ranges->length + LONGEST > ranges->capacity) {
        ranges->capacity = 2 * ranges->capacity + 4096;
        ranges->text = realloc(ranges->text, ranges->capacity);
        if (ranges->text == NULL)
            abort();
    }
    if (ranges->length == 0)
        ranges->text[ranges->length++] = '{';
    char *end = ranges->text + ranges->length;
    ranges->length += (size_t)(first == INT32_MAX ? snprintf(end, LONGEST, "[%d,),", first)
                                                  : snprintf(end, LONGEST, "[%d,%d],", first, first));
}

char *json_folder_neurons(const char *folder, int32_t layer)
{
    struct ranges ranges = {0};
    char name[32];
    snprintf(name, sizeof name, "%d", layer);
    char *path = join(folder, name);
    DIR *open = layer == MODEL_LAYER ? NULL : opendir(path);
    for (const struct dirent *entry; open != NULL && (entry = readdir(open)) != NULL;) {
        int32_t neuron = read_number(entry->d_name, ".json");
        if (neuron >= 0)
            add_range(&ranges, neuron);
    }
    if (open != NULL)
        closedir(open);
    free(path);
    snprintf(name, sizeof name, "%d.json", layer);
    if (is_there(folder, layer == MODEL_LAYER ? "model.json" : name))
        add_range(&ranges, INT32_MAX);
    if (ranges.length > 0)
        ranges.text[ranges.length - 1] = '}';
    if (ranges.length > 0)
        ranges.text[ranges.length] = '\0';
    return ranges.text;
}

/* What was found wrong so far; says the first few. */
struct complaints {
    const char *folder;
    int count;
};

static void complain(struct complaints *complaints, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void complain(struct complaints *complaints, const char *format, ...)
{
    if (++complaints->count > COMPLAINTS_MAX)
        return;
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "deepdecipher-ingest: %s/", complaints->folder);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), tail = strlen(ending);
    return length >= tail && strcmp(name + length - tail, ending) == 0;
}

static void check_layer(struct complaints *complaints, const char *layer, int32_t layer_size)
{
    char *path = join(complaints->folder, layer);
    DIR *open = opendir(path);
    free(path);
    if (open == NULL) {
        complain(complaints, "%s: %s", layer, strerror(errno));
        return;
    }
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;) {
        int32_t neuron = read_number(entry->d_name, ".json");
        if (neuron >= layer_size)
            complain(complaints, "%s/%s: layers of the model have %d neurons, numbered from 0", layer, entry->d_name,
                     layer_size);
        else if (neuron < 0 && has_ending(entry->d_name, ".json"))
            complain(complaints, "%s/%s: the name is no neuron's number", layer, entry->d_name);
    }
    closedir(open);
}

static bool is_folder(const char *folder, const char *name)
{
    struct stat info;
    char *path = join(folder, name);
    bool found = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    free(path);
    return found;
}

static void check_entry(struct complaints *complaints, const char *name, int32_t num_layers, int32_t layer_size)
{
    bool is_document = has_ending(name, ".json");
    int32_t layer = read_number(name, is_document ? ".json" : "");
    if (layer >= num_layers)
        complain(complaints, "%s: the model has %d layers, numbered from 0", name, num_layers);
    else if (is_document && layer < 0 && strcmp(name, "model.json") != 0)
        complain(complaints, "%s: the name is neither model.json nor a layer's number", name);
    else if (!is_document && layer >= 0 && is_folder(complaints->folder, name))
        check_layer(complaints, name, layer_size);
}

int json_folder_check(const char *folder, int32_t num_layers, int32_t layer_size)
{
    struct complaints complaints = {.folder = folder};
    DIR *open = opendir(folder);
    if (open == NULL) {
        fprintf(stderr, "deepdecipher-ingest: %s: %s\n", folder, strerror(errno));
        return 1;
    }
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;)
        check_entry(&complaints, entry->d_name, num_layers, layer_size);
    closedir(open);
    if (complaints.count > COMPLAINTS_MAX)
        fprintf(stderr, "deepdecipher-ingest: and %d more files like these\n", complaints.count - COMPLAINTS_MAX);
    return complaints.count;
}
