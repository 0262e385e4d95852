/* What services about single neurons share; see neuron_service.h. */
#include "neuron_service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "shortest.h"

/* Numbers as text, kept from one reply to the next: activations are of sixteen bits and come again and again. */
enum { NUMBER_TEXTS = 8192 };
struct number_text {
    uint64_t bits;
    uint8_t length; /* 0: an empty cell */
    char text[NUMBER_TEXT_SIZE];
};
static struct number_text number_texts[NUMBER_TEXTS];

enum db_status neuron_service_send(struct exchange *x, const struct target *target, enum statement statement)
{
    /* Indexes beyond a key's bits are no neuron's: receive_model answers those. */
    int32_t layer = target->layer <= UINT16_MAX ? (int32_t)target->layer : 0;
    int32_t neuron = target->neuron <= INT32_MAX ? (int32_t)target->neuron : 0;
    return db_send(x->db, statement, 3,
                   (struct db_param[]){db_text(target->model_name), db_int4(layer), db_int4(neuron)});
}

enum service_outcome neuron_service_no_level(const struct target *target, const char *service,
                                             char reason[SERVICE_REASON_SIZE])
{
    snprintf(reason, SERVICE_REASON_SIZE, "No %s data exists for service '%s' for model '%s'.",
             target->level == LEVEL_MODEL ? "model" : "layer", service, target->model.name);
    return SERVICE_ABSENT;
}

enum service_outcome neuron_service_no_data(const struct target *target, const char *what, const char *kind,
                                            char reason[SERVICE_REASON_SIZE])
{
    snprintf(reason, SERVICE_REASON_SIZE,
             "Database has no %s of neuron l%" PRIu32 "n%" PRIu32 " in model '%s'. To store it: "
             "deepdecipher-ingest explainer %s%s --layers %" PRIu32 " --neurons %" PRIu32,
             what, target->layer, target->neuron, target->model.name, target->model.name, kind, target->layer,
             target->neuron);
    return SERVICE_ABSENT;
}

enum service_outcome neuron_service_broken(struct exchange *x, const struct target *target, const char *what)
{
    exchange_internal_error(x, "the %s of neuron l%" PRIu32 "n%" PRIu32 " of '%s' are stored wrongly", what,
                            target->layer, target->neuron, target->model.name);
    return SERVICE_ANSWERED;
}

void neuron_service_index(struct buffer *body, uint32_t layer, uint32_t neuron)
{
    buffer_printf(body, "\"neuron_index\":{\"layer\":%" PRIu32 ",\"neuron\":%" PRIu32 "}", layer, neuron);
}

uint32_t *neuron_service_tokens(struct exchange *x, const struct target *target, const uint8_t *packed, size_t length,
                                uint32_t count, const struct token_texts **texts)
{
    uint32_t highest = 0;
    uint32_t *ids = count <= length ? malloc((count + 1) * sizeof *ids) : NULL;
    if (ids == NULL || !unpack_tokens(packed, length, ids, count)) {
        free(ids);
        (void)neuron_service_broken(x, target, "tokens");
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++)
        highest = ids[i] > highest ? ids[i] : highest;
    if ((*texts = token_cache_get(x, target->model.vocabulary_id, highest)) == NULL) {
        free(ids);
        return NULL;
    }
    return ids;
}

void neuron_service_number(struct buffer *body, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    struct number_text *cell = &number_texts[(bits * UINT64_C(0x9E3779B97F4A7C15)) >> 51];
    _Static_assert(NUMBER_TEXTS == 1 << 13, "13 bits of the product choose the cell");
    if (cell->length == 0 || cell->bits != bits) {
        cell->length = (uint8_t)float64_print(cell->text, value);
        cell->bits = bits;
    }
    buffer_add(body, cell->text, cell->length);
}

void neuron_service_numbers(const struct packed_numbers *numbers, uint32_t first, uint32_t count, struct buffer *body)
{
    buffer_add_char(body, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_char(body, ',');
        neuron_service_number(body, packed_numbers_get(numbers, first + i));
    }
    buffer_add_char(body, ']');
}
