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

enum { PIECE = 256 << 10 };     /* bytes that are unpacked at a time */
enum { GZIP_WINDOW = 15 + 16 }; /* what zlib calls gzip with the largest window */

struct feature_lines {
    int fd;
    bool is_gzip, is_in_member; /* begun, and not yet at the end of a part that stands for itself */
    z_stream inflater;
    unsigned char *packed; /* [PIECE] as in the file */
    char *path;
    struct stat before; /* of the file when it was opened */
    char *bytes;
    size_t start, end, capacity; /* what is unpacked but not given yet */
    size_t number;
    uint64_t total;
    bool is_at_end;
    char error[FEATURE_FOLDER_REASON_SIZE]; /* what was wrong there, or "" */
};

/* Reads the next piece of the file as it is; -1 with `error`. */
static ssize_t read_piece(struct feature_lines *lines, void *to)
{
    ssize_t count;
    do
        count = read(lines->fd, to, PIECE);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        snprintf(lines->error, sizeof lines->error, "the file can not be read to its end: %s", strerror(errno));
    return count;
}

/* Looks whether it is gzip. */
static void start(struct feature_lines *lines)
{
    lines->packed = must(malloc(PIECE));
    lines->capacity = 2 * PIECE;
    lines->bytes = must(malloc(lines->capacity));
    ssize_t count = read_piece(lines, lines->packed);
    lines->is_at_end = count <= 0;
    if (count <= 0)
        return;
    lines->is_gzip = count >= 2 && lines->packed[0] == 0x1f && lines->packed[1] == 0x8b;
    if (!lines->is_gzip) {
        memcpy(lines->bytes, lines->packed, (size_t)count);
        lines->end = (size_t)count;
        return;
    }
    if (inflateInit2(&lines->inflater, GZIP_WINDOW) != Z_OK)
        abort();
    lines->inflater.next_in = lines->packed;
    lines->inflater.avail_in = (uInt)count;
}

struct feature_lines *feature_lines_open(const char *path, char reason[FEATURE_FOLDER_REASON_SIZE])
{
    struct feature_lines *lines = must(calloc(1, sizeof *lines));
    lines->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (lines->fd < 0 || fstat(lines->fd, &lines->before) < 0 || !S_ISREG(lines->before.st_mode)) {
        snprintf(reason, FEATURE_FOLDER_REASON_SIZE, "%s", lines->fd < 0 ? strerror(errno) : "it is no file");
        feature_lines_close(lines);
        return NULL;
    }
    lines->path = must(strdup(path));
    start(lines);
    return lines;
}

void feature_lines_close(struct feature_lines *lines)
{
    if (lines == NULL)
        return;
    if (lines->fd >= 0)
        close(lines->fd);
    if (lines->is_gzip)
        inflateEnd(&lines->inflater);
    free(lines->packed);
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

/* Unpacks at most `room` bytes; what was unpacked before something was wrong counts. Fewer than `room`: the end. */
static size_t unpack(struct feature_lines *lines, char *to, size_t room)
{
    z_stream *inflater = &lines->inflater;
    int result = Z_OK;
    inflater->next_out = (unsigned char *)to;
    inflater->avail_out = (uInt)room;
    while (inflater->avail_out > 0 && result == Z_OK) {
        ssize_t count = inflater->avail_in == 0 ? read_piece(lines, lines->packed) : 0;
        if (count > 0) {
            inflater->next_in = lines->packed;
            inflater->avail_in = (uInt)count;
        }
        if (inflater->avail_in == 0)
            break;
        lines->is_in_member = true;
        result = inflate(inflater, Z_NO_FLUSH);
        if (result == Z_STREAM_END) { /* gzip files can be joined */
            lines->is_in_member = false;
            result = inflateReset(inflater);
        }
    }
    if (inflater->avail_out > 0 && (result != Z_OK || lines->is_in_member) && lines->error[0] == '\0')
        snprintf(lines->error, sizeof lines->error, "the file can not be read to its end: it is not whole gzip");
    return room - inflater->avail_out;
}

/* Takes one piece more behind what is there, which is at most FEATURE_LINE_MAX bytes. */
static void read_more(struct feature_lines *lines)
{
    memmove(lines->bytes, lines->bytes + lines->start, lines->end - lines->start);
    lines->end -= lines->start;
    lines->start = 0;
    if (lines->capacity - lines->end < PIECE) {
        lines->capacity = 2 * lines->capacity;
        lines->bytes = must(realloc(lines->bytes, lines->capacity));
    }
    char *to = lines->bytes + lines->end;
    ssize_t count = lines->is_gzip ? (ssize_t)unpack(lines, to, PIECE) : read_piece(lines, to);
    if (count > 0)
        lines->end += (size_t)count;
    lines->is_at_end = lines->is_gzip ? count < PIECE : count <= 0;
    if (lines->is_at_end && lines->error[0] == '\0' && !is_unchanged(lines))
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
