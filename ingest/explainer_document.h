/*
 * What the files of OpenAI's neuron explainer have in common: JSON with the neuron they are about, lists of tokens, lists
 * of numbers. Pure: no network, no database, no globals.
 */
#ifndef DEEPDECIPHER_EXPLAINER_DOCUMENT_H
#define DEEPDECIPHER_EXPLAINER_DOCUMENT_H

#include "json_read.h"
#include "neuroscope_page.h"

enum { EXPLAINER_TOKENS_MAX = 4096 }; /* of one text or table */

struct explainer_block;

/* A file under reading, and the memory of what was read: tokens point into its strings. */
struct explainer_document {
    json_object *json;
    struct json_place root;
    struct explainer_block *blocks;
};

/* Reads the JSON. False with a reason; either way it is closed in the end. */
bool explainer_document_open(struct explainer_document *document, const char *bytes, size_t length,
                             char reason[JSON_REASON_SIZE]) __attribute__((warn_unused_result));
void explainer_document_close(struct explainer_document *document);

/* Memory for `count` things of `size` bytes, all zeros, that lives as long as the document. */
void *explainer_document_memory(struct explainer_document *document, size_t count, size_t size);

/* The file must say that it is about this neuron. */
bool explainer_neuron_check(const struct explainer_document *document, int32_t layer, int32_t neuron)
    __attribute__((warn_unused_result));

/* Reads a list of at most `max` tokens, none of them over JSON_TOKEN_MAX_BYTES. */
bool explainer_tokens_read(struct explainer_document *document, const struct json_place *list, size_t max,
                           struct page_token **tokens, size_t *count) __attribute__((warn_unused_result));

/* Reads a list of exactly `count` numbers, all finite; `what` names the list that it goes with. */
bool explainer_numbers_read(struct explainer_document *document, const struct json_place *list, size_t count,
                            const char *what, double **numbers) __attribute__((warn_unused_result));

#endif
