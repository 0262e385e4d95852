/*
 * The service connections; see connection.h. As tensors, for each direction (upstream, downstream) that the neuron has:
 *   DIRECTION_weights  float64 [neurons]      highest first, then the negative ones, lowest first
 *   DIRECTION_neurons  int32   [neurons, 2]   layer and index of the other neuron
 */
#include "connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection_walk.h"
#include "json.h"
#include "neuron_service.h"
#include "rows.h"

/* Columns of STATEMENT_CONNECTIONS and, with a neuron's key in place of the direction, STATEMENT_CONNECTIONS_OF. */
enum { COLUMN_DIRECTION, COLUMN_NEURON_ID = COLUMN_DIRECTION, COLUMN_NUM_POSITIVE, COLUMN_NEURONS, COLUMN_WEIGHTS };

/* A row, opened. */
struct links {
    struct packed_numbers weights;
    uint32_t *neurons; /* [weights.count] */
    uint32_t num_positive;
};

static enum db_status send_statements(struct exchange *x, const struct target *target, int *count)
{
    *count = target->level == LEVEL_NEURON;
    return *count > 0 ? neuron_service_send(x, target, STATEMENT_CONNECTIONS) : DB_OK;
}

/* False: answered. */
static bool open_links(struct exchange *x, const struct target *target, const PGresult *rows, int row,
                       struct links *links)
{
    size_t neurons_length, weights_length;
    const uint8_t *neurons = db_get_bytes(rows, row, COLUMN_NEURONS, &neurons_length);
    const uint8_t *weights = db_get_bytes(rows, row, COLUMN_WEIGHTS, &weights_length);
    links->num_positive = (uint32_t)db_get_int2(rows, row, COLUMN_NUM_POSITIVE);
    bool is_fine = packed_numbers_open(&links->weights, weights, weights_length) &&
                   links->num_positive <= links->weights.count && links->weights.count <= neurons_length;
    links->neurons = is_fine ? malloc((links->weights.count + 1) * sizeof *links->neurons) : NULL;
    if (links->neurons != NULL && unpack_tokens(neurons, neurons_length, links->neurons, links->weights.count))
        return true;
    free(links->neurons);
    return neuron_service_broken(x, target, "connections") != SERVICE_ANSWERED;
}

/* `"layer":0,"neuron":1` */
static void write_neuron(const struct target *target, uint32_t neuron, struct buffer *body)
{
    uint32_t layer_size = (uint32_t)target->model.layer_size;
    buffer_printf(body, "\"layer\":%" PRIu32 ",\"neuron\":%" PRIu32, neuron / layer_size, neuron % layer_size);
}

/* `[{"layer":1,"neuron":2,"weight":0.5},…]`, the first `limit` of them */
static void write_list(const struct target *target, const struct links *links, uint32_t first, uint32_t end,
                       struct buffer *body)
{
    if (end - first > (uint32_t)target->limit)
        end = first + (uint32_t)target->limit;
    buffer_add_char(body, '[');
    for (uint32_t i = first; i < end; i++) {
        buffer_add_text(body, i > first ? ",{" : "{");
        write_neuron(target, links->neurons[i], body);
        buffer_add_text(body, ",\"weight\":");
        neuron_service_number(body, packed_numbers_get(&links->weights, i));
        buffer_add_char(body, '}');
    }
    buffer_add_char(body, ']');
}

static int row_of(const PGresult *rows, const char *direction)
{
    for (int row = 0; row < PQntuples(rows); row++)
        if (strcmp(db_get_text(rows, row, COLUMN_DIRECTION), direction) == 0)
            return row;
    return -1;
}

/* `"upstream":{"negative":…,"positive":…}` or null; false: answered. */
static bool write_direction(struct exchange *x, const struct target *target, const PGresult *rows,
                            const char *direction, struct buffer *body)
{
    struct links links;
    int row = row_of(rows, direction);
    json_key(body, direction);
    if (row < 0) {
        buffer_add_text(body, "null");
        return true;
    }
    if (!open_links(x, target, rows, row, &links))
        return false;
    buffer_add_text(body, "{\"negative\":");
    write_list(target, &links, links.num_positive, links.weights.count, body);
    buffer_add_text(body, ",\"positive\":");
    write_list(target, &links, 0, links.num_positive, body);
    buffer_add_char(body, '}');
    free(links.neurons);
    return true;
}

/* Offers all connections of a row; false: answered. */
static bool offer_row(struct exchange *x, const struct target *target, struct walk *walk, uint32_t from,
                      const PGresult *rows, int row)
{
    struct links links;
    if (!open_links(x, target, rows, row, &links))
        return false;
    for (uint32_t i = 0; i < links.weights.count; i++)
        walk_offer(walk, from, links.neurons[i], packed_numbers_get(&links.weights, i));
    free(links.neurons);
    return true;
}

/* Key of the neuron with a number as in connection_walk.h. */
static int64_t key_of(const struct target *target, uint32_t neuron)
{
    uint32_t layer_size = (uint32_t)target->model.layer_size;
    return (int64_t)((uint64_t)target->model.model_id << 48 | (uint64_t)(neuron / layer_size) << 32 |
                     neuron % layer_size);
}

static uint32_t number_of(const struct target *target, int64_t neuron_id)
{
    return (uint32_t)(neuron_id >> 32 & UINT16_MAX) * (uint32_t)target->model.layer_size + (uint32_t)neuron_id;
}

/* Asks for the connections of the frontier and offers them; false: answered. */
static bool offer_frontier(struct exchange *x, const struct target *target, struct walk *walk, const char *direction)
{
    struct rows ids = {0};
    PGresult *rows;
    bool is_fine;
    array_start(&ids, ARRAY_INT8);
    for (size_t i = walk->frontier; i < walk->count; i++)
        rows_int8(&ids, key_of(target, walk->neurons[i]));
    db_continue(x->db);
    is_fine = exchange_db_ok(
        x, db_query(x->db, STATEMENT_CONNECTIONS_OF, 2,
                    (struct db_param[]){array_param(&ids, walk->count - walk->frontier), db_text(direction)}, &rows));
    for (int row = 0; is_fine && row < PQntuples(rows); row++)
        is_fine = offer_row(x, target, walk, number_of(target, db_get_int8(rows, row, COLUMN_NEURON_ID)), rows, row);
    rows_free(&ids);
    return is_fine;
}

/* Walks `depth` hops; `limit` neurons. False: answered. */
static bool make_walk(struct exchange *x, const struct target *target, const PGresult *rows, const char *direction,
                      size_t limit, struct walk *walk)
{
    uint32_t start = target->layer * (uint32_t)target->model.layer_size + target->neuron;
    int row = row_of(rows, direction);
    walk_start(walk, start, target->depth, limit);
    if (row < 0)
        return true;
    if (!offer_row(x, target, walk, start, rows, row))
        return false;
    while (walk_hop(walk))
        if (!offer_frontier(x, target, walk, direction))
            return false;
    return true;
}

/* Elements `{"from":{…},"to":{…},"weight":…}`: from is always the neuron that writes. */
static void write_edges(const struct target *target, const struct walk *walk, bool is_upstream, struct buffer *body)
{
    for (size_t i = 0; i < walk->num_edges; i++) {
        const struct walk_edge *edge = &walk->edges[i];
        buffer_add_text(body, body->data[body->length - 1] == '[' ? "{\"from\":{" : ",{\"from\":{");
        write_neuron(target, is_upstream ? edge->to : edge->from, body);
        buffer_add_text(body, "},\"to\":{");
        write_neuron(target, is_upstream ? edge->from : edge->to, body);
        buffer_add_text(body, "},\"weight\":");
        neuron_service_number(body, edge->weight);
        buffer_add_char(body, '}');
    }
}

/* Elements `{"hop":-1,"layer":0,"neuron":1}`: hops upstream count down from 0. */
static void write_reached(const struct target *target, const struct walk *walk, bool is_upstream, struct buffer *body)
{
    for (size_t i = 1; i < walk->count; i++) {
        buffer_printf(body, "%s{\"hop\":%d,", body->data[body->length - 1] == '[' ? "" : ",",
                      is_upstream ? -walk->hops[i] : walk->hops[i]);
        write_neuron(target, walk->neurons[i], body);
        buffer_add_char(body, '}');
    }
}

/* `"edges":[…],"neuron_index":…,"neurons":[…],` of both walks. */
static void write_walks(const struct target *target, const struct walk *up, const struct walk *down,
                        struct buffer *body)
{
    if (buffer_reserve(body, 1) == NULL) /* the writers look back at the last byte */
        return;
    buffer_add_text(body, "\"edges\":[");
    write_edges(target, up, true, body);
    write_edges(target, down, false, body);
    buffer_add_text(body, "],");
    neuron_service_index(body, target->layer, target->neuron);
    buffer_add_text(body, ",\"neurons\":[");
    write_reached(target, up, true, body);
    write_reached(target, down, false, body);
    buffer_add_text(body, "],");
}

/* The part of a reply that only a depth over 1 has; false: answered. */
static bool write_depth(struct exchange *x, const struct target *target, const PGresult *rows, struct buffer *body)
{
    struct walk up, down;
    size_t limit = (size_t)target->limit, half = (limit + 1) / 2;
    bool has_both = row_of(rows, "upstream") >= 0 && row_of(rows, "downstream") >= 0;
    bool is_fine = make_walk(x, target, rows, "upstream", has_both ? half : limit, &up);
    if (is_fine)
        is_fine = make_walk(x, target, rows, "downstream", has_both ? limit - half : limit, &down);
    else
        walk_start(&down, 0, 1, 0);
    if (is_fine)
        write_walks(target, &up, &down, body);
    walk_clear(&up);
    walk_clear(&down);
    return is_fine;
}

static enum service_outcome write_data(struct exchange *x, const struct target *target, PGresult *const answers[],
                                       struct buffer *body, char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[0];
    if (target->level != LEVEL_NEURON)
        return neuron_service_no_level(target, "connections", reason);
    if (PQntuples(rows) == 0)
        return neuron_service_no_data(target, "connections", " --kind related-neurons", reason);
    buffer_add_char(body, '{');
    if (!write_direction(x, target, rows, "downstream", body))
        return SERVICE_ANSWERED;
    buffer_add_char(body, ',');
    if (target->depth > 1) {
        if (!write_depth(x, target, rows, body))
            return SERVICE_ANSWERED;
    } else {
        neuron_service_index(body, target->layer, target->neuron);
        buffer_add_char(body, ',');
    }
    if (!write_direction(x, target, rows, "upstream", body))
        return SERVICE_ANSWERED;
    buffer_add_char(body, '}');
    return SERVICE_WRITTEN;
}

/* `DIRECTION_weights` or `DIRECTION_neurons` of all rows. False: answered. */
static bool add_tensors(struct exchange *x, const struct target *target, const PGresult *rows, bool is_neurons,
                        struct safetensors *file)
{
    uint32_t layer_size = (uint32_t)target->model.layer_size;
    for (int row = 0; row < PQntuples(rows) && !db_is_null(rows, row, COLUMN_DIRECTION); row++) {
        struct links links;
        char name[32];
        if (!open_links(x, target, rows, row, &links))
            return false;
        const size_t shape[] = {links.weights.count, 2};
        snprintf(name, sizeof name, "%s_%s", db_get_text(rows, row, COLUMN_DIRECTION),
                 is_neurons ? "neurons" : "weights");
        void *place = safetensors_add(file, name, is_neurons ? TENSOR_I32 : TENSOR_F64, shape, is_neurons ? 2 : 1);
        for (uint32_t i = 0; place != NULL && i < links.weights.count; i++) {
            if (is_neurons) {
                ((int32_t *)place)[2 * i] = (int32_t)(links.neurons[i] / layer_size);
                ((int32_t *)place)[2 * i + 1] = (int32_t)(links.neurons[i] % layer_size);
            } else {
                ((double *)place)[i] = packed_numbers_get(&links.weights, i);
            }
        }
        free(links.neurons);
    }
    return true;
}

static enum service_outcome write_tensors(struct exchange *x, const struct target *target, PGresult *const answers[],
                                          struct safetensors *file, char reason[SERVICE_REASON_SIZE])
{
    const PGresult *rows = answers[0];
    if (PQntuples(rows) == 0)
        return neuron_service_no_data(target, "connections", " --kind related-neurons", reason);
    bool is_fine = add_tensors(x, target, rows, false, file) && add_tensors(x, target, rows, true, file);
    return is_fine ? SERVICE_WRITTEN : SERVICE_ANSWERED;
}

const struct service connections_service = {
    .name = "connections",
    .source = "explainer-related-neurons",
    .document_key = "connections",
    .available_name = "Connections",
    .parameters = {[LEVEL_NEURON] = "depth limit"},
    .send = send_statements,
    .write = write_data,
    .write_tensors = write_tensors,
};
