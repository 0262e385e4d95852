/* How numbers are spread; see histogram.h. */
#include "histogram.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "json.h"

static void find_ends(struct histogram *h, const double *values, size_t count)
{
    bool is_first = true;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i]))
            continue;
        h->low = is_first || values[i] < h->low ? values[i] : h->low;
        h->high = is_first || values[i] > h->high ? values[i] : h->high;
        is_first = false;
    }
}

void histogram_count(struct histogram *h, const double *values, size_t count, size_t num_bins)
{
    assert(num_bins >= 1 && num_bins <= HISTOGRAM_BINS_MAX);
    *h = (struct histogram){.num_bins = num_bins};
    find_ends(h, values, count);
    /* Halves of numbers of opposite sign differ by no more than a double holds. */
    double scale = isfinite(h->high - h->low) ? 1 : 0.5;
    double width = h->high * scale - h->low * scale;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i]))
            continue;
        double place = width > 0 ? (values[i] * scale - h->low * scale) / width * (double)num_bins : 0;
        size_t bin = (size_t)place;
        h->counts[bin < num_bins ? bin : num_bins - 1]++;
    }
}

void histogram_write(const struct histogram *h, struct buffer *body)
{
    buffer_add_text(body, "{\"counts\":[");
    for (size_t i = 0; i < h->num_bins; i++) {
        if (i > 0)
            buffer_add_char(body, ',');
        json_uint(body, h->counts[i]);
    }
    buffer_add_text(body, "],\"high\":");
    json_float64(body, h->high);
    buffer_add_text(body, ",\"low\":");
    json_float64(body, h->low);
    buffer_add_char(body, '}');
}
