/*
 * Any bytes as Neuron2Graph's neuron_store.json and stats.json. What is read must keep the promises of the two headers.
 * Seeds: tests/data/n2g_json.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "ingest/graph_stats.h"
#include "ingest/neuron_store_file.h"

enum { NUM_LAYERS = 2, LAYER_SIZE = 40 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void store_check(const struct neuron_store_file *store)
{
    assert(store->num_terms > 0);
    for (size_t i = 0; i < store->num_terms; i++) {
        const struct store_term *term = &store->terms[i];
        assert(term->token_length <= STORE_TOKEN_MAX && term->token_at + term->token_length <= store->tokens_length);
        assert(term->count > 0 && term->first + term->count <= store->num_neurons);
        for (size_t j = 0; j < term->count; j++) {
            assert(store->neurons[term->first + j] < NUM_LAYERS * LAYER_SIZE);
            assert(j == 0 || store->neurons[term->first + j - 1] < store->neurons[term->first + j]);
        }
    }
}

static void share_check(double share)
{
    assert(isnan(share) || (share >= 0 && share <= 1));
}

static void stats_check(const struct graph_stats *stats)
{
    assert(stats->count > 0 && stats->count <= NUM_LAYERS * LAYER_SIZE);
    for (size_t i = 0; i < stats->count; i++) {
        const struct graph_fit *fit = &stats->fits[i];
        assert(fit->layer >= 0 && fit->layer < NUM_LAYERS && fit->neuron >= 0 && fit->neuron < LAYER_SIZE);
        share_check(fit->accuracy);
        share_check(fit->firing.f1_score);
        assert(fit->firing.count >= 0 && fit->non_firing.count >= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct neuron_store_file store;
    static struct graph_stats stats;
    char reason[JSON_SCAN_REASON_SIZE];
    if (neuron_store_file_read(&store, (const char *)data, size, NUM_LAYERS, LAYER_SIZE, reason))
        store_check(&store);
    else
        assert(reason[0] != '\0' && store.num_terms == 0);
    if (graph_stats_read(&stats, (const char *)data, size, NUM_LAYERS, LAYER_SIZE, reason))
        stats_check(&stats);
    else
        assert(reason[0] != '\0' && stats.count == 0);
    return 0;
}
