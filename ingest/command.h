/*
 * What deepdecipher-ingest can be told to do; each returns the exit status.
 */
#ifndef DEEPDECIPHER_COMMAND_H
#define DEEPDECIPHER_COMMAND_H

#include "options.h"
#include "source.h"

/* A source's name: registers the model, plans its jobs and works them. */
int command_collect(const struct options *options, const struct source *source);
/* The same with --list: prints the site's models. */
int command_list(const struct options *options, const struct source *source);
int command_status(const struct options *options);
int command_retry(const struct options *options);
/* Turns live reading of a model on or off. */
int command_live(const struct options *options);
/* MODEL into FILE, and back. */
int command_export(const struct options *options);
int command_archive(const struct options *options);
int command_verify(const struct options *options);
/* Checks the deployment. */
int command_doctor(const struct options *options);
int command_work(const struct options *options);

#endif
