#include "archive_file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>
#include <zlib.h>

static const char magic[] = "DeepDecipher archive 1\n";
enum { MAGIC_START = 21, BUFFER_SIZE = 256 << 10 }; /* the magic line up to its version */

struct archive_file {
    gzFile gz;
    bool is_written;
    char *path, *partial; /* `partial`: what is written to until it is whole */
    XXH3_state_t *digest;
    char fault[ARCHIVE_FAULT_SIZE];
};

static void note_fault(struct archive_file *file, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note_fault(struct archive_file *file, const char *format, ...)
{
    if (file->fault[0] != '\0')
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(file->fault, sizeof file->fault, format, arguments);
    va_end(arguments);
}

const char *archive_file_fault(const struct archive_file *file)
{
    return file->fault;
}

static struct archive_file *make(const char *path, bool is_written)
{
    struct archive_file *file = calloc(1, sizeof *file);
    if (file == NULL || (file->path = strdup(path)) == NULL || (file->digest = XXH3_createState()) == NULL ||
        (is_written && asprintf(&file->partial, "%s.partial", path) < 0))
        abort();
    file->is_written = is_written;
    XXH3_64bits_reset(file->digest);
    const char *name = is_written ? file->partial : path;
    int fd = open(name, is_written ? O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0644);
    if (fd < 0 || (file->gz = gzdopen(fd, is_written ? "wb6" : "rb")) == NULL)
        note_fault(file, "%s: %s", name, strerror(errno));
    else
        gzbuffer(file->gz, BUFFER_SIZE);
    return file;
}

static void clear(struct archive_file *file)
{
    free(file->path);
    free(file->partial);
    XXH3_freeState(file->digest);
    free(file);
}

static struct archive_file *give_up(struct archive_file *file, char fault[ARCHIVE_FAULT_SIZE])
{
    snprintf(fault, ARCHIVE_FAULT_SIZE, "%s", file->fault);
    archive_file_abandon(file);
    return NULL;
}

struct archive_file *archive_file_create(const char *path, char fault[ARCHIVE_FAULT_SIZE])
{
    struct archive_file *file = make(path, true);
    if (file->gz == NULL)
        return give_up(file, fault);
    archive_write(file, magic, sizeof magic - 1);
    return file;
}

struct archive_file *archive_file_open(const char *path, char fault[ARCHIVE_FAULT_SIZE])
{
    char start[sizeof magic] = "";
    struct archive_file *file = make(path, false);
    if (file->gz == NULL)
        return give_up(file, fault);
    if (gzdirect(file->gz) || !archive_read(file, start, sizeof magic - 1) || memcmp(start, magic, MAGIC_START) != 0) {
        file->fault[0] = '\0';
        note_fault(file, "%s is no archive of a model", path);
    } else if (memcmp(start, magic, sizeof magic - 1) != 0) {
        note_fault(file, "%s is an archive of another version than 1: read it with a newer deepdecipher-ingest", path);
    }
    return file->fault[0] != '\0' ? give_up(file, fault) : file;
}

void archive_write(struct archive_file *file, const void *bytes, size_t length)
{
    if (file->fault[0] != '\0' || length == 0)
        return;
    XXH3_64bits_update(file->digest, bytes, length);
    for (size_t part; length > 0; bytes = (const char *)bytes + part, length -= part) {
        part = length < 1 << 30 ? length : 1 << 30;
        if (gzwrite(file->gz, bytes, (unsigned)part) != (int)part) {
            note_fault(file, "%s: %s", file->partial, strerror(errno));
            return;
        }
    }
}

/* Reads without counting it into the digest. */
static bool read_plain(struct archive_file *file, void *bytes, size_t length)
{
    int got = file->fault[0] != '\0' ? -1 : gzread(file->gz, bytes, (unsigned)length);
    if (got >= 0 && (size_t)got == length)
        return true;
    int error = Z_OK;
    const char *message = gzerror(file->gz, &error);
    if (error == Z_ERRNO)
        note_fault(file, "%s: %s", file->path, strerror(errno));
    else if (error == Z_OK || error == Z_BUF_ERROR || error == Z_STREAM_END)
        note_fault(file, "%s ends too early: it was cut off", file->path);
    else
        note_fault(file, "%s is damaged: %s", file->path, message);
    return false;
}

bool archive_read(struct archive_file *file, void *bytes, size_t length)
{
    if (length == 0)
        return file->fault[0] == '\0';
    if (!read_plain(file, bytes, length))
        return false;
    XXH3_64bits_update(file->digest, bytes, length);
    return true;
}

void archive_write_text(struct archive_file *file, const char *text)
{
    uint32_t length = (uint32_t)strlen(text), big = htobe32(length);
    archive_write(file, &big, sizeof big);
    archive_write(file, text, length);
}

bool archive_read_text(struct archive_file *file, char *text, size_t size)
{
    uint32_t length;
    if (!archive_read(file, &length, sizeof length))
        return false;
    length = be32toh(length);
    if (length >= size) {
        note_fault(file, "%s is damaged: a name of %u bytes", file->path, length);
        return false;
    }
    text[length] = '\0';
    return archive_read(file, text, length);
}

static void check_end(struct archive_file *file)
{
    uint64_t own = XXH3_64bits_digest(file->digest), told;
    char more;
    if (!read_plain(file, &told, sizeof told))
        return;
    if (be64toh(told) != own)
        note_fault(file, "%s is damaged: its digest is another one than that of what it holds", file->path);
    else if (gzread(file->gz, &more, 1) != 0)
        note_fault(file, "%s is damaged: something comes behind its end", file->path);
}

static void write_end(struct archive_file *file)
{
    uint64_t digest = htobe64(XXH3_64bits_digest(file->digest));
    archive_write(file, &digest, sizeof digest);
}

bool archive_file_finish(struct archive_file *file, char fault[ARCHIVE_FAULT_SIZE])
{
    file->is_written ? write_end(file) : check_end(file);
    int closed = gzclose(file->gz);
    file->gz = NULL;
    if (file->is_written && closed != Z_OK)
        note_fault(file, "%s: %s", file->partial, closed == Z_ERRNO ? strerror(errno) : "can not be written");
    if (file->is_written && file->fault[0] == '\0' && rename(file->partial, file->path) != 0)
        note_fault(file, "%s: %s", file->path, strerror(errno));
    bool is_fine = file->fault[0] == '\0';
    snprintf(fault, ARCHIVE_FAULT_SIZE, "%s", file->fault);
    if (is_fine)
        clear(file);
    else
        archive_file_abandon(file);
    return is_fine;
}

void archive_file_abandon(struct archive_file *file)
{
    if (file->gz != NULL)
        gzclose(file->gz);
    if (file->is_written)
        unlink(file->partial);
    clear(file);
}
