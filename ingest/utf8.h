/*
 * Is this UTF-8? Pure.
 */
#ifndef DEEPDECIPHER_UTF8_H
#define DEEPDECIPHER_UTF8_H

#include <stddef.h>

/*
 * Bytes of the longest valid start of `bytes`: `length` when all of it is UTF-8, otherwise the offset
 * of the first sequence that is not (stray, cut, overlong, a surrogate, or over U+10FFFF). NUL is valid.
 */
size_t utf8_valid_length(const char *bytes, size_t length);

#endif
