/*
 * The command line of deepdecipher-ingest, checked.
 */
#ifndef DEEPDECIPHER_OPTIONS_H
#define DEEPDECIPHER_OPTIONS_H

#include <stdbool.h>

struct options {
    const char *command; /* first word: a source (its name, after --kind), or status, retry, work */
    const char *model;   /* second word, or NULL */
    const char *source;  /* third word of retry and live, or NULL */
    const char *service; /* --service of a source that has such, or NULL */
    char *path;          /* third word of a source that reads files: absolute, or NULL */
    const char *db_url;
    char *site_url; /* --url without / at the end, or NULL */
    char *layers;   /* int4multirange as text, "{[0,3]}", or NULL for all */
    char *neurons;
    long highest_layer, highest_neuron; /* in them; -1 for none */
    int jobs;                           /* processes */
    double rate;                        /* requests a second in all; 0: no limit */
    int retries;
    int timeout_s;
    const char *kind; /* --kind, or NULL */
    bool list;
    bool off;                   /* of live */
    const char *cache;          /* --cache of doctor: the folder of nginx's cache, or NULL */
    bool again;                 /* also what is stored already */
    int num_layers, layer_size; /* --shape of a model that is not stored yet; 0: not given */
};

/* Reads the command line and the environment. Prints help or a complaint and exits (0 or 2) where there is
 * nothing to be done. */
void options_read(struct options *options, int argc, char *argv[]);
void options_clear(struct options *options);

/* Complains about the command line, says where help is, and exits with 2. */
void options_refuse(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
