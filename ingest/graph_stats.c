#include "graph_stats.h"

#include <math.h>
#include <stdlib.h>

/* What an object must have, as bits. */
enum { HAS_ACCURACY = 1, HAS_FIRING = 2, HAS_NON_FIRING = 4, HAS_ALL_FIT = 7 };
enum { HAS_PRECISION = 1, HAS_RECALL = 2, HAS_F1_SCORE = 4, HAS_COUNT = 8, HAS_ALL_SCORE = 15 };

/* A key that must be an index below `count`. */
static bool read_index(struct json_scan *scan, const struct json_text *key, const char *what, int32_t count,
                       int32_t *index)
{
    int64_t value = 0;
    bool is_number = key->length > 0 && key->length < 11 && (key->bytes[0] != '0' || key->length == 1);
    for (size_t i = 0; is_number && i < key->length; i++) {
        is_number = key->bytes[i] >= '0' && key->bytes[i] <= '9';
        value = 10 * value + (key->bytes[i] - '0');
    }
    if (!is_number)
        return json_scan_fail(scan, "\"%.*s\" is no %s", (int)(key->length < 24 ? key->length : 24), key->bytes, what);
    if (value >= count)
        return json_scan_fail(scan, "there is %s %lld, but the model has %d, numbered from 0", what, (long long)value,
                              count);
    *index = (int32_t)value;
    return true;
}

static bool note(struct json_scan *scan, unsigned *seen, unsigned bit)
{
    if (*seen & bit)
        return json_scan_fail(scan, "a key comes twice");
    *seen |= bit;
    return true;
}

/* A number from 0 to 1, or NaN. What is wrong stays in `scan`, here and below. */
static void read_share(struct json_scan *scan, unsigned *seen, unsigned bit, double *value)
{
    if (note(scan, seen, bit) && json_scan_number(scan, value) && !isnan(*value) && !(*value >= 0 && *value <= 1))
        json_scan_fail(scan, "%g is not between 0 and 1", *value);
}

static void read_count(struct json_scan *scan, unsigned *seen, unsigned bit, int32_t *count)
{
    double value;
    if (!note(scan, seen, bit) || !json_scan_number(scan, &value))
        return;
    if (value >= 0 && value <= INT32_MAX && value == floor(value))
        *count = (int32_t)value;
    else
        json_scan_fail(scan, "%g is no count", value);
}

static void read_score(struct json_scan *scan, unsigned *seen_before, unsigned bit, struct graph_score *score)
{
    struct json_text key;
    unsigned seen = 0;
    if (!note(scan, seen_before, bit) || !json_scan_enter(scan, '{'))
        return;
    while (json_scan_key(scan, &key)) {
        if (json_text_is(&key, "precision"))
            read_share(scan, &seen, HAS_PRECISION, &score->precision);
        else if (json_text_is(&key, "recall"))
            read_share(scan, &seen, HAS_RECALL, &score->recall);
        else if (json_text_is(&key, "f1_score"))
            read_share(scan, &seen, HAS_F1_SCORE, &score->f1_score);
        else if (json_text_is(&key, "count"))
            read_count(scan, &seen, HAS_COUNT, &score->count);
        else
            json_scan_skip(scan);
    }
    if (seen != HAS_ALL_SCORE)
        json_scan_fail(scan, "precision, recall, f1_score or count is missing");
}

static bool read_fit(struct json_scan *scan, struct graph_fit *fit)
{
    struct json_text key;
    unsigned seen = 0;
    if (!json_scan_enter(scan, '{'))
        return false;
    while (json_scan_key(scan, &key)) {
        if (json_text_is(&key, "accuracy"))
            read_share(scan, &seen, HAS_ACCURACY, &fit->accuracy);
        else if (json_text_is(&key, "firing"))
            read_score(scan, &seen, HAS_FIRING, &fit->firing);
        else if (json_text_is(&key, "non_firing"))
            read_score(scan, &seen, HAS_NON_FIRING, &fit->non_firing);
        else
            json_scan_skip(scan);
    }
    return json_scan_is_fine(scan) &&
           (seen == HAS_ALL_FIT ||
            json_scan_fail(scan, "accuracy, firing or non_firing of l%dn%d is missing", fit->layer, fit->neuron));
}

static struct graph_fit *add(struct graph_stats *stats)
{
    if (stats->count == stats->capacity) {
        stats->capacity = 2 * stats->capacity + 256;
        stats->fits = realloc(stats->fits, stats->capacity * sizeof *stats->fits);
        if (stats->fits == NULL)
            abort();
    }
    return &stats->fits[stats->count++];
}

static bool read_layer(struct json_scan *scan, struct graph_stats *stats, int32_t layer, int32_t layer_size)
{
    struct json_text key;
    if (!json_scan_enter(scan, '{'))
        return false;
    while (json_scan_key(scan, &key)) {
        struct graph_fit fit = {.layer = layer};
        if (read_index(scan, &key, "neuron", layer_size, &fit.neuron) && read_fit(scan, &fit))
            *add(stats) = fit;
    }
    return json_scan_is_fine(scan);
}

static int compare(const void *a, const void *b)
{
    const struct graph_fit *left = a, *right = b;
    int layers = (left->layer > right->layer) - (left->layer < right->layer);
    return layers != 0 ? layers : (left->neuron > right->neuron) - (left->neuron < right->neuron);
}

static bool sort(struct json_scan *scan, struct graph_stats *stats)
{
    if (stats->count == 0)
        return json_scan_fail(scan, "there is no neuron in it");
    qsort(stats->fits, stats->count, sizeof *stats->fits, compare);
    for (size_t i = 1; i < stats->count; i++)
        if (compare(&stats->fits[i - 1], &stats->fits[i]) == 0)
            return json_scan_fail(scan, "l%dn%d comes twice", stats->fits[i].layer, stats->fits[i].neuron);
    return true;
}

bool graph_stats_read(struct graph_stats *stats, const char *bytes, size_t length, int32_t num_layers,
                      int32_t layer_size, char reason[JSON_SCAN_REASON_SIZE])
{
    struct json_scan scan = {0};
    struct json_text key;
    int32_t layer;
    stats->count = 0;
    bool is_fine = json_scan_open(&scan, bytes, length, reason) && json_scan_enter(&scan, '{');
    while (is_fine && json_scan_key(&scan, &key))
        is_fine = read_index(&scan, &key, "layer", num_layers, &layer) && read_layer(&scan, stats, layer, layer_size);
    is_fine = json_scan_close(&scan) && sort(&scan, stats);
    json_scan_free(&scan);
    if (!is_fine)
        stats->count = 0;
    return is_fine;
}

void graph_stats_free(struct graph_stats *stats)
{
    free(stats->fits);
    *stats = (struct graph_stats){0};
}
