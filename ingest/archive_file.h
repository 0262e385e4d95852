/*
 * The bytes of an archive: gzip, with a magic line in front and a digest behind. Read and written in order, in bounded
 * memory. Fails once and stays failed: check at the end.
 */
#ifndef DEEPDECIPHER_ARCHIVE_FILE_H
#define DEEPDECIPHER_ARCHIVE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARCHIVE_FAULT_SIZE = 256 };

struct archive_file;

/* NULL with a reason when the file can not be made. It appears under its name only when archive_file_finish says so. */
struct archive_file *archive_file_create(const char *path, char fault[ARCHIVE_FAULT_SIZE]);
/* NULL with a reason when it is no archive, or one of another version. */
struct archive_file *archive_file_open(const char *path, char fault[ARCHIVE_FAULT_SIZE]);

void archive_write(struct archive_file *file, const void *bytes, size_t length);
/* False at the end of the file or at damage. */
bool archive_read(struct archive_file *file, void *bytes, size_t length);

/* Numbers go with the high byte first, as COPY has them. */
void archive_write_text(struct archive_file *file, const char *text);
/* Reads what archive_write_text wrote, of `size` bytes at most with its NUL. */
bool archive_read_text(struct archive_file *file, char *text, size_t size);

/* Writes or checks the digest, and closes. False with a reason: nothing is left of a file that was to be written. */
bool archive_file_finish(struct archive_file *file, char fault[ARCHIVE_FAULT_SIZE]);
/* Closes without that. */
void archive_file_abandon(struct archive_file *file);
/* What went wrong while reading or writing; "" when nothing did. */
const char *archive_file_fault(const struct archive_file *file);

#endif
