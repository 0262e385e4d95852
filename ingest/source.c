#include "source.h"

#include <string.h>

const struct source *const sources[] = {&neuroscope_source, &n2g_source, &n2g_stats_source, &neuron_store_source};
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
    for (size_t i = 0; i < num_sources; i++)
        if (sources[i]->source_id == source_id)
            return sources[i];
    return NULL;
}
