#include "feature_folder.h"
#include "must.h"
#include "../sql/client/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_LOOKED_AT = 100 }; /* of a file, for one that names the layer */

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), tail = strlen(ending);
    return length > tail && strcmp(name + length - tail, ending) == 0;
}

/* What the lines of a folder's files are; false when it is none of an export. */
static bool kind_of(const char *name, enum feature_line_kind *kind, const char **author)
{
    static const char explanations[] = "explanations";
    size_t length = sizeof explanations - 1;
    *author = NULL;
    if (strcmp(name, "features") == 0)
        *kind = LINE_FEATURE;
    else if (strcmp(name, "activations") == 0)
        *kind = LINE_EXAMPLE;
    else if (strncmp(name, explanations, length) == 0 && (name[length] == '\0' || name[length] == '-'))
        *kind = LINE_EXPLANATION;
    else
        return false;
    if (*kind == LINE_EXPLANATION && name[length] == '-' && name[length + 1] != '\0')
        *author = name + length + 1;
    return true;
}

static void add_file(struct feature_folder *folder, const char *path, const char *subfolder, const char *name)
{
    struct feature_file file = {0};
    const char *author;
    if (!kind_of(subfolder, &file.kind, &author))
        return;
    if (asprintf(&file.path, "%s/%s/%s", path, subfolder, name) < 0)
        abort();
    file.name = file.path + strlen(path) + 1;
    if (author != NULL && utf8_valid_length(author, strlen(author)) == strlen(author))
        file.author = must(strdup(author));
    folder->files = must(realloc(folder->files, (folder->num_files + 1) * sizeof *folder->files));
    folder->files[folder->num_files++] = file;
}

static void add_files(struct feature_folder *folder, const char *path, const char *subfolder)
{
    char *whole = NULL;
    if (asprintf(&whole, "%s/%s", path, subfolder) < 0)
        abort();
    DIR *open = opendir(whole);
    for (const struct dirent *entry; open != NULL && (entry = readdir(open)) != NULL;)
        if (entry->d_name[0] != '.' && (has_ending(entry->d_name, ".jsonl") || has_ending(entry->d_name, ".jsonl.gz")))
            add_file(folder, path, subfolder, entry->d_name);
    if (open != NULL)
        closedir(open);
    free(whole);
}

/* batch-2 comes before batch-10. */
static int compare_files(const void *a, const void *b)
{
    const struct feature_file *left = a, *right = b;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    if ((left->author == NULL) != (right->author == NULL))
        return left->author == NULL ? -1 : 1;
    return strverscmp(left->name, right->name);
}

bool feature_folder_open(struct feature_folder *folder, const char *path)
{
    enum feature_line_kind kind;
    const char *author;
    *folder = (struct feature_folder){0};
    DIR *open = opendir(path);
    if (open == NULL)
        return false;
    for (const struct dirent *entry; (entry = readdir(open)) != NULL;)
        if (kind_of(entry->d_name, &kind, &author))
            add_files(folder, path, entry->d_name);
    closedir(open);
    if (folder->num_files > 0)
        qsort(folder->files, folder->num_files, sizeof *folder->files, compare_files);
    return true;
}

void feature_folder_close(struct feature_folder *folder)
{
    for (size_t i = 0; i < folder->num_files; i++) {
        free(folder->files[i].path);
        free(folder->files[i].author);
    }
    free(folder->files);
    *folder = (struct feature_folder){0};
}

/* The layer's text in the first line of the file that has one, to be freed; NULL: none has. */
static char *find_layer(const struct feature_file *file, struct feature_line *line)
{
    char reason[FEATURE_FOLDER_REASON_SIZE], *found = NULL;
    const char *bytes;
    size_t length;
    _Static_assert((int)FEATURE_FOLDER_REASON_SIZE >= (int)JSON_SCAN_REASON_SIZE, "a reason must fit");
    struct feature_lines *lines = feature_lines_open(file->path, reason);
    while (lines != NULL && found == NULL && feature_lines_number(lines) < LINES_LOOKED_AT &&
           feature_lines_next(lines, &bytes, &length, reason) == LINES_ONE) {
        bool is_good = feature_line_read(line, file->kind, bytes, length, INT32_MAX, reason);
        (void)is_good; /* it is enough that the layer was read */
        if (line->has_text[TEXT_LAYER])
            found = must(strndup(line->texts[TEXT_LAYER].bytes != NULL ? line->texts[TEXT_LAYER].bytes : "",
                                 line->texts[TEXT_LAYER].length));
    }
    feature_lines_close(lines);
    return found;
}

char *feature_folder_layer(const struct feature_folder *folder, const char *path)
{
    struct feature_line line = {0};
    char *found = NULL;
    for (size_t i = 0; i < folder->num_files && found == NULL; i++) {
        found = find_layer(&folder->files[i], &line);
        if (found != NULL && feature_layer_number(found) < 0) {
            free(found);
            found = NULL;
        }
    }
    feature_line_free(&line);
    const char *slash = strrchr(path, '/');
    return found != NULL ? found : must(strdup(slash != NULL ? slash + 1 : path));
}

int32_t feature_layer_number(const char *layer)
{
    size_t length = strspn(layer, "0123456789");
    if (length == 0 || length > 5 || (layer[length] != '\0' && layer[length] != '-'))
        return -1;
    long number = strtol(layer, NULL, 10);
    return number < UINT16_MAX ? (int32_t)number : -1;
}
