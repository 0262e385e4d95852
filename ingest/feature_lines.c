/* Lines of a file that may be gzip; see feature_folder.h. */
#include "feature_folder.h"
#include "must.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 256 << 10 }; /* bytes that are unpacked at a time */

struct feature_lines {
    gzFile file;
    char *path;
    struct stat before; /* of the file when it was opened */
    char *bytes;
    size_t start, end, capacity; /* what is unpacked but not given yet */
    size_t number;
    uint64_t total;
    bool is_at_end;
    char error[FEATURE_FOLDER_REASON_SIZE]; /* what was wrong there, or "" */
};

struct feature_lines *feature_lines_open(const char *path, char reason[FEATURE_FOLDER_REASON_SIZE])
{
    struct feature_lines *lines = must(calloc(1, sizeof *lines));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &lines->before) < 0 || !S_ISREG(lines->before.st_mode)) {
        snprintf(reason, FEATURE_FOLDER_REASON_SIZE, "%s", fd < 0 ? strerror(errno) : "it is no file");
        if (fd >= 0)
            close(fd);
        free(lines);
        return NULL;
    }
    lines->file = must(gzdopen(fd, "rb"));
    gzbuffer(lines->file, PIECE);
    lines->path = must(strdup(path));
    lines->capacity = 2 * PIECE;
    lines->bytes = must(malloc(lines->capacity));
    return lines;
}

void feature_lines_close(struct feature_lines *lines)
{
    if (lines == NULL)
        return;
    gzclose_r(lines->file);
    free(lines->path);
    free(lines->bytes);
    free(lines);
}

size_t feature_lines_number(const struct feature_lines *lines)
{
    return lines->number;
}

uint64_t feature_lines_bytes(const struct feature_lines *lines)
{
    return lines->total;
}

/* Is it still the file that was opened? */
static bool is_unchanged(const struct feature_lines *lines)
{
    struct stat now;
    return stat(lines->path, &now) == 0 && now.st_size == lines->before.st_size && now.st_ino == lines->before.st_ino &&
           now.st_mtim.tv_sec == lines->before.st_mtim.tv_sec && now.st_mtim.tv_nsec == lines->before.st_mtim.tv_nsec;
}

/* Unpacks one piece more behind what is there, which is at most FEATURE_LINE_MAX bytes. */
static void read_more(struct feature_lines *lines)
{
    int error;
    memmove(lines->bytes, lines->bytes + lines->start, lines->end - lines->start);
    lines->end -= lines->start;
    lines->start = 0;
    if (lines->capacity - lines->end < PIECE) {
        lines->capacity = 2 * lines->capacity;
        lines->bytes = must(realloc(lines->bytes, lines->capacity));
    }
    int count = gzread(lines->file, lines->bytes + lines->end, PIECE);
    const char *what = gzerror(lines->file, &error);
    if (count > 0)
        lines->end += (size_t)count;
    lines->is_at_end = count < PIECE;
    if (!lines->is_at_end)
        return;
    if (count < 0 || error == Z_BUF_ERROR)
        snprintf(lines->error, sizeof lines->error, "the file can not be read to its end: %.100s",
                 error == Z_ERRNO       ? strerror(errno)
                 : error == Z_BUF_ERROR ? "it is not whole gzip"
                                        : what);
    else if (!is_unchanged(lines))
        snprintf(lines->error, sizeof lines->error, "the file changed while it was read");
}

/* The end of the line that begins at `start`: its \n, or the end of the file. */
static char *find_end(struct feature_lines *lines, bool *is_too_long)
{
    size_t looked_at = 0;
    *is_too_long = false;
    for (;;) {
        char *from = lines->bytes + lines->start + looked_at;
        char *end = memchr(from, '\n', lines->end - lines->start - looked_at);
        if (end != NULL)
            return end;
        if (lines->is_at_end)
            return lines->bytes + lines->end;
        looked_at = lines->end - lines->start;
        if (looked_at > FEATURE_LINE_MAX) {
            *is_too_long = true;
            lines->start = lines->end;
            looked_at = 0;
        }
        read_more(lines);
    }
}

enum feature_lines_outcome feature_lines_next(struct feature_lines *lines, const char **bytes, size_t *length,
                                              char reason[FEATURE_FOLDER_REASON_SIZE])
{
    bool is_too_long;
    char *end = find_end(lines, &is_too_long);
    if (lines->is_at_end && lines->start == lines->end && !is_too_long) {
        memcpy(reason, lines->error, sizeof lines->error);
        return lines->error[0] != '\0' ? LINES_BROKEN : LINES_END;
    }
    *bytes = lines->bytes + lines->start;
    *length = (size_t)(end - *bytes);
    lines->start += *length + (end < lines->bytes + lines->end);
    lines->total += *length + 1;
    lines->number++;
    return is_too_long ? LINES_TOO_LONG : LINES_ONE;
}
