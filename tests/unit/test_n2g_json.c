/*
 * Neuron2Graph's two JSON files, which are read piece by piece.
 */
#include "saved_file.h"

#include <math.h>

#include "ingest/graph_stats.h"
#include "ingest/neuron_store_file.h"

static char reason[JSON_SCAN_REASON_SIZE];

static struct saved_file load_store(void)
{
    return saved_file_load("tests/data/n2g_json/store.json");
}

static struct saved_file load_stats(void)
{
    return saved_file_load("tests/data/n2g_json/stats.json");
}

static bool is_store(struct saved_file file)
{
    struct neuron_store_file store = {0};
    bool read = neuron_store_file_read(&store, file.bytes, file.length, 2, 4, reason);
    assert_true(read ? reason[0] == '\0' : reason[0] != '\0' && store.num_terms == 0);
    neuron_store_file_free(&store);
    return read;
}

static bool are_stats(struct saved_file file)
{
    struct graph_stats stats = {0};
    bool read = graph_stats_read(&stats, file.bytes, file.length, 2, 4, reason);
    assert_true(read ? reason[0] == '\0' : reason[0] != '\0' && stats.count == 0);
    graph_stats_free(&stats);
    return read;
}

static void check_term(const struct neuron_store_file *store, size_t place, enum store_kind kind, const char *token,
                       size_t length, size_t count, const uint32_t *neurons)
{
    const struct store_term *term = &store->terms[place];
    assert_int_equal(term->kind, kind);
    assert_int_equal(term->token_length, length);
    assert_memory_equal(store->tokens + term->token_at, token, length);
    assert_int_equal(term->count, count);
    assert_memory_equal(store->neurons + term->first, neurons, count * sizeof *neurons);
}

static void terms_come_sorted_and_each_neuron_once(void **state)
{
    (void)state;
    struct saved_file file = load_store();
    struct neuron_store_file store = {0};
    if (!neuron_store_file_read(&store, file.bytes, file.length, 2, 4, reason))
        fail_msg("refused: %s", reason);
    memset(file.bytes, 'x', file.length); /* the result does not point there */
    free(file.bytes);
    assert_int_equal(store.num_terms, 4); /* a token without neurons is none */
    check_term(&store, 0, STORE_ACTIVATING, "", 0, 1, (uint32_t[]){0});
    check_term(&store, 1, STORE_ACTIVATING, " the", 4, 2, (uint32_t[]){3, 4});
    check_term(&store, 2, STORE_ACTIVATING, "\xc3\xa9\n\0\xf0\x9f\x98\x80", 8, 1, (uint32_t[]){5});
    check_term(&store, 3, STORE_IMPORTANT, " the", 4, 1, (uint32_t[]){7});
    neuron_store_file_free(&store);
}

static void fits_come_sorted_and_nan_is_kept(void **state)
{
    (void)state;
    struct saved_file file = load_stats();
    struct graph_stats stats = {0};
    if (!graph_stats_read(&stats, file.bytes, file.length, 2, 4, reason))
        fail_msg("refused: %s", reason);
    free(file.bytes);
    assert_int_equal(stats.count, 2);
    const struct graph_fit *first = &stats.fits[0], *second = &stats.fits[1];
    assert_true(first->layer == 0 && first->neuron == 2 && second->layer == 1 && second->neuron == 3);
    assert_true(first->accuracy == 1 && isnan(first->firing.f1_score) && first->non_firing.precision == 0.001);
    assert_true(second->non_firing.f1_score == 0.9904115061925689 && second->non_firing.count == 2507);
    assert_true(isnan(second->firing.precision) && second->firing.recall == 0 && second->firing.count == 53);
    graph_stats_free(&stats);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    struct saved_file store = load_store(), stats = load_stats();
    for (size_t length = 0; length < store.length - 2; length++) {
        struct saved_file cut = saved_file_cut(store, length);
        assert_false(is_store(cut));
        free(cut.bytes);
    }
    for (size_t length = 0; length < stats.length - 2; length++) {
        struct saved_file cut = saved_file_cut(stats, length);
        assert_false(are_stats(cut));
        free(cut.bytes);
    }
    assert_true(is_store(store) && are_stats(stats));
    free(store.bytes);
    free(stats.bytes);
}

static void a_byte_changed_anywhere_breaks_no_promise(void **state)
{
    (void)state;
    static const char odd[] = "\"\\{}[],:0_u \n-N\xc3";
    struct saved_file store = load_store(), stats = load_stats();
    for (size_t i = 0; i < sizeof odd; i++) {
        for (size_t at = 0; at < store.length; at++) {
            struct saved_file changed = saved_file_splice(store, at, 1, &odd[i], 1);
            is_store(changed);
            free(changed.bytes);
        }
        for (size_t at = 0; at < stats.length; at++) {
            struct saved_file changed = saved_file_splice(stats, at, 1, &odd[i], 1);
            are_stats(changed);
            free(changed.bytes);
        }
    }
    free(store.bytes);
    free(stats.bytes);
}

static void the_reason_names_line_and_column(void **state)
{
    (void)state;
    struct saved_file file = load_store(), changed = saved_file_replace(file, "\"1_0\"", "\"1_4\"", false);
    assert_false(is_store(changed));
    assert_string_equal(reason,
                        "line 5 column 12: \"1_4\" is no neuron of a model of 2 layers of 4 neurons, such as \"0_17\"");
    free(changed.bytes);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_come_sorted_and_each_neuron_once),
        cmocka_unit_test(fits_come_sorted_and_nan_is_kept),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(a_byte_changed_anywhere_breaks_no_promise),
        cmocka_unit_test(the_reason_names_line_and_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
