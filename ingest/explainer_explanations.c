/*
 * The source explainer: explanations of neurons in words, and the simulations that scored them.
 */
#include "explainer.h"
#include "explainer_explanation.h"

#include <stdlib.h>
#include <string.h>

static const char author[] = "gpt-4";

enum { TABLE_EXPLANATION, TABLE_SIMULATION };

static char *page_url(const struct job *job, int32_t neuron)
{
    return explainer_page_url(job, "explanations", neuron, "jsonl");
}

static void *open_batch(struct loader *loader, const struct job *job)
{
    return explainer_batch_new(sizeof(struct explainer_batch), loader, job);
}

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

/* The keys of the sequences' texts, as a column. */
static void add_text_ids(struct explainer_batch *batch, const struct explainer_explanation *explanation)
{
    int64_t *ids = must(calloc(explanation->num_sequences, sizeof *ids));
    for (size_t i = 0; i < explanation->num_sequences && batch->trouble == DB_OK; i++)
        batch->trouble = text_batch_add(&batch->texts, explanation->sequences[i].tokens,
                                        explanation->sequences[i].num_tokens, &ids[i]);
    rows_int8s(&batch->tables[TABLE_SIMULATION], ids, explanation->num_sequences);
    free(ids);
}

static void add_scores(struct rows *rows, const struct explainer_explanation *explanation)
{
    double *scores = must(calloc(explanation->num_sequences, NUM_SCORES * sizeof *scores));
    for (size_t i = 0; i < explanation->num_sequences; i++)
        memcpy(scores + NUM_SCORES * i, explanation->sequences[i].scores, sizeof explanation->sequences[i].scores);
    rows_float8s(rows, scores, NUM_SCORES * explanation->num_sequences);
    free(scores);
}

/* Both lists of activations of all sequences, as two columns. */
static void add_activations(struct rows *rows, const struct explainer_explanation *explanation)
{
    size_t total = 0;
    for (size_t i = 0; i < explanation->num_sequences; i++)
        total += explanation->sequences[i].num_tokens;
    double *numbers = must(calloc(total, sizeof *numbers)), *end;
    for (int simulated = 0; simulated < 2; simulated++) {
        end = numbers;
        for (size_t i = 0; i < explanation->num_sequences; i++) {
            const struct explainer_sequence *sequence = &explanation->sequences[i];
            memcpy(end, simulated ? sequence->simulated : sequence->activations, sequence->num_tokens * sizeof *end);
            end += sequence->num_tokens;
        }
        explainer_rows_numbers(rows, numbers, total);
    }
    free(numbers);
}

static void add_simulation(struct explainer_batch *batch, int64_t neuron_id, int16_t place,
                           const struct explainer_explanation *explanation)
{
    struct rows *rows = &batch->tables[TABLE_SIMULATION];
    rows_start(rows, 8);
    rows_int8(rows, neuron_id);
    rows_int2(rows, batch->job->source_id);
    rows_int2(rows, place);
    rows_text(rows, explanation->activation_scale);
    add_text_ids(batch, explanation);
    add_scores(rows, explanation);
    add_activations(rows, explanation);
}

static void add_explanation(struct explainer_batch *batch, int64_t neuron_id, int16_t place,
                            const struct explainer_explanation *explanation)
{
    struct rows *rows = &batch->tables[TABLE_EXPLANATION];
    rows_start(rows, 8);
    rows_int8(rows, neuron_id);
    rows_int2(rows, batch->job->source_id);
    rows_int2(rows, place);
    rows_text(rows, author);
    rows_bytes(rows, explanation->text, explanation->length);
    for (size_t i = 0; i < NUM_SCORES; i++)
        rows_float8_or_null(rows, explanation->scores[i]);
    if (explanation->num_sequences > 0)
        add_simulation(batch, neuron_id, place, explanation);
}

static bool read_page(void *opaque, int32_t neuron, const char *body, size_t length, char reason[SOURCE_REASON_SIZE])
{
    struct explainer_batch *batch = opaque;
    struct explainer_explanations explanations;
    _Static_assert((int)SOURCE_REASON_SIZE >= (int)JSON_REASON_SIZE, "a reason must fit");
    bool is_read = explainer_explanations_read(&explanations, body, length, batch->job->layer, neuron, reason);
    if (is_read) {
        int64_t neuron_id = explainer_batch_neuron(batch, neuron);
        for (size_t i = 0; i < explanations.count; i++)
            add_explanation(batch, neuron_id, (int16_t)i, &explanations.explanations[i]);
    }
    explainer_explanations_clear(&explanations);
    return is_read;
}

static enum db_status store_batch(void *batch)
{
    static const enum statement copies[] = {STATEMENT_COPY_EXPLANATION, STATEMENT_COPY_SIMULATION};
    return explainer_batch_store(batch, STATEMENT_CLEAR_EXPLANATION, copies);
}

const struct source explainer_explanations_source = {
    .source_id = 2,
    .name = "explainer",
    .family = "explainer",
    .kind = "explanations",
    .default_url = explainer_default_url,
    .known_models = explainer_models,
    .page_url = page_url,
    .open = open_batch,
    .read = read_page,
    .store = store_batch,
    .close = explainer_batch_close,
};
