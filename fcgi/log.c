/* JSON lines on stderr; see log.h. */
#include "log.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "json.h"

enum { THROTTLE_MS = 1000 };

static void add_time(struct buffer *b)
{
    struct timespec now;
    struct tm utc;
    char text[sizeof "2025-01-31T09:30:00"];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(text, sizeof text, "%FT%T", &utc);
    buffer_printf(b, "\"%s.%03ldZ\"", text, now.tv_nsec / 1000000);
}

/* One write(2), so that the lines of several processes do not mix. */
static void write_line(const struct buffer *b)
{
    ssize_t written = write(STDERR_FILENO, b->data, b->length);
    (void)written; /* nowhere to complain to */
}

static void log_message(enum log_level level, const char *request_id, unsigned left_out, const char *format,
                        va_list arguments) __attribute__((format(printf, 4, 0)));
static void log_message(enum log_level level, const char *request_id, unsigned left_out, const char *format,
                        va_list arguments)
{
    static const char *const names[] = {"info", "warning", "error"};
    struct buffer line = {0}, message = {0};
    buffer_vprintf(&message, format, arguments);
    if (left_out > 0)
        buffer_printf(&message, " (and %u more like it)", left_out);
    buffer_add_text(&line, "{\"time\":");
    add_time(&line);
    buffer_printf(&line, ",\"level\":\"%s\",\"pid\":%d", names[level], (int)getpid());
    if (request_id != NULL && *request_id != '\0') {
        buffer_add_text(&line, ",\"request_id\":");
        json_text(&line, request_id);
    }
    buffer_add_text(&line, ",\"message\":");
    json_string(&line, message.data != NULL ? message.data : "", message.length);
    buffer_add_text(&line, "}\n");
    if (!line.failed)
        write_line(&line);
    buffer_clear(&message);
    buffer_clear(&line);
}

void log_line(enum log_level level, const char *request_id, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_message(level, request_id, 0, format, arguments);
    va_end(arguments);
}

void log_throttled(struct log_throttle *t, enum log_level level, const char *request_id, const char *format, ...)
{
    int64_t now_ms = clock_ms();
    if (t->last_ms != 0 && now_ms - t->last_ms < THROTTLE_MS) {
        t->left_out++;
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    log_message(level, request_id, t->left_out, format, arguments);
    va_end(arguments);
    t->last_ms = now_ms;
    t->left_out = 0;
}
