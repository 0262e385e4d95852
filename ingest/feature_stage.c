#include "feature_stage.h"
#include "must.h"
#include "../sql/client/packing.h"

#include <stdlib.h>
#include <string.h>

enum { PART_BYTES = 4 << 20 };

void feature_stage_open(struct feature_stage *stage, struct loader *loader, const struct job *job)
{
    *stage = (struct feature_stage){.loader = loader, .job = job};
    text_batch_open(&stage->texts, loader, job);
}

void feature_stage_close(struct feature_stage *stage)
{
    text_batch_close(&stage->texts, false);
    for (size_t i = 0; i < NUM_LINE_KINDS; i++)
        rows_free(&stage->rows[i]);
    free(stage->tokens);
    free(stage->ids);
    free(stage->numbers);
}

enum db_status feature_stage_begin(struct feature_stage *stage)
{
    PGresult *done;
    enum db_status status = db_query(loader_db(stage->loader), STATEMENT_STAGE_FEATURES, 0, NULL, &done);
    db_finish(loader_db(stage->loader));
    return status;
}

static void fit(struct feature_stage *stage, size_t count)
{
    if (count <= stage->capacity)
        return;
    stage->capacity = 2 * count;
    stage->tokens = must(realloc(stage->tokens, stage->capacity * sizeof *stage->tokens));
    stage->ids = must(realloc(stage->ids, stage->capacity * sizeof *stage->ids));
    stage->numbers = must(realloc(stage->numbers, stage->capacity * sizeof *stage->numbers));
}

static void add_numbers(struct rows *rows, const double *numbers, size_t count)
{
    uint8_t *place = rows_reserve(rows, pack_activations_bound(count));
    rows_commit(rows, pack_activations(numbers, count, place));
}

static void add_list(struct rows *rows, const struct feature_line *line, enum feature_list list)
{
    add_numbers(rows, line->lists[list].numbers, line->lists[list].count);
}

static void add_ids(struct rows *rows, const uint32_t *ids, size_t count)
{
    uint8_t *place = rows_reserve(rows, pack_tokens_bound(count));
    rows_commit(rows, pack_tokens(ids, count, place));
}

static void add_indexes(struct feature_stage *stage, struct rows *rows, const struct feature_line *line,
                        enum feature_list list)
{
    const struct feature_list_numbers *indexes = &line->lists[list];
    fit(stage, indexes->count + 1);
    for (size_t i = 0; i < indexes->count; i++)
        stage->ids[i] = (uint32_t)indexes->numbers[i];
    add_ids(rows, stage->ids, indexes->count);
}

static void *join(void *to, const void *first, size_t first_count, const void *second, size_t second_count, size_t size)
{
    if (first_count > 0)
        memcpy(to, first, first_count * size);
    if (second_count > 0)
        memcpy((char *)to + first_count * size, second, second_count * size);
    return to;
}

/* Columns: tokens and effects of both signs, the positive ones first. */
static enum db_status add_logits(struct feature_stage *stage, struct rows *rows, const struct feature_line *line)
{
    const struct feature_list_tokens *positive = &line->tokens[TOKENS_POSITIVE],
                                     *negative = &line->tokens[TOKENS_NEGATIVE];
    size_t count = positive->count + negative->count;
    fit(stage, count + 1);
    join(stage->tokens, positive->tokens, positive->count, negative->tokens, negative->count, sizeof *stage->tokens);
    join(stage->numbers, line->lists[LIST_POSITIVE].numbers, positive->count, line->lists[LIST_NEGATIVE].numbers,
         negative->count, sizeof *stage->numbers);
    struct vocabulary *vocabulary = loader_vocabulary(stage->loader, stage->job->vocabulary_id);
    enum db_status status = vocabulary_find(vocabulary, stage->tokens, count, stage->ids);
    if (status != DB_OK)
        return status;
    rows_int2(rows, (int16_t)positive->count);
    add_ids(rows, stage->ids, count);
    add_numbers(rows, stage->numbers, count);
    return DB_OK;
}

static enum db_status add_feature(struct feature_stage *stage, const struct feature_line *line)
{
    struct rows *rows = &stage->rows[LINE_FEATURE];
    rows_float8_or_null(rows, line->numbers[NUMBER_MAX_ACTIVATION]);
    rows_float8_or_null(rows, line->numbers[NUMBER_FRAC_NONZERO]);
    for (enum feature_list list = LIST_DENSITY_HEIGHTS; list <= LIST_LOGITS_VALUES; list++)
        add_list(rows, line, list);
    enum db_status status = add_logits(stage, rows, line);
    if (status != DB_OK)
        return status;
    add_indexes(stage, rows, line, LIST_SIMILAR);
    add_list(rows, line, LIST_SIMILARITIES);
    add_indexes(stage, rows, line, LIST_CORRELATED);
    add_list(rows, line, LIST_CORRELATED_L1);
    add_list(rows, line, LIST_CORRELATED_PEARSON);
    add_indexes(stage, rows, line, LIST_ALIGNMENT);
    add_list(rows, line, LIST_ALIGNMENT_L1);
    add_list(rows, line, LIST_ALIGNMENT_VALUES);
    return DB_OK;
}

static enum db_status add_example(struct feature_stage *stage, const struct feature_line *line, int64_t place)
{
    struct rows *rows = &stage->rows[LINE_EXAMPLE];
    const struct token_run text = {line->tokens[TOKENS_TEXT].tokens, line->tokens[TOKENS_TEXT].count};
    int64_t text_id;
    enum db_status status = text_batch_add(&stage->texts, &text, 1, &text_id);
    if (status != DB_OK)
        return status;
    rows_int8(rows, place);
    rows_int8(rows, text_id);
    rows_float8_or_null(rows, line->numbers[NUMBER_BIN_MIN]);
    rows_float8_or_null(rows, line->numbers[NUMBER_BIN_MAX]);
    rows_float8_or_null(rows, line->numbers[NUMBER_BIN_CONTAINS]);
    rows_float8(rows, line->numbers[NUMBER_MAX_ACTIVATION]);
    rows_int4(rows, (int32_t)line->numbers[NUMBER_MAX_TOKEN_INDEX]);
    add_list(rows, line, LIST_ACTIVATIONS);
    return DB_OK;
}

static void add_text(struct rows *rows, const struct feature_line *line, enum feature_text text)
{
    if (line->has_text[text])
        rows_bytes(rows, line->texts[text].bytes, line->texts[text].length);
    else
        rows_null(rows);
}

/* Who wrote it: the folder says, or else it was the language model. */
static void add_explanation(struct feature_stage *stage, const struct feature_file *file,
                            const struct feature_line *line, int64_t place)
{
    struct rows *rows = &stage->rows[LINE_EXPLANATION];
    rows_int8(rows, place);
    if (file->author == NULL && line->texts[TEXT_EXPLANATION_MODEL].length > 0)
        add_text(rows, line, TEXT_EXPLANATION_MODEL);
    else
        rows_text(rows, file->author != NULL ? file->author : "unknown");
    add_text(rows, line, TEXT_TYPE);
    add_text(rows, line, TEXT_EXPLANATION_MODEL);
    add_text(rows, line, TEXT_EXPLANATION);
}

/* Sends what is gathered. */
static enum db_status flush(struct feature_stage *stage)
{
    static const enum statement copies[] = {[LINE_FEATURE] = STATEMENT_COPY_FEATURE_LINE,
                                            [LINE_EXAMPLE] = STATEMENT_COPY_EXAMPLE_LINE,
                                            [LINE_EXPLANATION] = STATEMENT_COPY_EXPLANATION_LINE};
    struct db *db = loader_db(stage->loader);
    PGresult *done;
    int num_sent = 0;
    enum db_status status = text_batch_send_as(&stage->texts, db, STATEMENT_STAGE_TEXTS, &num_sent);
    if (status == DB_OK && num_sent > 0)
        status = db_flush(db);
    if (status == DB_OK && num_sent > 0)
        status = db_receive(db, &done);
    db_finish(db);
    for (size_t i = 0; i < NUM_LINE_KINDS && status == DB_OK; i++) {
        status = db_copy(db, copies[i], &stage->rows[i]);
        rows_reset(&stage->rows[i]);
    }
    text_batch_close(&stage->texts, false);
    text_batch_open(&stage->texts, stage->loader, stage->job);
    return status;
}

enum db_status feature_stage_add(struct feature_stage *stage, const struct feature_file *file,
                                 const struct feature_line *line, int64_t place)
{
    static const int num_columns[] = {[LINE_FEATURE] = 18, [LINE_EXAMPLE] = 9, [LINE_EXPLANATION] = 6};
    struct rows *rows = &stage->rows[file->kind];
    enum db_status status = DB_OK;
    rows_start(rows, num_columns[file->kind]);
    rows_int8(rows, neuron_key(stage->job->model_id, stage->job->layer, (int32_t)line->index));
    if (file->kind == LINE_FEATURE)
        status = add_feature(stage, line);
    else if (file->kind == LINE_EXAMPLE)
        status = add_example(stage, line, place);
    else
        add_explanation(stage, file, line, place);
    if (status == DB_OK && rows->length + stage->texts.tokens.length > PART_BYTES)
        status = flush(stage);
    return status;
}

enum db_status feature_stage_store(struct feature_stage *stage, struct rows *refused, size_t num_refused,
                                   int64_t *num_stored)
{
    const struct job *job = stage->job;
    struct db *db = loader_db(stage->loader);
    PGresult *rows;
    enum db_status status = flush(stage);
    if (status == DB_OK)
        status = db_query(
            db, STATEMENT_FILL_FEATURES, 3,
            (struct db_param[]){db_int2(job->model_id), db_int2(job->source_id), array_param(refused, num_refused)},
            &rows);
    if (status == DB_OK)
        *num_stored = db_get_int8(rows, 0, 0);
    db_finish(db);
    return status;
}
