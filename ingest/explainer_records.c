#include "explainer_records.h"

static bool record_read(struct explainer_document *document, const struct json_place *place,
                        struct explainer_record *record)
{
    struct json_place tokens, activations;
    if (!json_member(place, "tokens", &tokens) || !json_member(place, "activations", &activations) ||
        !explainer_tokens_read(document, &tokens, EXPLAINER_TOKENS_MAX, &record->tokens, &record->num_tokens))
        return false;
    if (record->num_tokens == 0)
        return json_refuse(&tokens, "is empty");
    return explainer_numbers_read(document, &activations, record->num_tokens, "tokens", &record->activations);
}

/* Adds the records of a list; `count` is their number. */
static bool list_read(struct explainer_records *records, const struct json_place *list, size_t *count)
{
    if (!json_get_list(list, EXPLAINER_RECORDS_MAX - records->count, count))
        return false;
    for (size_t i = 0; i < *count; i++) {
        struct json_place element = json_element(list, i);
        if (!record_read(&records->document, &element, &records->records[records->count++]))
            return false;
    }
    return true;
}

static bool quantiles_read(struct explainer_records *records, const struct json_place *lists)
{
    if (!json_get_list(lists, EXPLAINER_QUANTILES_MAX, &records->num_quantiles))
        return false;
    for (size_t i = 0; i < records->num_quantiles; i++) {
        struct json_place list = json_element(lists, i);
        if (!list_read(records, &list, &records->quantile_sizes[i]))
            return false;
    }
    return true;
}

static bool numbers_read(struct explainer_records *records, const struct json_place *root)
{
    static const char *const keys[] = {"mean", "variance", "skewness", "kurtosis"};
    struct json_place moment, boundaries;
    for (size_t i = 0; i < NUM_MOMENTS; i++)
        if (!json_member(root, keys[i], &moment) || !json_get_number_or_null(&moment, &records->moments[i]))
            return false;
    if (!json_member(root, "quantile_boundaries", &boundaries) ||
        !json_get_list(&boundaries, EXPLAINER_QUANTILES_MAX, &records->num_boundaries))
        return false;
    records->boundaries =
        explainer_document_memory(&records->document, records->num_boundaries, sizeof *records->boundaries);
    for (size_t i = 0; i < records->num_boundaries; i++) {
        struct json_place boundary = json_element(&boundaries, i);
        if (!json_get_number_or_null(&boundary, &records->boundaries[i]))
            return false;
    }
    return true;
}

bool explainer_records_read(struct explainer_records *records, const char *bytes, size_t length, int32_t layer,
                            int32_t neuron, char reason[JSON_REASON_SIZE])
{
    const struct json_place *root = &records->document.root;
    struct json_place top, random, quantiles;
    records->count = 0;
    return explainer_document_open(&records->document, bytes, length, reason) &&
           explainer_neuron_check(&records->document, layer, neuron) && numbers_read(records, root) &&
           json_member(root, "most_positive_activation_records", &top) && json_member(root, "random_sample", &random) &&
           json_member(root, "random_sample_by_quantile", &quantiles) && list_read(records, &top, &records->num_top) &&
           list_read(records, &random, &records->num_random) && quantiles_read(records, &quantiles);
}

void explainer_records_clear(struct explainer_records *records)
{
    explainer_document_close(&records->document);
}
