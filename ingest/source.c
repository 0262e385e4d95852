#include "source.h"

#include <string.h>

const struct source *const sources[] = {
    &neuroscope_source,
    &explainer_explanations_source,
    &explainer_activations_source,
    &explainer_neurons_source,
    &explainer_tokens_source,
    &explainer_averages_source,
    &n2g_source,
    &n2g_stats_source,
    &neuron_store_source,
    &json_source,
    &neuronpedia_source,
};
const size_t num_sources = sizeof sources / sizeof *sources;

const struct source *source_find(const char *name)
{
    for (size_t i = 0; i < num_sources; i++)
        if (strcmp(sources[i]->name, name) == 0)
            return sources[i];
    return NULL;
}

const struct source *source_by_id(int16_t source_id)
{
    if (source_id >= SERVICE_SOURCE_MIN)
        return &json_source;
    for (size_t i = 0; i < num_sources; i++)
        if (sources[i]->source_id == source_id)
            return sources[i];
    return NULL;
}

const struct source *source_of_kind(const char *family, const char *kind)
{
    for (size_t i = 0; i < num_sources; i++)
        if (sources[i]->kind != NULL && strcmp(sources[i]->family, family) == 0 && strcmp(sources[i]->kind, kind) == 0)
            return sources[i];
    return NULL;
}
