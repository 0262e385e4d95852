/*
 * The texts of a job on their way into the table text, each stored once however many neurons it excites.
 */
#ifndef DEEPDECIPHER_TEXT_BATCH_H
#define DEEPDECIPHER_TEXT_BATCH_H

#include "../sql/client/rows.h"
#include "loader.h"

struct text_batch {
    struct loader *loader;
    const struct job *job;
    struct rows ids, lengths, tokens; /* arrays: texts not known to be stored */
    int64_t *new_texts;               /* the same ids, for after the COMMIT */
    size_t num_texts, texts_capacity;
    uint32_t *token_ids; /* of the text at hand */
    size_t token_ids_capacity;
    uint8_t *spelled; /* its tokens in a row, for the hash */
    size_t spelled_capacity;
};

/* `loader` and `job` are borrowed until close. */
void text_batch_open(struct text_batch *batch, struct loader *loader, const struct job *job);
/* After COMMIT (`was_committed`) or anything else. */
void text_batch_close(struct text_batch *batch, bool was_committed);

/* Adds texts of one token at least, but those that are known to be stored; their keys into `ids`. The more at a time,
 * the fewer round trips: one at most for all their tokens. */
enum db_status text_batch_add(struct text_batch *batch, const struct token_run texts[], size_t count,
                              int64_t ids[]) MUST_CHECK;

/* Queues what stores them all, within the job's transaction; `num_sent` grows by the number of answers to expect. */
enum db_status text_batch_send(struct text_batch *batch, struct db *db, int *num_sent) MUST_CHECK;
/* The same with another statement, which takes the parameters of insert_texts. */
enum db_status text_batch_send_as(struct text_batch *batch, struct db *db, enum statement statement,
                                  int *num_sent) MUST_CHECK;

#endif
