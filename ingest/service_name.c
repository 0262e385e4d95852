#include "service_name.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Addresses and services that the API has; a unit test compares them with its table. And what else answers call
 * something that stands beside services. */
static const char *const reserved[] = {
    "activation_statistics",
    "all",
    "available",
    "batch",
    "connections",
    "coverage",
    "error",
    "explanations",
    "feature_examples",
    "features",
    "json",
    "layer",
    "metadata",
    "model",
    "neuron",
    "neuron2graph",
    "neuron2graph-search",
    "neuron_explainer",
    "neuronpedia",
    "neurons",
    "neuroscope",
    "records",
    "search",
    "similar",
    "tokens",
};

static bool is_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(name, reserved[i]) == 0)
            return true;
    return false;
}

bool service_name_check(const char *name, char reason[SERVICE_NAME_REASON_SIZE])
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789",
                      rest[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t length = strlen(name);
    if (length == 0 || length > SERVICE_NAME_MAX || strchr(first, name[0]) == NULL || strspn(name, rest) != length)
        snprintf(reason, SERVICE_NAME_REASON_SIZE,
                 "must be 1 to %d of a-z, 0-9, _ and -, the first a letter or a digit", SERVICE_NAME_MAX);
    else if (strspn(name, "0123456789") == length)
        snprintf(reason, SERVICE_NAME_REASON_SIZE, "must have more than digits: a number there is a layer in the API");
    else if (is_reserved(name))
        snprintf(reason, SERVICE_NAME_REASON_SIZE, "that name is built in: choose another");
    else
        return true;
    return false;
}
