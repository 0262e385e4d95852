#include "copy_out.h"

#include <stdio.h>
#include <string.h>

static void keep_error(char error[COPY_OUT_ERROR_SIZE], const char *message)
{
    snprintf(error, COPY_OUT_ERROR_SIZE, "%s", message);
    for (char *c = error; *c != '\0'; c++)
        if (*c == '\n')
            *c = c[1] == '\0' ? '\0' : ' ';
}

bool db_copy_out(struct db *db, const char *copy, copy_sink *sink, void *context, char error[COPY_OUT_ERROR_SIZE])
{
    PGconn *connection = db_connection(db);
    char *bytes;
    int length;
    error[0] = '\0';
    if (connection == NULL) {
        keep_error(error, "the connection is closed");
        return false;
    }
    PGresult *result = PQexec(connection, copy);
    bool is_open = PQresultStatus(result) == PGRES_COPY_OUT;
    if (!is_open)
        keep_error(error, PQresultErrorMessage(result));
    PQclear(result);
    while (is_open && (length = PQgetCopyData(connection, &bytes, 0)) > 0) {
        sink(context, bytes, (size_t)length);
        PQfreemem(bytes);
    }
    while (is_open && (result = PQgetResult(connection)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            keep_error(error, PQresultErrorMessage(result));
        PQclear(result);
    }
    return is_open && error[0] == '\0';
}
