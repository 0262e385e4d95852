/*
 * What one process keeps between jobs: two connections, the vocabularies, the datasets, the texts known to be stored.
 */
#ifndef DEEPDECIPHER_LOADER_H
#define DEEPDECIPHER_LOADER_H

#include "neuroscope_page.h"
#include "source.h"
#include "vocabulary.h"

struct loader;

/* Connections to `url`. Dies of lack of memory only. */
struct loader *loader_new(const char *url);
void loader_free(struct loader *loader);

/* The connection on which a job's transaction runs. */
struct db *loader_db(struct loader *loader);
/* The one for what must be seen by all at once, whatever becomes of the job: tokens and datasets. */
struct db *loader_catalogue(struct loader *loader);

/* The vocabulary of a job; kept for the next one. */
struct vocabulary *loader_vocabulary(struct loader *loader, int32_t vocabulary_id);

/* Key of the dataset named `name`, made when new. */
enum db_status loader_dataset(struct loader *loader, const char *name, int32_t *dataset_id) MUST_CHECK;

/* Texts that need not be sent, because this process has sent them before. A bounded memory: false may be a mistake. */
bool loader_knows_text(const struct loader *loader, int64_t text_id);
void loader_know_text(struct loader *loader, int64_t text_id);
void loader_forget_text(struct loader *loader, int64_t text_id);

/* The most texts that a page of the job's model at its address had so far, `count` included, as far as this process and the
 * database remember: a page with fewer has been cut. */
enum db_status loader_texts_per_page(struct loader *loader, const struct job *job, size_t *count) MUST_CHECK;

/* The reader of neuroscope's pages, whose memory serves all pages. */
struct neuroscope_page *loader_page(struct loader *loader);

#endif
