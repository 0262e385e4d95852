/*
 * A neuron's graph as Neuron2Graph writes it in DOT, and nothing else that DOT can say. Bytes in, nodes and edges out. Pure.
 *
 *     digraph {
 *         graph [nodesep=0.2 …]
 *         node [fixedsize=true …]
 *         1 -> 2 [dir=back penwidth=3]                       1 needs 2 in its context
 *         subgraph cluster_3 {pencolor=white penwidth=3}     the root: empty
 *         subgraph cluster_2 {… 1 [label=" the" fillcolor="#ff1313" …]}    tokens that excite the neuron: red
 *         subgraph cluster_1 {… 2 [label=And fillcolor="#8d8dff" …]}       the token before them: blue
 *     }
 */
#ifndef DEEPDECIPHER_DOT_GRAPH_H
#define DEEPDECIPHER_DOT_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DOT_REASON_SIZE = 256 };

enum dot_form { DOT_QUOTED, DOT_BARE, DOT_HTML }; /* "the" with its quotes, the, <the> */

/* Text between the quotes or, without quotes, all of it; with DOT's escapes as they are. Borrows the bytes read. */
struct dot_label {
    enum dot_form form;
    const char *text;
    size_t length;
};

struct dot_node {
    uint32_t id; /* in the file */
    struct dot_label label;
    uint8_t green; /* of its colour: importance is 1 - green / 255 */
};

/* Numbers are places in `nodes`, in the file's order. */
struct dot_edge {
    uint32_t node, required;
};

struct dot_graph {
    struct dot_node *nodes;
    size_t num_nodes;
    struct dot_edge *edges; /* by `node`; of one node in the file's order */
    size_t num_edges;
    uint32_t *clusters; /* [num_clusters + 1] place of each one's first node, and num_nodes */
    size_t num_clusters;
    /* The reader's: */
    size_t nodes_capacity, edges_capacity, clusters_capacity;
    struct dot_edge *written; /* edges as the file has them: ids */
    size_t written_capacity;
    struct dot_place *places; /* ids by size */
    size_t places_capacity;
};

/* Reads all of `bytes`; false with a reason of one line. A graph that is all zeros is ready; its memory serves the next one.
 * What it holds borrows `bytes`. */
bool dot_graph_read(struct dot_graph *graph, const char *bytes, size_t length, char reason[DOT_REASON_SIZE])
    __attribute__((warn_unused_result));
void dot_graph_free(struct dot_graph *graph);

/* Nodes of the second cluster, which come first: their tokens excite the neuron. */
size_t dot_graph_num_activating(const struct dot_graph *graph);

#endif
