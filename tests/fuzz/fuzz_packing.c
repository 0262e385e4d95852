/*
 * Any bytes as packed columns: reading stays within them, and what is read packs to something that reads the same.
 * The first byte says how many token ids are expected.
 */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sql/client/bfloat16.h"
#include "sql/client/packing.h"

enum { COUNT_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same_number(double one, double other)
{
    return one == other && signbit(one) == signbit(other);
}

/* Packs numbers anew and compares; those that are no numbers cannot be packed. */
static void pack_again(const double *values, uint32_t count)
{
    struct packed_numbers again;
    uint8_t *packed = malloc(pack_activations_bound(count));
    assert(packed != NULL);
    size_t length = pack_activations(values, count, packed);
    assert(length <= pack_activations_bound(count));
    bool is_whole = packed_numbers_open(&again, packed, length);
    assert(is_whole && again.count == count);
    for (uint32_t i = 0; i < count; i++)
        assert(same_number(packed_numbers_get(&again, i), values[i]));
    free(packed);
}

static void check_activations(const uint8_t *data, size_t size)
{
    struct packed_numbers numbers;
    if (!packed_numbers_open(&numbers, data, size))
        return;
    assert(numbers.count <= size || numbers.kind == NUMBER_LISTED); /* whose numbers may take a bit each, or none */
    if (numbers.count > COUNT_MAX)
        return;
    double *values = malloc((numbers.count + 1) * sizeof *values);
    assert(values != NULL);
    bool are_finite = true;
    for (uint32_t i = 0; i < numbers.count; i++) {
        values[i] = packed_numbers_get(&numbers, i);
        are_finite = are_finite && isfinite(values[i]);
    }
    if (are_finite)
        pack_again(values, numbers.count);
    free(values);
}

static void check_tokens(const uint8_t *data, size_t size, size_t count)
{
    uint32_t ids[256], again[256];
    uint8_t packed[256 * 5];
    if (!unpack_tokens(data, size, ids, count))
        return;
    size_t length = pack_tokens(ids, count, packed);
    assert(length <= size && length <= pack_tokens_bound(count));
    bool is_whole = unpack_tokens(packed, length, again, count);
    assert(is_whole && memcmp(ids, again, count * sizeof *ids) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_ready;
    if (!is_ready)
        bfloat16_init();
    is_ready = true;
    check_activations(data, size);
    if (size > 0)
        check_tokens(data + 1, size - 1, data[0]);
    return 0;
}
