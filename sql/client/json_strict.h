/*
 * Is this JSON, to the letter (RFC 8259)? json-c is not that strict, it takes 'single quotes' for instance, and with its
 * flag STRICT its release 0.18 refuses every letter beyond ASCII. Pure.
 */
#ifndef DEEPDECIPHER_JSON_STRICT_H
#define DEEPDECIPHER_JSON_STRICT_H

#include <stdbool.h>
#include <stddef.h>

enum { JSON_STRICT_DEPTH_MAX = 32, JSON_STRICT_REASON_SIZE = 128 };

/* True for one value with blanks around it, at most JSON_STRICT_DEPTH_MAX levels deep; else a reason with the byte.
 * Whether it is UTF-8, has a key twice or a number that is too big is for others to say. */
bool json_strict_check(const char *bytes, size_t length, char reason[JSON_STRICT_REASON_SIZE]);

/* The same; `with_nan` also takes the literals NaN, Infinity and -Infinity. `num_members` becomes the number of members of
 * all objects, a key that stands twice counted twice. */
bool json_strict_scan(const char *bytes, size_t length, bool with_nan, size_t *num_members,
                      char reason[JSON_STRICT_REASON_SIZE]);

#endif
