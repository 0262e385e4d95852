/*
 * The part of verify that reads graphs again and compares them with what was stored.
 */
#include "neuron_graph.h"
#include "verification.h"

#include <string.h>

enum { GRAPHS_AT_ONCE = 256 };

/* Columns of STATEMENT_VERIFY_GRAPHS. */
enum { COLUMN_NEURON_ID, COLUMN_NUM_NODES, COLUMN_NUM_ACTIVATING, COLUMN_NUM_EDGES, COLUMN_DOT, COLUMN_GRAPH };

/* What is wrong, or NULL. */
static const char *verify_row(const PGresult *rows, int row, struct dot_graph *graph, struct text *json)
{
    char reason[DOT_REASON_SIZE];
    size_t dot_length, json_length;
    const char *dot = (const char *)db_get_bytes(rows, row, COLUMN_DOT, &dot_length);
    const uint8_t *stored = db_get_bytes(rows, row, COLUMN_GRAPH, &json_length);
    if (!dot_graph_read(graph, dot, dot_length, reason))
        return "the graph's DOT can not be read";
    if ((size_t)db_get_int4(rows, row, COLUMN_NUM_NODES) != graph->num_nodes ||
        (size_t)db_get_int4(rows, row, COLUMN_NUM_ACTIVATING) != dot_graph_num_activating(graph) ||
        (size_t)db_get_int4(rows, row, COLUMN_NUM_EDGES) != graph->num_edges)
        return "the graph has not as many nodes or edges as is told";
    text_reset(json);
    neuron_graph_write(graph, json);
    return json->length != json_length || memcmp(json->bytes, stored, json_length) != 0
               ? "the graph as it is served is not that of its DOT"
               : NULL;
}

static void look(struct verification *v, const PGresult *rows)
{
    struct dot_graph graph = {0};
    struct text json = {0};
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *fault = verify_row(rows, row, &graph, &json);
        if (fault != NULL)
            findings_add(&v->findings, fault, MEND_AGAIN, "n2g", NULL, db_get_int8(rows, row, COLUMN_NEURON_ID));
        v->num_others++;
    }
    dot_graph_free(&graph);
    text_free(&json);
}

enum db_status verify_graphs(struct verification *v)
{
    return verification_walk(v, STATEMENT_VERIFY_GRAPHS, -1, GRAPHS_AT_ONCE, look);
}
