/*
 * The folder of one source of a Neuronpedia export (v1/MODEL/SOURCE): which batch files it has, and their lines, unpacked
 * piece by piece.
 *
 *     features/batch-0.jsonl.gz  activations/batch-0.jsonl.gz  explanations/…  explanations-AUTHOR/…     .jsonl as well
 */
#ifndef DEEPDECIPHER_FEATURE_FOLDER_H
#define DEEPDECIPHER_FEATURE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feature_line.h"

enum { FEATURE_LINE_MAX = 16 << 20, FEATURE_FOLDER_REASON_SIZE = 256 };

struct feature_file {
    enum feature_line_kind kind;
    char *path;       /* with the folder */
    const char *name; /* in it: features/batch-0.jsonl.gz */
    char *author;     /* of a folder explanations-AUTHOR; or NULL */
};

struct feature_folder {
    struct feature_file *files; /* by kind, folder and number */
    size_t num_files;
};

/* Lists the batch files. False with errno when the folder can not be read. */
bool feature_folder_open(struct feature_folder *folder, const char *path);
void feature_folder_close(struct feature_folder *folder);

/* The layer's text, such as "10-res-jb", as the first line says that has one, or else the name of the folder; to be freed. */
char *feature_folder_layer(const struct feature_folder *folder, const char *path);
/* The number that it begins with; -1: none. */
int32_t feature_layer_number(const char *layer);

/* A file under reading. */
struct feature_lines;

enum feature_lines_outcome {
    LINES_ONE,      /* a line: `bytes` and `length`, until the next call */
    LINES_TOO_LONG, /* a line of more than FEATURE_LINE_MAX bytes, which was passed over */
    LINES_END,
    LINES_BROKEN /* the file can not be read on, or what was read of it may be wrong: the reason says why */
};

/* NULL with a reason when it can not be opened. */
struct feature_lines *feature_lines_open(const char *path, char reason[FEATURE_FOLDER_REASON_SIZE]);
enum feature_lines_outcome feature_lines_next(struct feature_lines *lines, const char **bytes, size_t *length,
                                              char reason[FEATURE_FOLDER_REASON_SIZE]);
/* Number of the last line, from 1; bytes of all lines so far. */
size_t feature_lines_number(const struct feature_lines *lines);
uint64_t feature_lines_bytes(const struct feature_lines *lines);
void feature_lines_close(struct feature_lines *lines);

#endif
