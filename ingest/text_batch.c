#include "text_batch.h"
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
static int64_t text_id_of(struct text_batch *batch, const struct page_token *tokens, size_t count)
{
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

static enum db_status add_new(struct text_batch *batch, const struct page_token *tokens, size_t count, int64_t text_id)
{
    batch->token_ids = fit(batch->token_ids, &batch->token_ids_capacity, count, sizeof *batch->token_ids);
    struct vocabulary *vocabulary = loader_vocabulary(batch->loader, batch->job->vocabulary_id);
    enum db_status status = vocabulary_find(vocabulary, tokens, count, batch->token_ids);
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

enum db_status text_batch_add(struct text_batch *batch, const struct page_token *tokens, size_t count, int64_t *text_id)
{
    *text_id = text_id_of(batch, tokens, count);
    return loader_knows_text(batch->loader, *text_id) ? DB_OK : add_new(batch, tokens, count, *text_id);
}

enum db_status text_batch_send(struct text_batch *batch, struct db *db, int *num_sent)
{
    if (batch->num_texts == 0)
        return DB_OK;
    ++*num_sent;
    return db_send(db, STATEMENT_INSERT_TEXTS, 4,
                   (struct db_param[]){db_int4(batch->job->vocabulary_id), array_param(&batch->ids, batch->num_texts),
                                       array_param(&batch->lengths, batch->num_texts),
                                       array_param(&batch->tokens, batch->num_texts)});
}
