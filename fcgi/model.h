/*
 * A model as replies show it: its numbers, and which services have data of it.
 */
#ifndef DEEPDECIPHER_MODEL_H
#define DEEPDECIPHER_MODEL_H

#include "exchange.h"

/* A row of STATEMENT_MODEL or STATEMENT_MODELS; its texts live as long as the rows. */
struct model {
    int16_t model_id;
    int32_t vocabulary_id, num_layers, layer_size;
    int64_t num_total_parameters, revision, created_us;
    const char *name, *activation_function, *dataset;
    const char *sources;       /* that have given anything of it: names with commas between them */
    const char *live_sources;  /* that are asked for what is not stored: likewise */
    const char *user_services; /* names that users gave, sorted, with commas between them */
    bool has_logit_effects;
};

void model_read(struct model *model, const PGresult *rows, int row);

/* True when `source` (a name in the table source) has given anything of the model. */
bool model_has_source(const struct model *model, const char *source);
/* True when it is read live. */
bool model_is_live(const struct model *model, const char *source);

/* True when the model has anything of a service that a user named so. */
bool model_has_user_service(const struct model *model, const char *service);

/* The object that the API calls metadata. */
void model_write(const struct model *model, struct buffer *body);

/* GET /api: all models. */
void handle_models(struct exchange *x);

#endif
