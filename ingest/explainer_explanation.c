#include "explainer_explanation.h"

#include <math.h>
#include <string.h>

enum { SCALE_BYTES_MAX = 64 };

static bool scores_read(const struct json_place *object, double scores[NUM_SCORES])
{
    static const char *const keys[] = {"ev_correlation_score", "rsquared_score", "absolute_dev_explained_score"};
    for (size_t i = 0; i < NUM_SCORES; i++) {
        struct json_place score;
        if (!json_member(object, keys[i], &score) || !json_get_number_or_null(&score, &scores[i]))
            return false;
    }
    return true;
}

/* All sequences of an explanation have one scale. */
static bool scale_read(const struct json_place *simulation, struct explainer_explanation *explanation)
{
    struct json_place scale;
    const char *bytes;
    size_t length;
    if (!json_member(simulation, "activation_scale", &scale) ||
        !json_get_string(&scale, SCALE_BYTES_MAX, &bytes, &length))
        return false;
    if (strlen(bytes) != length)
        return json_refuse(&scale, "holds a NUL");
    if (*explanation->activation_scale == '\0')
        explanation->activation_scale = bytes;
    return strcmp(bytes, explanation->activation_scale) == 0 ||
           json_refuse(&scale, "is not %s as that of the sequence before it", explanation->activation_scale);
}

static bool sequence_read(struct explainer_document *document, const struct json_place *place,
                          struct explainer_explanation *explanation, struct explainer_sequence *sequence)
{
    struct json_place simulation, tokens, expected, activations;
    if (!json_member(place, "simulation", &simulation) || !json_member(&simulation, "tokens", &tokens) ||
        !json_member(&simulation, "expected_activations", &expected) ||
        !json_member(place, "true_activations", &activations) || !scale_read(&simulation, explanation) ||
        !scores_read(place, sequence->scores) ||
        !explainer_tokens_read(document, &tokens, EXPLAINER_TOKENS_MAX, &sequence->tokens, &sequence->num_tokens))
        return false;
    if (sequence->num_tokens == 0)
        return json_refuse(&tokens, "is empty");
    return explainer_numbers_read(document, &expected, sequence->num_tokens, "tokens", &sequence->simulated) &&
           explainer_numbers_read(document, &activations, sequence->num_tokens, "tokens", &sequence->activations);
}

static bool simulation_read(struct explainer_document *document, const struct json_place *scored,
                            struct explainer_explanation *explanation)
{
    struct json_place sequences;
    if (!scores_read(scored, explanation->scores) || !json_member(scored, "scored_sequence_simulations", &sequences) ||
        !json_get_list(&sequences, EXPLANATION_SEQUENCES_MAX, &explanation->num_sequences))
        return false;
    explanation->sequences =
        explainer_document_memory(document, explanation->num_sequences, sizeof *explanation->sequences);
    for (size_t i = 0; i < explanation->num_sequences; i++) {
        struct json_place sequence = json_element(&sequences, i);
        if (!sequence_read(document, &sequence, explanation, &explanation->sequences[i]))
            return false;
    }
    return true;
}

/* text of PostgreSQL cannot hold NUL: it is shown as U+2400. */
static void text_keep(struct explainer_document *document, struct explainer_explanation *explanation, const char *bytes,
                      size_t length)
{
    char *text = explainer_document_memory(document, length, 3), *end = text;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\0') {
            memcpy(end, "\xe2\x90\x80", 3);
            end += 3;
        } else {
            *end++ = bytes[i];
        }
    }
    explanation->text = text;
    explanation->length = (size_t)(end - text);
}

static bool explanation_read(struct explainer_document *document, const struct json_place *place,
                             struct explainer_explanation *explanation)
{
    struct json_place text, scored;
    const char *bytes;
    size_t length;
    *explanation = (struct explainer_explanation){.scores = {NAN, NAN, NAN}, .activation_scale = ""};
    if (!json_member(place, "explanation", &text) || !json_get_string(&text, EXPLANATION_BYTES_MAX, &bytes, &length) ||
        !json_member(place, "scored_simulation", &scored))
        return false;
    text_keep(document, explanation, bytes, length);
    return json_is_null(&scored) || simulation_read(document, &scored, explanation);
}

bool explainer_explanations_read(struct explainer_explanations *explanations, const char *bytes, size_t length,
                                 int32_t layer, int32_t neuron, char reason[JSON_REASON_SIZE])
{
    struct explainer_document *document = &explanations->document;
    struct json_place list;
    *explanations = (struct explainer_explanations){0};
    if (!explainer_document_open(document, bytes, length, reason) || !explainer_neuron_check(document, layer, neuron) ||
        !json_member(&document->root, "scored_explanations", &list) ||
        !json_get_list(&list, EXPLANATIONS_MAX, &explanations->count))
        return false;
    explanations->explanations =
        explainer_document_memory(document, explanations->count, sizeof *explanations->explanations);
    for (size_t i = 0; i < explanations->count; i++) {
        struct json_place element = json_element(&list, i);
        if (!explanation_read(document, &element, &explanations->explanations[i]))
            return false;
    }
    return true;
}

void explainer_explanations_clear(struct explainer_explanations *explanations)
{
    explainer_document_close(&explanations->document);
}
