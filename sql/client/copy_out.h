/*
 * Rows out of the database with COPY … TO STDOUT, as they come: any number of them in bounded memory.
 */
#ifndef DEEPDECIPHER_COPY_OUT_H
#define DEEPDECIPHER_COPY_OUT_H

#include "db.h"

/* Takes some bytes of the stream. */
typedef void copy_sink(void *context, const char *bytes, size_t length);

enum { COPY_OUT_ERROR_SIZE = 256 };

/* Runs a COPY statement that the database has made and gives its stream to `sink`. Only outside any exchange. False with what the server said. */
bool db_copy_out(struct db *db, const char *copy, copy_sink *sink, void *context,
                 char error[COPY_OUT_ERROR_SIZE]) MUST_CHECK;

#endif
