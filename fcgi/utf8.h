/*
 * UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing past U+10FFFF.
 */
#ifndef DEEPDECIPHER_FCGI_UTF8_H
#define DEEPDECIPHER_FCGI_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes (1 to 4) of the character that `text` begins with; 0 when it begins with none. */
size_t utf8_character(const char *text, size_t length);

/* True when all of `text` is UTF-8. NUL is a character. */
bool utf8_is_valid(const char *text, size_t length);

#endif
