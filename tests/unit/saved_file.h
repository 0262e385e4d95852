/*
 * Files of tests/data, and copies of them with a change. Unit tests run in the project's top folder.
 * A copy is as long as its bytes, without a NUL behind them: a sanitizer sees whoever reads further.
 */
#ifndef DEEPDECIPHER_SAVED_FILE_H
#define DEEPDECIPHER_SAVED_FILE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct saved_file {
    char *bytes;
    size_t length;
};

/* `length` bytes of its own, uninitialised. */
static inline struct saved_file saved_file_new(size_t length)
{
    struct saved_file file = {malloc(length ? length : 1), length};
    assert_non_null(file.bytes);
    return file;
}

/* Reads `path`; fails the test when it cannot. */
static inline struct saved_file saved_file_load(const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (!stream || fseek(stream, 0, SEEK_END) != 0)
        fail_msg("%s cannot be read", path);
    struct saved_file file = saved_file_new((size_t)ftell(stream));
    rewind(stream);
    assert_int_equal(fread(file.bytes, 1, file.length, stream), file.length);
    fclose(stream);
    return file;
}

/* The first `length` bytes. */
static inline struct saved_file saved_file_cut(struct saved_file file, size_t length)
{
    struct saved_file copy = saved_file_new(length);
    memcpy(copy.bytes, file.bytes, length);
    return copy;
}

/* A copy with `changed` in the place of `old_length` bytes at `offset`. */
static inline struct saved_file saved_file_splice(struct saved_file file, size_t offset, size_t old_length,
                                                  const char *changed, size_t changed_length)
{
    struct saved_file copy = saved_file_new(file.length - old_length + changed_length);
    memcpy(copy.bytes, file.bytes, offset);
    memcpy(copy.bytes + offset, changed, changed_length);
    size_t behind = offset + old_length;
    memcpy(copy.bytes + offset + changed_length, file.bytes + behind, file.length - behind);
    return copy;
}

/* Where `text` is found for the first or the last time; fails the test when it is not. */
static inline size_t saved_file_find(struct saved_file file, const char *text, bool last)
{
    size_t length = strlen(text), found = SIZE_MAX;
    for (size_t at = 0; at + length <= file.length && (last || found == SIZE_MAX); at++)
        if (memcmp(file.bytes + at, text, length) == 0)
            found = at;
    if (found == SIZE_MAX) {
        fail_msg("the saved file lacks %s", text);
        abort(); /* not reached, which compilers do not know */
    }
    return found;
}

/* A copy with `changed` in the place of the first or the last `old`. */
static inline struct saved_file saved_file_replace(struct saved_file file, const char *old, const char *changed,
                                                   bool last)
{
    return saved_file_splice(file, saved_file_find(file, old, last), strlen(old), changed, strlen(changed));
}

#endif
