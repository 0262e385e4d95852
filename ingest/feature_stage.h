/*
 * Lines of an export on their way into the database: into temporary tables, some megabytes at a time, and from there, once
 * all are read and it is known whose are bad, into the tables.
 */
#ifndef DEEPDECIPHER_FEATURE_STAGE_H
#define DEEPDECIPHER_FEATURE_STAGE_H

#include "feature_folder.h"
#include "text_batch.h"

struct feature_stage {
    struct loader *loader;
    const struct job *job;
    struct text_batch texts;
    struct rows rows[NUM_LINE_KINDS];
    struct page_token *tokens; /* of both lists of logits */
    uint32_t *ids;
    size_t capacity; /* of the two, and of `numbers` */
    double *numbers;
};

/* `loader` and `job` are borrowed until close. */
void feature_stage_open(struct feature_stage *stage, struct loader *loader, const struct job *job);
void feature_stage_close(struct feature_stage *stage);

/* Makes the temporary tables, within the caller's transaction. */
enum db_status feature_stage_begin(struct feature_stage *stage) MUST_CHECK;
/* Adds a good line; `place` sorts lines that are alike. */
enum db_status feature_stage_add(struct feature_stage *stage, const struct feature_file *file,
                                 const struct feature_line *line, int64_t place) MUST_CHECK;
/* Replaces what is stored of all neurons that have lines, except for the keys `refused`. */
enum db_status feature_stage_store(struct feature_stage *stage, struct rows *refused, size_t num_refused,
                                   int64_t *num_stored) MUST_CHECK;

#endif
