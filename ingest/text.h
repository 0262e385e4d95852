/*
 * Text that grows at its end. Lack of memory ends the program.
 */
#ifndef DEEPDECIPHER_TEXT_H
#define DEEPDECIPHER_TEXT_H

#include <stddef.h>

/* All zeros is empty. Not terminated. */
struct text {
    char *bytes;
    size_t length, capacity;
};

void text_free(struct text *text);
/* Empties it; keeps the memory. */
void text_reset(struct text *text);

void text_add(struct text *text, const char *bytes, size_t length);
void text_add_char(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
