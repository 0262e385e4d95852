/*
 * The source neuroscope: a page for every neuron, with its maximum activating texts.
 */
#include "loader.h"
#include "must.h"
#include "neuroscope_page.h"
#include "snippet.h"
#include "source.h"
#include "text_batch.h"
#include "../sql/client/packing.h"
#include "../sql/client/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct batch {
    struct loader *loader;
    const struct job *job;
    enum db_status trouble; /* what the database said while reading */
    struct rows neurons, examples, logits, snippets;
    struct rows activations; /* of the neuron at hand, all its texts: bytes alone */
    struct rows ids;         /* bigint[]: the neurons read */
    size_t num_neurons;
    struct text_batch texts;
};

static char *page_url(const struct job *job, int32_t neuron)
{
    char *url = NULL;
    if (asprintf(&url, "%s/%s/%d/%d.html", job->url, job->model, job->layer, neuron) < 0)
        abort();
    return url;
}

static void *open_batch(struct loader *loader, const struct job *job)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        abort();
    batch->loader = loader;
    batch->job = job;
    array_start(&batch->ids, ARRAY_INT8);
    text_batch_open(&batch->texts, loader, job);
    return batch;
}

static void add_activations(struct batch *batch, const struct page_text *text)
{
    uint8_t *place = rows_room(&batch->activations, pack_activations_bound(text->num_tokens));
    rows_fill(&batch->activations, pack_activations(text->values, text->num_tokens, place));
}

static enum db_status add_example(struct batch *batch, int64_t neuron_id, const struct page_text *text, int64_t text_id)
{
    int32_t dataset_id;
    uint32_t max_token_id;
    enum db_status status = loader_dataset(batch->loader, text->dataset, &dataset_id);
    if (status == DB_OK)
        status = vocabulary_find(loader_vocabulary(batch->loader, batch->job->vocabulary_id),
                                 &text->tokens[text->max_position], 1, &max_token_id);
    if (status != DB_OK)
        return status;
    struct rows *rows = &batch->examples;
    rows_start(rows, 12);
    rows_int8(rows, neuron_id);
    rows_int8(rows, text_id);
    rows_int8(rows, text->data_index);
    rows_float8(rows, text->max_range);
    rows_float8(rows, text->min_range);
    rows_float8(rows, text->max_activation);
    rows_float8(rows, text->min_activation);
    rows_int4(rows, dataset_id);
    rows_int4(rows, (int32_t)text->max_position);
    rows_int4(rows, (int32_t)max_token_id);
    rows_int4(rows, (int32_t)batch->activations.length);
    rows_int2(rows, (int16_t)text->rank);
    add_activations(batch, text);
    return DB_OK;
}

static void add_snippets(struct batch *batch, int64_t neuron_id, const struct neuroscope_page *page)
{
    rows_start(&batch->snippets, 2);
    rows_int8(&batch->snippets, neuron_id);
    uint8_t *place = rows_reserve(&batch->snippets, snippets_bound(page));
    rows_commit(&batch->snippets, snippets_write(page, (char *)place));
}

static void add_neuron(struct batch *batch, int64_t neuron_id, const struct neuroscope_page *page)
{
    rows_int8(&batch->ids, neuron_id);
    batch->num_neurons++;
    rows_start(&batch->neurons, 5);
    rows_int8(&batch->neurons, neuron_id);
    rows_int2(&batch->neurons, (int16_t)page->num_texts);
    rows_float8(&batch->neurons, page->texts[0].max_activation);
    rows_float8(&batch->neurons, page->texts[0].min_activation);
    rows_bytes(&batch->neurons, batch->activations.bytes, batch->activations.length);
    for (size_t i = 0; i < page->num_logits; i++) {
        rows_start(&batch->logits, 4);
        rows_int8(&batch->logits, neuron_id);
        rows_int2(&batch->logits, (int16_t)(i + 1));
        rows_float8(&batch->logits, page->logits[i].effect);
        rows_text(&batch->logits, page->logits[i].token);
    }
}

static void add_examples(struct batch *batch, int64_t neuron_id, const struct neuroscope_page *page)
{
    struct token_run *texts = must(calloc(page->num_texts, sizeof *texts));
    int64_t *ids = must(calloc(page->num_texts, sizeof *ids));
    for (size_t i = 0; i < page->num_texts; i++)
        texts[i] = (struct token_run){page->texts[i].tokens, page->texts[i].num_tokens};
    batch->trouble = text_batch_add(&batch->texts, texts, page->num_texts, ids);
    for (size_t i = 0; i < page->num_texts && batch->trouble == DB_OK; i++)
        batch->trouble = add_example(batch, neuron_id, &page->texts[i], ids[i]);
    free(texts);
    free(ids);
}

/* Every page of a site has as many texts. One cut right behind a text looks whole, but has fewer. */
static bool has_all_texts(struct batch *batch, const struct neuroscope_page *page, char reason[SOURCE_REASON_SIZE])
{
    size_t expected = page->num_texts;
    batch->trouble = loader_texts_per_page(batch->loader, batch->job, &expected);
    if (batch->trouble != DB_OK || page->num_texts == expected)
        return true;
    snprintf(reason, SOURCE_REASON_SIZE, "the page has %zu texts, but other pages of this model have %zu",
             page->num_texts, expected);
    return false;
}

static bool read_page(void *opaque, int32_t neuron, const char *body, size_t length, char reason[SOURCE_REASON_SIZE])
{
    struct batch *batch = opaque;
    struct neuroscope_page *page = loader_page(batch->loader);
    const struct job *job = batch->job;
    _Static_assert((int)SOURCE_REASON_SIZE >= (int)PAGE_REASON_SIZE, "a reason must fit");
    if (!neuroscope_page_read(page, body, length, (uint32_t)job->layer, (uint32_t)neuron, reason))
        return false;
    if (!has_all_texts(batch, page, reason))
        return false;
    int64_t neuron_id = neuron_key(job->model_id, job->layer, neuron);
    rows_reset(&batch->activations);
    if (batch->trouble == DB_OK)
        add_examples(batch, neuron_id, page);
    if (batch->trouble == DB_OK)
        add_neuron(batch, neuron_id, page);
    if (batch->trouble == DB_OK)
        add_snippets(batch, neuron_id, page);
    return true;
}

/* Queues what forgets these neurons. */
static enum db_status send_clearing(struct batch *batch, int *num_sent)
{
    static const enum statement clearing[] = {STATEMENT_CLEAR_NEUROSCOPE, STATEMENT_CLEAR_SNIPPET};
    const struct db_param ids = array_param(&batch->ids, batch->num_neurons);
    enum db_status status = DB_OK;
    for (size_t i = 0; i < sizeof clearing / sizeof *clearing && status == DB_OK; i++, ++*num_sent)
        status = db_send(loader_db(batch->loader), clearing[i], 1, &ids);
    return status;
}

static enum db_status store_batch(void *opaque)
{
    struct batch *batch = opaque;
    struct db *db = loader_db(batch->loader);
    enum db_status status = batch->trouble;
    PGresult *done;
    int num_sent = 0;
    if (status == DB_OK && batch->num_neurons > 0)
        status = send_clearing(batch, &num_sent);
    if (status == DB_OK)
        status = text_batch_send(&batch->texts, db, &num_sent);
    if (status == DB_OK && num_sent > 0)
        status = db_flush(db);
    for (; status == DB_OK && num_sent > 0; num_sent--)
        status = db_receive(db, &done);
    db_finish(db);
    if (status == DB_OK)
        status = db_copy(db, STATEMENT_COPY_EXAMPLE, &batch->examples);
    if (status == DB_OK)
        status = db_copy(db, STATEMENT_COPY_NEURON, &batch->neurons);
    if (status == DB_OK)
        status = db_copy(db, STATEMENT_COPY_LOGIT_EFFECT, &batch->logits);
    if (status == DB_OK)
        status = db_copy(db, STATEMENT_COPY_SNIPPET, &batch->snippets);
    return status;
}

static void close_batch(void *opaque, bool was_committed)
{
    struct batch *batch = opaque;
    text_batch_close(&batch->texts, was_committed);
    rows_free(&batch->neurons);
    rows_free(&batch->examples);
    rows_free(&batch->logits);
    rows_free(&batch->snippets);
    rows_free(&batch->ids);
    rows_free(&batch->activations);
    free(batch);
}

const struct source neuroscope_source = {
    .source_id = 1,
    .name = "neuroscope",
    .default_url = "https://neuroscope.io",
    .has_index = true,
    .page_url = page_url,
    .open = open_batch,
    .read = read_page,
    .store = store_batch,
    .close = close_batch,
};
