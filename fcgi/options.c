/* The command line and the environment; see options.h. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "deepdecipher-fcgi: DeepDecipher's API as FastCGI workers behind nginx.\n"
    "\n"
    "usage: deepdecipher-fcgi --listen PATH|HOST:PORT --db URL [--workers N] [--max-requests M]\n"
    "                         [--database-timeout MS]\n"
    "\n"
    "  --listen WHERE    LISTEN        a Unix socket's path (has a /), or HOST:PORT for nginx on another machine.\n"
    "                                  The socket gets mode 0660: nginx must run in its group.\n"
    "  --db URL          DATABASE_URL  PostgreSQL, as libpq takes it. Use the reader role. A password is better kept\n"
    "                                  in the environment: ps shows flags to everybody.\n"
    "  --workers N       WORKERS       processes, one request each at a time (default: one per core)\n"
    "  --max-requests M  MAX_REQUESTS  requests after which a worker is replaced (default 100000; 0: never)\n"
    "  --database-timeout MS  DATABASE_TIMEOUT\n"
    "                                  longest wait of a request for the database, in milliseconds (default 5000)\n"
    "  --log-requests 1  LOG_REQUESTS  gives each query the name \"deepdecipher-fcgi REQUEST_ID\" in PostgreSQL's log "
    "and\n"
    "                                  pg_stat_activity (default 0; it costs no round trip)\n"
    "  --version, --help\n"
    "\n"
    "The words in capitals are environment variables; flags win.\n"
    "\n"
    "signals to the first process (the master):\n"
    "  HUP    a fresh set of workers takes over, then the old ones leave; no request is lost\n"
    "  TERM   answers who already waits, then exits; a second TERM exits at once\n"
    "\n"
    "examples:\n"
    "  deepdecipher-fcgi --listen ./fcgi.sock --db "
    "'postgresql://deepdecipher_reader@/deepdecipher?host=/run/postgresql'\n"
    "  LISTEN='[::1]:9000' WORKERS=4 DATABASE_URL=postgresql://reader@db/deepdecipher deepdecipher-fcgi\n"
    "\n"
    "in nginx:\n"
    "  location /api { include fastcgi_params; fastcgi_param REQUEST_ID $request_id;\n"
    "                  fastcgi_pass unix:/path/to/fcgi.sock; }\n"
    "\n"
    "exit status: 0 stopped as asked, 1 could not start (the reason is on stderr), 2 wrong command line\n";

enum flag {
    FLAG_LISTEN,
    FLAG_DB,
    FLAG_WORKERS,
    FLAG_MAX_REQUESTS,
    FLAG_TIMEOUT,
    FLAG_LOG_REQUESTS,
    FLAG_COUNT,
    FLAG_HELP,
    FLAG_VERSION
};

static const char *const variables[FLAG_COUNT] = {"LISTEN",       "DATABASE_URL",     "WORKERS",
                                                  "MAX_REQUESTS", "DATABASE_TIMEOUT", "LOG_REQUESTS"};
static const char *const flags[FLAG_COUNT] = {"--listen",           "--db",          "--workers", "--max-requests",
                                              "--database-timeout", "--log-requests"};

static enum options_outcome wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
static enum options_outcome wrong(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("deepdecipher-fcgi: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\nTry: deepdecipher-fcgi --help\n", stderr);
    va_end(arguments);
    return OPTIONS_WRONG;
}

/* Takes the flags into `texts`, by enum flag. */
static enum options_outcome read_flags(const char *texts[FLAG_COUNT], int argc, char *argv[], const char *version)
{
    static const struct option known[] = {{"listen", required_argument, NULL, FLAG_LISTEN},
                                          {"db", required_argument, NULL, FLAG_DB},
                                          {"workers", required_argument, NULL, FLAG_WORKERS},
                                          {"max-requests", required_argument, NULL, FLAG_MAX_REQUESTS},
                                          {"database-timeout", required_argument, NULL, FLAG_TIMEOUT},
                                          {"log-requests", required_argument, NULL, FLAG_LOG_REQUESTS},
                                          {"help", no_argument, NULL, FLAG_HELP},
                                          {"version", no_argument, NULL, FLAG_VERSION},
                                          {NULL, 0, NULL, 0}};
    int flag;
    optind = 0; /* so that it can be called again */
    opterr = 0;
    while ((flag = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (flag == ':')
            return wrong("%s needs a value behind it", argv[optind - 1]);
        if (flag == '?')
            return wrong("%s is not a flag of this program", argv[optind - 1]);
        if (flag == FLAG_HELP || flag == FLAG_VERSION) {
            printf("%s%s", flag == FLAG_HELP ? help : version, flag == FLAG_HELP ? "" : "\n");
            return OPTIONS_DONE;
        }
        texts[flag] = optarg;
    }
    return optind < argc ? wrong("\"%s\" is too much: there are only flags", argv[optind]) : OPTIONS_RUN;
}

static bool read_number(const char *text, int64_t min, int64_t max, int64_t *value)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    bool has_digits = text[0] >= '0' && text[0] <= '9';
    if (!has_digits || *end != '\0' || errno != 0 || number < min || number > max)
        return false;
    *value = number;
    return true;
}

static bool read_limit(const char *texts[], enum flag flag, int64_t min, int64_t max, int64_t otherwise, int64_t *value)
{
    *value = otherwise;
    if (texts[flag] == NULL || read_number(texts[flag], min, max, value))
        return true;
    wrong("%s (or %s) must be a whole number from %lld to %lld, not \"%s\"", flags[flag], variables[flag],
          (long long)min, (long long)max, texts[flag]);
    return false;
}

static enum options_outcome read_values(struct fcgi_options *o, const char *texts[FLAG_COUNT])
{
    char reason[LISTENER_REASON_SIZE];
    int64_t workers, timeout_ms, log_requests, cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (texts[FLAG_LISTEN] == NULL)
        return wrong("it is not said where to listen: give --listen PATH or --listen HOST:PORT (or set LISTEN)");
    if (texts[FLAG_DB] == NULL)
        return wrong("it is not said where the database is: give --db URL or set DATABASE_URL");
    if (!listen_address_read(&o->listen, texts[FLAG_LISTEN], reason))
        return wrong("--listen (or LISTEN): %s", reason);
    if (!read_limit(texts, FLAG_WORKERS, 1, OPTIONS_WORKERS_MAX, cores > 0 ? cores : 1, &workers) ||
        !read_limit(texts, FLAG_MAX_REQUESTS, 0, INT64_MAX, 100000, &o->max_requests) ||
        !read_limit(texts, FLAG_TIMEOUT, 1, 600000, 5000, &timeout_ms) ||
        !read_limit(texts, FLAG_LOG_REQUESTS, 0, 1, 0, &log_requests))
        return OPTIONS_WRONG;
    o->workers = (int)(workers < OPTIONS_WORKERS_MAX ? workers : OPTIONS_WORKERS_MAX);
    o->timeout_ms = (int)timeout_ms;
    o->log_requests = log_requests == 1;
    o->database = texts[FLAG_DB];
    return OPTIONS_RUN;
}

enum options_outcome fcgi_options_read(struct fcgi_options *o, int argc, char *argv[], const char *version)
{
    const char *texts[FLAG_COUNT] = {0};
    *o = (struct fcgi_options){.version = version};
    enum options_outcome outcome = read_flags(texts, argc, argv, version);
    if (outcome != OPTIONS_RUN)
        return outcome;
    for (int i = 0; i < FLAG_COUNT; i++) {
        const char *value = getenv(variables[i]);
        if (texts[i] == NULL && value != NULL && *value != '\0')
            texts[i] = value;
    }
    return read_values(o, texts);
}
