/*
 * UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing past U+10FFFF. NUL is a character.
 */
#ifndef DEEPDECIPHER_UTF8_H
#define DEEPDECIPHER_UTF8_H

#include <stddef.h>

/* Bytes (1 to 4) of the character that `bytes` begins with; 0 when it begins with none. */
size_t utf8_character(const char *bytes, size_t length);

/* Bytes of the longest valid start of `bytes`: `length` when all of it is UTF-8, otherwise the offset of the first
 * sequence that is not. Skips ASCII 64 bytes at a time. */
size_t utf8_valid_length(const char *bytes, size_t length);

#endif
