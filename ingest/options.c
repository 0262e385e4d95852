#include "options.h"
#include "service_name.h"
#include "source.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "deepdecipher-ingest fills DeepDecipher's database.\n"
    "\n"
    "usage:\n"
    "  deepdecipher-ingest neuroscope MODEL [options]   read a model's neuron pages\n"
    "  deepdecipher-ingest neuroscope --list            print the models that the site has\n"
    "  deepdecipher-ingest explainer MODEL [options]    read what OpenAI's neuron explainer says of a model's neurons\n"
    "  deepdecipher-ingest json MODEL FOLDER --service NAME\n"
    "                                                   a folder of JSON documents as a service of that name\n"
    "  deepdecipher-ingest n2g MODEL FOLDER             read Neuron2Graph's graphs, and stats.json in or beside the "
    "folder\n"
    "  deepdecipher-ingest n2g-stats MODEL FILE         read a stats.json that lies elsewhere\n"
    "  deepdecipher-ingest neuron-store MODEL FILE      read Neuron2Graph's neuron_store.json; finds similar neurons\n"
    "  deepdecipher-ingest neuronpedia MODEL FOLDER     read one source of a Neuronpedia export, v1/MODEL/SOURCE: a "
    "layer\n"
    "  deepdecipher-ingest status [MODEL]               what is stored, missing and refused\n"
    "  deepdecipher-ingest retry MODEL [SOURCE]         ask again for what was refused\n"
    "  deepdecipher-ingest live MODEL [SOURCE] [--off]  fetch neurons that are not stored when the API is asked for "
    "one\n"
    "  deepdecipher-ingest verify MODEL                 check what is stored against itself, and say how to mend it\n"
    "  deepdecipher-ingest export MODEL FILE            write all that is stored of a model into one file\n"
    "  deepdecipher-ingest archive MODEL FILE           store what such a file holds, all of it or nothing\n"
    "  deepdecipher-ingest work                         work whatever comes into the queue, for ever\n"
    "  deepdecipher-ingest doctor [--cache FOLDER]      check the deployment, and say what to do about each fault\n"
    "\n"
    "options:\n"
    "  --layers 0-3,7       only these layers (from 0)\n"
    "  --neurons 5,100-200  only these neurons of each layer (from 0)\n"
    "  --kind KIND          of explainer: explanations (default), activations, related-neurons or related-tokens\n"
    "  --again              also what is stored already\n"
    "  --shape 48x6400      layers and neurons per layer of a model that no site has told of yet\n"
    "  --service NAME       the service that a folder of documents becomes\n"
    "  --url BASE           another address of the site; file:///folder reads a folder laid out like it; of "
    "explainer:\n"
    "                       the folder that holds explanations/ and so on (gpt2-xl and gpt2-small need none)\n"
    "  --jobs N             processes that work at the same time (default: one a core, at most 8)\n"
    "  --rate R             at most R requests a second, of all processes together (default: no limit)\n"
    "  --retries N          tries after a failed one (default 5)\n"
    "  --timeout S          seconds until a request counts as failed (default 60)\n"
    "  --cache FOLDER       nginx's cache, for doctor\n"
    "  --db URL             the database, as libpq takes it (default: the environment variable DATABASE_URL)\n"
    "  --help, --version\n"
    "\n"
    "Every option may also be set in the environment: JOBS, RATE, RETRIES, TIMEOUT.\n"
    "A run can be stopped or killed at any moment and started again: it goes on where it was. Several runs share\n"
    "the work. The exit status is 0 when everything is stored, 1 when something is not (stderr says what to do),\n"
    "2 for a wrong command line.\n"
    "\n"
    "examples:\n"
    "  deepdecipher-ingest neuroscope solu-1l --layers 0 --neurons 0-99\n"
    "  deepdecipher-ingest neuroscope gpt2-xl --rate 50\n"
    "  deepdecipher-ingest explainer gpt2-xl --kind activations\n"
    "  deepdecipher-ingest retry gpt2-xl\n";

void options_refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("deepdecipher-ingest: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\nTry: deepdecipher-ingest --help\n", stderr);
    va_end(arguments);
    exit(2);
}

/* A whole number from `min` to `max`. */
static int read_int(const char *name, const char *text, int min, int max)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || value < min || value > max)
        options_refuse("%s is '%s', but must be a whole number from %d to %d", name, text, min, max);
    return (int)value;
}

static double read_rate(const char *name, const char *text)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= 0) || !isfinite(value) || (value > 0 && value < 0.001))
        options_refuse("%s is '%s', but must be a number of requests a second, such as 20 or 0.5; 0 is no limit", name,
                       text);
    return value;
}

static unsigned long read_index(const char *name, const char *whole, const char **text)
{
    char *end;
    errno = 0;
    unsigned long value = **text >= '0' && **text <= '9' ? strtoul(*text, &end, 10) : ULONG_MAX;
    if (value >= INT_MAX)
        options_refuse("%s is '%s', but must be numbers and ranges with commas between them, such as 5,9,100-200", name,
                       whole);
    *text = end;
    return value;
}

/* "5,9,100-200" to "{[5,5],[9,9],[100,200]}". */
static char *read_ranges(const char *name, const char *text, long *highest)
{
    size_t size = 3 + 32 * (strlen(text) + 1), length = 1;
    char *ranges = malloc(size);
    if (ranges == NULL)
        abort();
    ranges[0] = '{';
    for (const char *place = text;;) {
        unsigned long first = read_index(name, text, &place), last = first;
        if (*place == '-') {
            place++;
            last = read_index(name, text, &place);
        }
        if (last < first)
            options_refuse("%s has the range %lu-%lu, which ends before it begins", name, first, last);
        if ((long)last > *highest)
            *highest = (long)last;
        length += (size_t)snprintf(ranges + length, size - length, "[%lu,%lu],", first, last);
        if (*place == '\0')
            break;
        if (*place++ != ',')
            options_refuse("%s is '%s', but must be numbers and ranges with commas between them, such as 5,9,100-200",
                           name, text);
    }
    ranges[length - 1] = '}';
    return ranges;
}

static char *read_url(const char *text)
{
    if (strncmp(text, "http://", 7) != 0 && strncmp(text, "https://", 8) != 0 && strncmp(text, "file:///", 8) != 0)
        options_refuse("--url is '%s', but must begin with https://, http:// or file:///", text);
    char *url = strdup(text);
    if (url == NULL)
        abort();
    for (const unsigned char *c = (const unsigned char *)url; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~')
            options_refuse("--url has a character that must be written as %%%02X", *c);
    for (size_t length = strlen(url); length > 0 && url[length - 1] == '/'; length--)
        url[length - 1] = '\0';
    return url;
}

/* "48x6400" */
static void read_shape(struct options *options, const char *text)
{
    char end;
    if (sscanf(text, "%5dx%9d%c", &options->num_layers, &options->layer_size, &end) != 2 || options->num_layers < 1 ||
        options->num_layers > 65535 || options->layer_size < 1)
        options_refuse("--shape is '%s', but must be layers and neurons per layer, such as 48x6400", text);
}

/* What a source that reads files is to read. */
static char *read_path(const struct source *source, const char *text)
{
    struct stat info;
    char *path = realpath(text, NULL);
    bool wants_folder = strcmp(source->argument, "FOLDER") == 0;
    if (path == NULL || stat(path, &info) != 0)
        options_refuse("%s: %s", text, strerror(errno));
    if (wants_folder ? !S_ISDIR(info.st_mode) : !S_ISREG(info.st_mode))
        options_refuse("%s is no %s", text, wants_folder ? "folder" : "file");
    return path;
}

/* A setting of the environment; one that is empty counts as not set. */
static const char *setting(const char *name)
{
    const char *text = getenv(name);
    return text != NULL && *text != '\0' ? text : NULL;
}

static void read_environment(struct options *options)
{
    const char *text;
    options->db_url = setting("DATABASE_URL");
    if ((text = setting("JOBS")) != NULL)
        options->jobs = read_int("JOBS", text, 1, 64);
    if ((text = setting("RATE")) != NULL)
        options->rate = read_rate("RATE", text);
    if ((text = setting("RETRIES")) != NULL)
        options->retries = read_int("RETRIES", text, 0, 100);
    if ((text = setting("TIMEOUT")) != NULL)
        options->timeout_s = read_int("TIMEOUT", text, 1, 3600);
}

static void read_option(struct options *options, int option)
{
    switch (option) {
    case 'l':
        free(options->layers);
        options->highest_layer = -1;
        options->layers = read_ranges("--layers", optarg, &options->highest_layer);
        break;
    case 'n':
        free(options->neurons);
        options->highest_neuron = -1;
        options->neurons = read_ranges("--neurons", optarg, &options->highest_neuron);
        break;
    case 'u':
        free(options->site_url);
        options->site_url = read_url(optarg);
        break;
    case 'j': options->jobs = read_int("--jobs", optarg, 1, 64); break;
    case 'r': options->rate = read_rate("--rate", optarg); break;
    case 't': options->retries = read_int("--retries", optarg, 0, 100); break;
    case 's': options->timeout_s = read_int("--timeout", optarg, 1, 3600); break;
    case 'd': options->db_url = optarg; break;
    case 'k': options->kind = optarg; break;
    case 'c': options->cache = optarg; break;
    case 'L': options->list = true; break;
    case 'a': options->again = true; break;
    case 'N': options->service = optarg; break;
    case 'o': options->off = true; break;
    case 'S': read_shape(options, optarg); break;
    case 'h': fputs(help, stdout); exit(0);
    case 'v': puts("deepdecipher-ingest " DEEPDECIPHER_VERSION); exit(0);
    default: fputs("Try: deepdecipher-ingest --help\n", stderr); exit(2); /* getopt has said what is wrong */
    }
}

static void list_commands(char *text, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < num_sources; i++)
        length += (size_t)snprintf(text + length, length < size ? size - length : 0, "%s, ", sources[i]->name);
    snprintf(text + length, length < size ? size - length : 0,
             "status, retry, live, verify, export, archive, work and doctor");
}

/* The words of a source: MODEL, and FOLDER or FILE where it reads those. */
static void check_source_words(struct options *options, const struct source *source, int count)
{
    if (options->list && !source->has_index)
        options_refuse("%s has no list of models; --list goes with neuroscope", source->name);
    if (options->list)
        return;
    if (count == 0)
        options_refuse("%s needs the name of a model, e.g. deepdecipher-ingest %s gpt2-small%s", source->name,
                       source->name, source->argument != NULL ? " some/path" : "");
    if (source->argument != NULL && options->source == NULL)
        options_refuse("%s needs a %s behind the model", source->name, source->argument);
    if (source->argument != NULL)
        options->path = read_path(source, options->source);
    if (source->default_url == NULL && source->argument == NULL && options->site_url == NULL)
        options_refuse("%s needs --url with the address of the site", source->name);
}

/* --service goes with a source that has services, and with retry of one. */
static void check_service(const struct options *options, const struct source *source)
{
    char reason[SERVICE_NAME_REASON_SIZE];
    if (source == NULL && strcmp(options->command, "retry") == 0 && options->source != NULL)
        source = source_find(options->source);
    if (options->service == NULL && source != NULL && source->has_services && strcmp(options->command, "retry") != 0)
        options_refuse("%s needs --service NAME: what the service is to be called", source->name);
    if (options->service == NULL)
        return;
    if (source == NULL || !source->has_services)
        options_refuse(
            "--service goes with json: deepdecipher-ingest json gpt2-small some/folder --service statistics");
    if (!service_name_check(options->service, reason))
        options_refuse("--service is '%s', but %s", options->service, reason);
}

/* `explainer --kind activations` is the source explainer-activations. */
static void resolve_kind(struct options *options)
{
    if (options->kind == NULL)
        return;
    const struct source *source = source_of_kind(options->command, options->kind);
    if (source != NULL) {
        options->command = source->name;
        return;
    }
    char kinds[256] = "";
    size_t length = 0;
    for (size_t i = 0; i < num_sources; i++)
        if (sources[i]->kind != NULL && strcmp(sources[i]->family, options->command) == 0)
            length += (size_t)snprintf(kinds + length, sizeof kinds - length, "%s%s", length > 0 ? ", " : "",
                                       sources[i]->kind);
    if (length == 0)
        options_refuse("--kind does not go with %s", options->command);
    options_refuse("--kind is '%s', but must be one of %s", options->kind, kinds);
}

/* What words a command takes. */
static void check_words(struct options *options, int count, char *words[])
{
    const struct source *source = source_find(options->command);
    bool is_live = strcmp(options->command, "live") == 0;
    bool is_retry = strcmp(options->command, "retry") == 0 || is_live,
         is_status = strcmp(options->command, "status") == 0;
    bool is_verify = strcmp(options->command, "verify") == 0;
    bool is_archive = strcmp(options->command, "export") == 0 || strcmp(options->command, "archive") == 0;
    bool is_work = strcmp(options->command, "work") == 0 || strcmp(options->command, "doctor") == 0,
         has_path = source != NULL && source->argument != NULL;
    int most = is_retry || has_path || is_archive ? 2 : is_work || options->list ? 0 : 1;
    if (source == NULL && !is_retry && !is_status && !is_work && !is_verify && !is_archive) {
        char commands[512];
        list_commands(commands, sizeof commands);
        options_refuse("there is no command '%s'; there are %s", options->command, commands);
    }
    if (count > most)
        options_refuse("'%s' is one word too many for %s", words[most], options->command);
    if ((is_retry || is_verify) && count == 0)
        options_refuse("%s needs the name of a model, e.g. deepdecipher-ingest %s gpt2-small", options->command,
                       options->command);
    if (is_archive && count < 2)
        options_refuse("%s needs a model and a file, e.g. deepdecipher-ingest %s gpt2-small gpt2-small.archive",
                       options->command, options->command);
    if (options->off && !is_live)
        options_refuse("--off goes with live: deepdecipher-ingest live gpt2-small --off");
    if (options->list && source == NULL)
        options_refuse("--list goes with a source: deepdecipher-ingest neuroscope --list");
    if (is_retry && options->source != NULL && source_find(options->source) == NULL)
        options_refuse("there is no source '%s'", options->source);
    check_service(options, source);
    if (options->db_url == NULL && !options->list)
        options_refuse("no database is named: set DATABASE_URL or give --db URL, "
                       "e.g. --db 'postgresql:///deepdecipher'; while `make run` runs, `. var/env` sets it");
    if (source != NULL)
        check_source_words(options, source, count);
}

void options_read(struct options *options, int argc, char *argv[])
{
    static const struct option table[] = {
        {"layers", required_argument, NULL, 'l'},  {"neurons", required_argument, NULL, 'n'},
        {"url", required_argument, NULL, 'u'},     {"jobs", required_argument, NULL, 'j'},
        {"rate", required_argument, NULL, 'r'},    {"retries", required_argument, NULL, 't'},
        {"timeout", required_argument, NULL, 's'}, {"db", required_argument, NULL, 'd'},
        {"shape", required_argument, NULL, 'S'},   {"kind", required_argument, NULL, 'k'},
        {"again", no_argument, NULL, 'a'},         {"off", no_argument, NULL, 'o'},
        {"service", required_argument, NULL, 'N'}, {"cache", required_argument, NULL, 'c'},
        {"list", no_argument, NULL, 'L'},          {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},       {0}};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *options = (struct options){.highest_layer = -1,
                                .highest_neuron = -1,
                                .retries = 5,
                                .timeout_s = 60,
                                .jobs = cores < 1   ? 1
                                        : cores > 8 ? 8
                                                    : (int)cores};
    read_environment(options);
    for (int option; (option = getopt_long(argc, argv, "", table, NULL)) != -1;)
        read_option(options, option);
    if (optind == argc)
        options_refuse("what is to be done? For example: deepdecipher-ingest neuroscope solu-1l");
    options->command = argv[optind++];
    options->model = optind < argc ? argv[optind] : NULL;
    options->source = optind + 1 < argc ? argv[optind + 1] : NULL;
    resolve_kind(options);
    check_words(options, argc - optind, argv + optind);
}

void options_clear(struct options *options)
{
    free(options->site_url);
    free(options->layers);
    free(options->neurons);
    free(options->path);
}
