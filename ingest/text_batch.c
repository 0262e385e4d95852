#include "text_batch.h"
#include "must.h"
#include "../sql/client/packing.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

void text_batch_open(struct text_batch *batch, struct loader *loader, const struct job *job)
{
    *batch = (struct text_batch){.loader = loader, .job = job};
    array_start(&batch->ids, ARRAY_INT8);
    array_start(&batch->lengths, ARRAY_INT4);
    array_start(&batch->tokens, ARRAY_BYTEA);
}

void text_batch_close(struct text_batch *batch, bool was_committed)
{
    for (size_t i = 0; !was_committed && i < batch->num_texts; i++)
        loader_forget_text(batch->loader, batch->new_texts[i]);
    rows_free(&batch->ids);
    rows_free(&batch->lengths);
    rows_free(&batch->tokens);
    free(batch->new_texts);
    free(batch->token_ids);
    free(batch->spelled);
}

static void *fit(void *memory, size_t *capacity, size_t wanted, size_t size)
{
    if (wanted <= *capacity)
        return memory;
    *capacity = 2 * wanted;
    memory = realloc(memory, *capacity * size);
    if (memory == NULL)
        abort();
    return memory;
}

/* A text's id is the hash of its vocabulary's name and its tokens, each behind its length: no look-up, and the same
 * on every machine. */
static int64_t text_id_of(struct text_batch *batch, struct token_run text)
{
    const struct page_token *tokens = text.tokens;
    size_t count = text.count;
    size_t name_length = strlen(batch->job->vocabulary) + 1, wanted = name_length;
    for (size_t i = 0; i < count; i++)
        wanted += sizeof tokens[i].length + tokens[i].length;
    batch->spelled = fit(batch->spelled, &batch->spelled_capacity, wanted, 1);
    uint8_t *end = batch->spelled;
    memcpy(end, batch->job->vocabulary, name_length);
    end += name_length;
    for (size_t i = 0; i < count; i++) {
        const struct page_token *token = &tokens[i];
        memcpy(end, &token->length, sizeof token->length);
        memcpy(end + sizeof token->length, token->bytes, token->length);
        end += sizeof token->length + token->length;
    }
    return (int64_t)XXH3_64bits(batch->spelled, wanted);
}

static enum db_status add_new(struct text_batch *batch, struct token_run text, int64_t text_id)
{
    size_t count = text.count;
    batch->token_ids = fit(batch->token_ids, &batch->token_ids_capacity, count, sizeof *batch->token_ids);
    struct vocabulary *vocabulary = loader_vocabulary(batch->loader, batch->job->vocabulary_id);
    enum db_status status = vocabulary_find(vocabulary, text.tokens, count, batch->token_ids);
    if (status != DB_OK)
        return status;
    rows_int8(&batch->ids, text_id);
    rows_int4(&batch->lengths, (int32_t)count);
    uint8_t *place = rows_reserve(&batch->tokens, pack_tokens_bound(count));
    rows_commit(&batch->tokens, pack_tokens(batch->token_ids, count, place));
    batch->new_texts = fit(batch->new_texts, &batch->texts_capacity, batch->num_texts + 1, sizeof *batch->new_texts);
    batch->new_texts[batch->num_texts++] = text_id;
    loader_know_text(batch->loader, text_id); /* until close says otherwise: the next neuron may share it */
    return DB_OK;
}

/* Learns the tokens of the texts that are not known to be stored. */
static enum db_status learn_tokens(struct text_batch *batch, const struct token_run texts[], size_t count,
                                   const int64_t ids[])
{
    struct token_run *unknown = must(calloc(count + 1, sizeof *unknown));
    size_t num_unknown = 0;
    for (size_t i = 0; i < count; i++)
        if (!loader_knows_text(batch->loader, ids[i]))
            unknown[num_unknown++] = texts[i];
    enum db_status status =
        vocabulary_learn(loader_vocabulary(batch->loader, batch->job->vocabulary_id), unknown, num_unknown);
    free(unknown);
    return status;
}

enum db_status text_batch_add(struct text_batch *batch, const struct token_run texts[], size_t count, int64_t ids[])
{
    for (size_t i = 0; i < count; i++)
        ids[i] = text_id_of(batch, texts[i]);
    enum db_status status = learn_tokens(batch, texts, count, ids);
    for (size_t i = 0; i < count && status == DB_OK; i++)
        if (!loader_knows_text(batch->loader, ids[i]))
            status = add_new(batch, texts[i], ids[i]);
    return status;
}

enum db_status text_batch_send(struct text_batch *batch, struct db *db, int *num_sent)
{
    return text_batch_send_as(batch, db, STATEMENT_INSERT_TEXTS, num_sent);
}

enum db_status text_batch_send_as(struct text_batch *batch, struct db *db, enum statement statement, int *num_sent)
{
    if (batch->num_texts == 0)
        return DB_OK;
    ++*num_sent;
    return db_send(db, statement, 4,
                   (struct db_param[]){db_int4(batch->job->vocabulary_id), array_param(&batch->ids, batch->num_texts),
                                       array_param(&batch->lengths, batch->num_texts),
                                       array_param(&batch->tokens, batch->num_texts)});
}
