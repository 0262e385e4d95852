/*
 * JSON read piece by piece by a caller who knows what must come: for files of hundreds of megabytes, of which no tree is
 * built. Bytes in, pieces out. Pure. What is wrong is said once, with line and column; then everything fails.
 *
 *     json_scan_open(&scan, bytes, length, reason);
 *     if (!json_scan_enter(&scan, '{')) ...
 *     while (json_scan_key(&scan, &key))
 *         if (!json_scan_number(&scan, &value)) ...
 *     if (!json_scan_close(&scan)) ...            nothing is left, and nothing was wrong
 *
 * Depth costs nothing here: what is nested deeper than the caller asks for is not read.
 */
#ifndef DEEPDECIPHER_JSON_SCAN_H
#define DEEPDECIPHER_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

enum { JSON_SCAN_REASON_SIZE = 256 };

struct json_text {
    const char *bytes;
    size_t length;
};

struct json_scan {
    const char *start, *at, *end;
    char *reason;  /* "" until something is wrong */
    bool is_first; /* right behind { or [ */
    char *scratch; /* the last string that had escapes */
    size_t scratch_capacity;
};

/* Starts over `bytes`, all of which must be UTF-8. `scan` is all zeros or was used before. */
bool json_scan_open(struct json_scan *scan, const char *bytes, size_t length, char reason[JSON_SCAN_REASON_SIZE]);
void json_scan_free(struct json_scan *scan);

/* Passes over `{` or `[`. */
bool json_scan_enter(struct json_scan *scan, char open);
/* The next key of the object, with its colon. False at its end, which is passed over, and when something is wrong. */
bool json_scan_key(struct json_scan *scan, struct json_text *key);
/* Stands before the next element of the array. False as above. */
bool json_scan_element(struct json_scan *scan);
/* A string without its quotes and escapes. It lasts until the next string that has escapes. */
bool json_scan_string(struct json_scan *scan, struct json_text *text);
/* A number, or the literal NaN that Python writes. */
bool json_scan_number(struct json_scan *scan, double *value);
/* Passes over a string, a number, true, false or null. */
bool json_scan_skip(struct json_scan *scan);
/* True when nothing was wrong so far. */
bool json_scan_is_fine(const struct json_scan *scan);
/* True when nothing was wrong and nothing but blanks is left. */
bool json_scan_close(struct json_scan *scan);

/* Says what is wrong at the place reached; the first one counts. Returns false. */
bool json_scan_fail(struct json_scan *scan, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool json_text_is(const struct json_text *text, const char *wanted);

#endif
