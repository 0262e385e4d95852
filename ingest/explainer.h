/*
 * The sources of OpenAI's neuron explainer: what their batches have in common. Each kind of file is a source of its own,
 * in explainer_KIND.c; `--kind` picks it.
 */
#ifndef DEEPDECIPHER_EXPLAINER_H
#define DEEPDECIPHER_EXPLAINER_H

#include "source.h"
#include "text_batch.h"

enum { EXPLAINER_TABLES = 2 };

/* What every batch begins with. */
struct explainer_batch {
    struct loader *loader;
    const struct job *job;
    enum db_status trouble; /* what the database said while reading */
    struct rows ids;        /* bigint[]: the neurons read */
    size_t num_neurons;
    struct text_batch texts;
    struct rows tables[EXPLAINER_TABLES]; /* rows for each table that the source fills */
    uint32_t *token_ids;
    size_t token_ids_capacity;
};

/* A batch of `size` bytes that begins with a struct explainer_batch. */
void *explainer_batch_new(size_t size, struct loader *loader, const struct job *job);
void explainer_batch_close(void *batch, bool was_committed);

/* Notes that the neuron was read; returns its key. */
int64_t explainer_batch_neuron(struct explainer_batch *batch, int32_t neuron);

/* Columns: tokens as packed ids, numbers packed. */
void explainer_rows_tokens(struct explainer_batch *batch, struct rows *rows, const struct page_token *tokens,
                           size_t count);
void explainer_rows_numbers(struct rows *rows, const double *numbers, size_t count);

/* Clears the neurons with the statement `clear` and copies the rows of each table in; STATEMENT_COUNT: no such table. */
enum db_status explainer_batch_store(struct explainer_batch *batch, enum statement clear,
                                     const enum statement copies[EXPLAINER_TABLES]) MUST_CHECK;

/* job->url/FOLDER/layer/neuron.SUFFIX, to be freed. */
char *explainer_page_url(const struct job *job, const char *folder, int32_t neuron, const char *suffix);

/* Where the site keeps which model, and how big those are. */
extern const char explainer_default_url[];
extern const struct known_model explainer_models[];

#endif
