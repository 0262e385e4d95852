/*
 * The explainer's files: what stands in them is read, and a file that is cut anywhere is refused.
 */
#include "saved_file.h"

#include <math.h>

#include "ingest/explainer_explanation.h"
#include "ingest/explainer_records.h"
#include "ingest/explainer_weights.h"

enum { LAYERS = 4, LAYER_SIZE = 5 };

static void explanations_and_their_simulations_are_read(void **state)
{
    (void)state;
    struct saved_file file = saved_file_load("tests/data/explainer/explanation.jsonl");
    struct explainer_explanations read;
    char reason[JSON_REASON_SIZE];
    assert_true(explainer_explanations_read(&read, file.bytes, file.length, 0, 0, reason));
    assert_int_equal(read.count, 2);
    const struct explainer_explanation *first = &read.explanations[0], *second = &read.explanations[1];
    static const char text[] = "the letter “a”␀";
    assert_int_equal(first->length, strlen(text));
    assert_memory_equal(first->text, text, first->length);
    assert_true(first->scores[SCORE_CORRELATION] == 0.5 && isnan(first->scores[SCORE_RSQUARED]) &&
                first->scores[SCORE_ABSOLUTE_DEV] == -0.25);
    assert_string_equal(first->activation_scale, "neuron_activations");
    assert_int_equal(first->num_sequences, 2);
    const struct explainer_sequence *sequence = &first->sequences[1];
    assert_int_equal(sequence->num_tokens, 3);
    assert_int_equal(sequence->tokens[2].length, 3);
    assert_memory_equal(sequence->tokens[2].bytes, "\0é", 3);
    assert_true(sequence->simulated[2] == 10 && sequence->activations[2] == 1e-6 && signbit(sequence->activations[0]));
    assert_true(second->length == 0 && second->num_sequences == 0 && isnan(second->scores[SCORE_CORRELATION]));
    explainer_explanations_clear(&read);
    assert_false(explainer_explanations_read(&read, file.bytes, file.length, 0, 1, reason));
    assert_string_equal(reason, "neuron_id is neuron l0n0, not l0n1");
    explainer_explanations_clear(&read);
    free(file.bytes);
}

static void statistics_and_records_are_read(void **state)
{
    (void)state;
    struct saved_file file = saved_file_load("tests/data/explainer/records.json");
    static struct explainer_records read;
    char reason[JSON_REASON_SIZE];
    assert_true(explainer_records_read(&read, file.bytes, file.length, 0, 0, reason));
    assert_true(read.moments[MOMENT_MEAN] == 0.125 && isnan(read.moments[MOMENT_VARIANCE]) &&
                read.moments[MOMENT_SKEWNESS] == -1 && read.moments[MOMENT_KURTOSIS] == 3);
    assert_true(read.num_boundaries == 2 && read.boundaries[0] == 0.5 && isnan(read.boundaries[1]));
    assert_true(read.num_top == 1 && read.num_random == 1 && read.num_quantiles == 2 && read.count == 3);
    assert_true(read.quantile_sizes[0] == 1 && read.quantile_sizes[1] == 0);
    assert_true(read.records[0].activations[0] == 3.5 && read.records[1].activations[0] == 0.25 &&
                read.records[2].activations[1] == 2);
    explainer_records_clear(&read);
    free(file.bytes);
}

static void connections_and_tokens_are_read(void **state)
{
    (void)state;
    struct saved_file neurons = saved_file_load("tests/data/explainer/neurons.json");
    struct saved_file tokens = saved_file_load("tests/data/explainer/tokens.json");
    struct saved_file averages = saved_file_load("tests/data/explainer/averages.json");
    struct explainer_weights read;
    char reason[JSON_REASON_SIZE];
    assert_true(explainer_connections_read(&read, neurons.bytes, neurons.length, LAYERS, LAYER_SIZE, reason));
    const struct explainer_side *side = &read.sides[SIDE_DOWNSTREAM];
    assert_true(!read.sides[SIDE_UPSTREAM].is_there && side->is_there && side->num_positive == 2 && side->count == 3);
    assert_true(side->neurons[0] == 7 && side->neurons[1] == 19 && side->neurons[2] == 10);
    assert_true(side->weights[1] == 0.5 && side->weights[2] == -0.25);
    explainer_weights_clear(&read);
    assert_false(explainer_connections_read(&read, neurons.bytes, neurons.length, LAYERS, LAYER_SIZE - 1, reason));
    explainer_weights_clear(&read);
    assert_true(explainer_token_weights_read(&read, tokens.bytes, tokens.length, reason));
    assert_true(read.sides[SIDE_INPUT].num_positive == 2 && read.sides[SIDE_INPUT].count == 2);
    assert_true(read.sides[SIDE_OUTPUT].num_positive == 0 && read.sides[SIDE_OUTPUT].count == 1);
    explainer_weights_clear(&read);
    assert_true(explainer_token_averages_read(&read, averages.bytes, averages.length, reason));
    assert_true(read.sides[0].num_positive == 2 && read.sides[0].weights[1] == 0.3);
    explainer_weights_clear(&read);
    free(neurons.bytes);
    free(tokens.bytes);
    free(averages.bytes);
}

/* Reads any of the files; whether it was read. */
static bool read_any(int which, struct saved_file file)
{
    static struct explainer_records records;
    struct explainer_explanations explanations;
    struct explainer_weights weights;
    char reason[JSON_REASON_SIZE] = "";
    bool is_read;
    if (which == 0) {
        is_read = explainer_explanations_read(&explanations, file.bytes, file.length, 0, 0, reason);
        explainer_explanations_clear(&explanations);
    } else if (which == 1) {
        is_read = explainer_records_read(&records, file.bytes, file.length, 0, 0, reason);
        explainer_records_clear(&records);
    } else {
        is_read = which == 2 ? explainer_connections_read(&weights, file.bytes, file.length, LAYERS, LAYER_SIZE, reason)
                  : which == 3 ? explainer_token_weights_read(&weights, file.bytes, file.length, reason)
                               : explainer_token_averages_read(&weights, file.bytes, file.length, reason);
        explainer_weights_clear(&weights);
    }
    assert_true(is_read || reason[0] != '\0');
    return is_read;
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    static const char *const names[] = {"explanation.jsonl", "records.json", "neurons.json", "tokens.json",
                                        "averages.json"};
    (void)state;
    for (int which = 0; which < 5; which++) {
        char path[64];
        snprintf(path, sizeof path, "tests/data/explainer/%s", names[which]);
        struct saved_file file = saved_file_load(path);
        assert_true(read_any(which, file));
        for (size_t length = 0; length < file.length; length++) {
            struct saved_file cut = saved_file_cut(file, length);
            if (read_any(which, cut))
                fail_msg("%s is read when cut to %zu bytes", path, length);
            free(cut.bytes);
        }
        free(file.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(explanations_and_their_simulations_are_read),
        cmocka_unit_test(statistics_and_records_are_read),
        cmocka_unit_test(connections_and_tokens_are_read),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
