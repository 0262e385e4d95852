/* The services neuron_explainer and explanations; see explanation.h. */
#include "explanation.h"

#include <stdlib.h>

#include "json.h"
#include "neuron_service.h"

/* Columns of STATEMENT_EXPLANATIONS. */
enum {
    COLUMN_SOURCE_ID,
    COLUMN_PLACE,
    COLUMN_SOURCE,
    COLUMN_AUTHOR,
    COLUMN_EXPLANATION,
    COLUMN_SCORE,
    COLUMN_RSQUARED,
    COLUMN_ABSOLUTE_DEV,
    COLUMN_TYPE,
    COLUMN_EXPLANATION_MODEL
};

/* Columns of STATEMENT_SIMULATIONS, behind the first two of the same names. */
enum {
    COLUMN_SCALE = 2,
    COLUMN_NUM_TOKENS,
    COLUMN_TOKENS,
    COLUMN_SIMULATION_SCORE,
    COLUMN_SIMULATION_RSQUARED,
    COLUMN_SIMULATION_ABSOLUTE_DEV,
    COLUMN_TRUE,
    COLUMN_SIMULATED
};

static enum db_status send_best(struct exchange *x, const struct target *target, int *count)
{
    *count = target->level == LEVEL_NEURON;
    return *count > 0 ? neuron_service_send(x, target, STATEMENT_EXPLANATION_BEST) : DB_OK;
}

static void write_score(struct buffer *body, const PGresult *rows, int row, int column)
{
    if (db_is_null(rows, row, column))
        buffer_add_text(body, "null");
    else
        neuron_service_number(body, db_get_float8(rows, row, column));
}

/* `score_key` is what the score is called in this place. */
static enum service_outcome write_best(const struct target *target, const PGresult *rows, const char *score_key,
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    if (target->level != LEVEL_NEURON)
        return neuron_service_no_level(target, "neuron_explainer", reason);
    if (PQntuples(rows) == 0)
        return neuron_service_no_data(target, "explanation", "", reason);
    buffer_add_text(body, "{\"explanation\":");
    json_text(body, db_get_text(rows, 0, 0));
    buffer_printf(body, ",\"%s\":", score_key);
    if (db_is_null(rows, 0, 1))
        buffer_add_text(body, "null");
    else
        json_float32(body, (float)db_get_float8(rows, 0, 1));
    buffer_add_char(body, '}');
    return SERVICE_WRITTEN;
}

static enum service_outcome write_service(struct exchange *x, const struct target *target, PGresult *const answers[],
                                          struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    (void)x;
    return write_best(target, answers[0], "score", body, reason);
}

static enum service_outcome write_document(struct exchange *x, const struct target *target, PGresult *const answers[],
                                           struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    (void)x;
    return write_best(target, answers[0], "explanation-score", body, reason);
}

static enum db_status send_all(struct exchange *x, const struct target *target, int *count)
{
    if (target->level != LEVEL_NEURON)
        return DB_OK;
    *count = target->has_simulations ? 2 : 1;
    enum db_status status = neuron_service_send(x, target, STATEMENT_EXPLANATIONS);
    if (status == DB_OK && target->has_simulations)
        status = neuron_service_send(x, target, STATEMENT_SIMULATIONS);
    return status;
}

/* Where the texts of one explanation are. */
struct simulation {
    struct packed_numbers activations, simulated;
    uint32_t first; /* number of the next text's first token */
};

static bool open_column(const PGresult *rows, int row, int column, struct packed_numbers *numbers)
{
    size_t length;
    const uint8_t *bytes = db_get_bytes(rows, row, column, &length);
    return packed_numbers_open(numbers, bytes, length);
}

/* One element of `simulations`; false: answered. */
static bool write_text(struct exchange *x, const struct target *target, const PGresult *rows, int row,
                       struct simulation *simulation, struct buffer *body)
{
    size_t length;
    const struct token_texts *texts;
    const uint8_t *tokens = db_get_bytes(rows, row, COLUMN_TOKENS, &length);
    uint32_t num_tokens = (uint32_t)db_get_int4(rows, row, COLUMN_NUM_TOKENS), first = simulation->first;
    if (num_tokens > simulation->activations.count - first || num_tokens > simulation->simulated.count - first) {
        (void)neuron_service_broken(x, target, "simulations");
        return false;
    }
    uint32_t *ids = neuron_service_tokens(x, target, tokens, length, num_tokens, &texts);
    if (ids == NULL)
        return false;
    buffer_add_text(body, "{\"absolute_dev_explained_score\":");
    write_score(body, rows, row, COLUMN_SIMULATION_ABSOLUTE_DEV);
    buffer_add_text(body, ",\"activation_scale\":");
    json_text(body, db_get_text(rows, row, COLUMN_SCALE));
    buffer_add_text(body, ",\"rsquared_score\":");
    write_score(body, rows, row, COLUMN_SIMULATION_RSQUARED);
    buffer_add_text(body, ",\"score\":");
    write_score(body, rows, row, COLUMN_SIMULATION_SCORE);
    buffer_add_text(body, ",\"simulated_activations\":");
    neuron_service_numbers(&simulation->simulated, first, num_tokens, body);
    buffer_add_text(body, ",\"tokens\":");
    token_texts_write(texts, ids, num_tokens, body);
    buffer_add_text(body, ",\"true_activations\":");
    neuron_service_numbers(&simulation->activations, first, num_tokens, body);
    buffer_add_char(body, '}');
    simulation->first += num_tokens;
    free(ids);
    return true;
}

/* The texts of the explanation of that source and place; false: answered. */
static bool write_simulations(struct exchange *x, const struct target *target, const PGresult *rows, int16_t source_id,
                              int16_t place, struct buffer *body)
{
    struct simulation simulation = {0};
    bool is_first = true;
    buffer_add_char(body, '[');
    for (int row = 0; row < PQntuples(rows); row++) {
        if (db_get_int2(rows, row, COLUMN_SOURCE_ID) != source_id || db_get_int2(rows, row, COLUMN_PLACE) != place)
            continue;
        if (is_first && (!open_column(rows, row, COLUMN_TRUE, &simulation.activations) ||
                         !open_column(rows, row, COLUMN_SIMULATED, &simulation.simulated))) {
            (void)neuron_service_broken(x, target, "simulations");
            return false;
        }
        if (!is_first)
            buffer_add_char(body, ',');
        is_first = false;
        if (!write_text(x, target, rows, row, &simulation, body))
            return false;
    }
    buffer_add_char(body, ']');
    return true;
}

static void write_text_or_null(struct buffer *body, const PGresult *rows, int row, int column)
{
    json_text(body, db_is_null(rows, row, column) ? NULL : db_get_text(rows, row, column));
}

/* One element of `explanations`; `simulations` may be NULL. False: answered. */
static bool write_explanation(struct exchange *x, const struct target *target, const PGresult *rows, int row,
                              const PGresult *simulations, struct buffer *body)
{
    buffer_add_text(body, "{\"absolute_dev_explained_score\":");
    write_score(body, rows, row, COLUMN_ABSOLUTE_DEV);
    buffer_add_text(body, ",\"author\":");
    json_text(body, db_get_text(rows, row, COLUMN_AUTHOR));
    buffer_add_text(body, ",\"explanation\":");
    json_text(body, db_get_text(rows, row, COLUMN_EXPLANATION));
    buffer_add_text(body, ",\"explanation_model\":");
    write_text_or_null(body, rows, row, COLUMN_EXPLANATION_MODEL);
    buffer_add_text(body, ",\"rsquared_score\":");
    write_score(body, rows, row, COLUMN_RSQUARED);
    buffer_add_text(body, ",\"score\":");
    write_score(body, rows, row, COLUMN_SCORE);
    if (simulations != NULL) {
        buffer_add_text(body, ",\"simulations\":");
        if (!write_simulations(x, target, simulations, db_get_int2(rows, row, COLUMN_SOURCE_ID),
                               db_get_int2(rows, row, COLUMN_PLACE), body))
            return false;
    }
    buffer_add_text(body, ",\"source\":");
    json_text(body, db_get_text(rows, row, COLUMN_SOURCE));
    buffer_add_text(body, ",\"type\":");
    write_text_or_null(body, rows, row, COLUMN_TYPE);
    buffer_add_char(body, '}');
    return true;
}

static enum service_outcome write_all(struct exchange *x, const struct target *target, PGresult *const answers[],
                                      struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[0];
    if (target->level != LEVEL_NEURON)
        return neuron_service_no_level(target, "explanations", reason);
    if (PQntuples(rows) == 0)
        return neuron_service_no_data(target, "explanations", "", reason);
    buffer_add_text(body, "{\"explanations\":[");
    for (int row = 0; row < PQntuples(rows); row++) {
        if (row > 0)
            buffer_add_char(body, ',');
        if (!write_explanation(x, target, rows, row, target->has_simulations ? answers[1] : NULL, body))
            return SERVICE_ANSWERED;
    }
    buffer_add_text(body, "],");
    neuron_service_index(body, target->layer, target->neuron);
    buffer_add_char(body, '}');
    return SERVICE_WRITTEN;
}

const struct service neuron_explainer_service = {
    .name = "neuron_explainer",
    .source = "explainer",
    .document_key = "GPT-4",
    .available_name = "GPT-4 Explanation",
    .send = send_best,
    .write = write_service,
    .write_document = write_document,
};

const struct service explanations_service = {
    .name = "explanations",
    .source = "explainer",
    .other_source = "neuronpedia",
    .document_key = "explanations",
    .available_name = "Explanations",
    .parameters = {[LEVEL_NEURON] = "simulations"},
    .send = send_all,
    .write = write_all,
};
