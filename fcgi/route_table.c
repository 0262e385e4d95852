/* The addresses of the API: one row each. The first row that fits wins; see route.h. */
#include "route.h"

#include "batch.h"
#include "coverage.h"
#include "model.h"
#include "neuron_list.h"
#include "scoreboard.h"
#include "search.h"
#include "service.h"
#include "status.h"

const struct route route_table[] = {
    {"/api", METHOD_GET, handle_models, .label = "models", .cache = CACHE_SHORT},
    {"/api/search", METHOD_GET, handle_search, .parameters = "q", .label = "search", .cache = CACHE_SHORT},
    {"/api/search/tokens", METHOD_GET, handle_search_tokens, .parameters = "after case limit match model* q",
     .label = "search_tokens", .cache = CACHE_SHORT},
    {"/api/search/neurons", METHOD_GET, handle_search_neurons,
     .parameters = "after layer* limit model* not* or* peak* token*", .label = "search_neurons", .cache = CACHE_SHORT},
    {"/api/search/explanations", METHOD_GET, handle_search_explanations,
     .parameters = "after limit match max_score min_score model* q", .label = "search_explanations",
     .cache = CACHE_SHORT},
    {"/api/search/texts", METHOD_GET, handle_search_texts, .parameters = "after limit match model* q",
     .label = "search_texts", .cache = CACHE_SHORT},
    {"/api/search/similar", METHOD_GET, handle_search_similar, .parameters = "after limit min_similarity model* neuron",
     .label = "search_similar", .cache = CACHE_SHORT},
    {"/api/batch", METHOD_GET | METHOD_POST, handle_batch, .checks_parameters = true, .label = "batch",
     .cache = CACHE_SHORT},
    {"/api/neurons", METHOD_GET, handle_neurons, .checks_parameters = true, .label = "neurons", .cache = CACHE_SHORT},
    {"/api/{model}/neurons", METHOD_GET, handle_neurons, .checks_parameters = true, .label = "neurons_model",
     .cache = CACHE_SHORT},
    {"/api/{model}/coverage", METHOD_GET, handle_coverage, .label = "coverage", .cache = CACHE_SHORT},
    {"/api/{model}/all", METHOD_GET, handle_all, .parameters = "query", .label = "all_model", .cache = CACHE_SHORT},
    {"/api/{model}/all/{layer}", METHOD_GET, handle_all, .label = "all_layer", .cache = CACHE_SHORT},
    {"/api/{model}/all/{layer}/{neuron}", METHOD_GET, handle_all, .parameters = "texts window", .label = "all_neuron",
     .cache = CACHE_SHORT},
    {"/api/{model}/{layer:index}/{neuron}", METHOD_GET, handle_document, .parameters = "texts window",
     .label = "document", .cache = CACHE_SHORT},
    {"/api/{model}/{service}", METHOD_GET, handle_service, .checks_parameters = true, .label = "service_model",
     .cache = CACHE_SHORT},
    {"/api/{model}/{service}/{layer}", METHOD_GET, handle_service, .checks_parameters = true, .label = "service_layer",
     .cache = CACHE_SHORT},
    {"/api/{model}/{service}/{layer}/{neuron}", METHOD_GET, handle_service, .checks_parameters = true,
     .label = "service_neuron", .cache = CACHE_SHORT},
    {"/bin/{model}/{service}/{layer}/{neuron}", METHOD_GET, handle_tensors, .checks_parameters = true,
     .label = "tensors_neuron", .cache = CACHE_SHORT},
    {"/healthz", METHOD_GET, handle_healthz, .label = "healthz"},
    {"/readyz", METHOD_GET, handle_readyz, .label = "readyz"},
    {"/metrics", METHOD_GET, handle_metrics, .label = "metrics"},
};

const size_t route_table_count = sizeof route_table / sizeof *route_table;

_Static_assert(sizeof route_table / sizeof *route_table < SCOREBOARD_ROUTES_MAX, "raise SCOREBOARD_ROUTES_MAX");
