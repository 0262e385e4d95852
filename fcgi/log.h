/*
 * The program's log: one line of JSON on stderr for each problem and each change in
 * the life of a worker. Requests that went well are in nginx's access log.
 *
 *     {"time":"2025-01-31T09:30:00.123Z","level":"error","pid":17,"request_id":"3f…","message":"…"}
 */
#ifndef DEEPDECIPHER_LOG_H
#define DEEPDECIPHER_LOG_H

#include <stdint.h>

enum log_level { LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Writes a line; `request_id` may be NULL or "" when no request is the reason. */
void log_line(enum log_level level, const char *request_id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Keeps a flood short: at most one line a second for each throttle (all zeros at first), the
 * number of those left out added to the next. */
struct log_throttle {
    int64_t last_ms;
    unsigned left_out;
};
void log_throttled(struct log_throttle *throttle, enum log_level level, const char *request_id, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
