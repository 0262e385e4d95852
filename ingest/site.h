/*
 * Models before their jobs are planned: found in the database, or on a site that lists them.
 * What goes wrong is said on stderr.
 */
#ifndef DEEPDECIPHER_SITE_H
#define DEEPDECIPHER_SITE_H

#include "../sql/client/db.h"
#include "options.h"
#include "source.h"

struct stored_model {
    int16_t model_id;
    int32_t num_layers, layer_size;
    char name[128];
};

/* Compares names of models as the database's model_key() does: letters and digits only, in any case. */
bool site_is_same_name(const char *a, const char *b);

/* Says what the database complained of; returns 1. */
int site_complain(struct db *db);

/* The base address of the source's site. */
const char *site_url(const struct options *options, const struct source *source);

/* The model named `name` among those that the source's site is known to have, or NULL. */
const struct known_model *site_known_model(const struct source *source, const char *name);

/* The stored model named `name` (or an alias). False with DB_OK in `status` when there is none. */
bool site_find_stored(struct db *db, const char *name, struct stored_model *model, enum db_status *status);

/* The model that the command line names: registered with what the site says, or stored already, or made with the shape that
 * --shape gives. Returns 0, or the exit status. */
int site_model_get(const struct options *options, const struct source *source, struct db *db,
                   struct stored_model *model);

#endif
