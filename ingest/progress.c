#include "progress.h"
#include "limiter.h"

#include <stdio.h>
#include <unistd.h>

enum { BAR_CELLS = 24 };
static const int64_t line_interval_ns = 10000000000;

void progress_start(struct progress *progress, const char *label, int64_t total)
{
    *progress = (struct progress){
        .label = label, .total = total, .is_terminal = isatty(STDERR_FILENO) == 1, .start_ns = monotonic_ns()};
    progress->shown_ns = progress->start_ns;
}

static void print_bar(const struct progress *progress, int64_t done)
{
    int full = progress->total > 0 ? (int)(done * BAR_CELLS / progress->total) : BAR_CELLS;
    fputs(" [", stderr);
    for (int i = 0; i < BAR_CELLS; i++)
        fputs(i < full ? "█" : "░", stderr);
    fputs("]", stderr);
}

static void print_state(const struct progress *progress, int64_t done, int64_t rejected, uint64_t bytes)
{
    double seconds = (double)(monotonic_ns() - progress->start_ns) / 1e9;
    double rate = seconds > 0 ? (double)done / seconds : 0;
    fputs(progress->label, stderr);
    if (progress->is_terminal)
        print_bar(progress, done);
    fprintf(stderr, " %lld of %lld neurons, %.0f/s, %.1f MB/s", (long long)done, (long long)progress->total, rate,
            seconds > 0 ? (double)bytes / seconds / 1e6 : 0);
    if (rejected > 0)
        fprintf(stderr, ", %lld refused", (long long)rejected);
    if (done > 0 && done < progress->total) {
        long long left = (long long)((double)(progress->total - done) / rate);
        fprintf(stderr, ", %lld:%02lld:%02lld left", left / 3600, left / 60 % 60, left % 60);
    }
}

void progress_show(struct progress *progress, int64_t done, int64_t rejected, uint64_t bytes)
{
    int64_t now = monotonic_ns();
    if (!progress->is_terminal && now - progress->shown_ns < line_interval_ns)
        return;
    progress->shown_ns = now;
    if (progress->is_terminal)
        fputs("\r", stderr);
    print_state(progress, done, rejected, bytes);
    fputs(progress->is_terminal ? "\033[K" : "\n", stderr);
    fflush(stderr);
}

void progress_end(struct progress *progress, int64_t done, int64_t rejected, uint64_t bytes)
{
    if (progress->is_terminal)
        fputs("\r", stderr);
    print_state(progress, done, rejected, bytes);
    fputs(progress->is_terminal ? "\033[K\n" : "\n", stderr);
}
