/*
 * Any bytes as Neuron2Graph's DOT. What is read must keep the promises of dot_graph.h, and its JSON must render.
 * Seeds: tests/data/dot_graph.
 */
#include <assert.h>
#include <string.h>

#include "fcgi/graph_dot.h"
#include "ingest/neuron_graph.h"
#include "sql/client/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void edges_check(const struct dot_graph *graph)
{
    for (size_t i = 0; i < graph->num_edges; i++) {
        assert(graph->edges[i].node < graph->edges[i].required && graph->edges[i].required < graph->num_nodes);
        assert(i == 0 || graph->edges[i - 1].node <= graph->edges[i].node);
    }
    assert(graph->num_clusters >= 1 && graph->clusters[0] == 0 && graph->clusters[1] == 0);
    assert(graph->clusters[graph->num_clusters] == graph->num_nodes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dot_graph graph;
    static struct text text;
    char reason[DOT_REASON_SIZE] = "";
    if (!dot_graph_read(&graph, (const char *)data, size, reason)) {
        assert(strncmp(reason, "line ", 5) == 0);
        return 0;
    }
    edges_check(&graph);
    for (size_t i = 0; i < graph.num_nodes; i++) {
        text_reset(&text);
        neuron_graph_token(&graph.nodes[i].label, &text);
        assert(text.length <= 3 * graph.nodes[i].label.length &&
               utf8_valid_length(text.bytes, text.length) == text.length);
        assert(text.length == 0 || memchr(text.bytes, '\0', text.length) == NULL);
    }
    text_reset(&text);
    neuron_graph_write(&graph, &text);
    text_add_char(&text, '\0');
    struct buffer dot = {0};
    bool is_rendered = graph_dot_write(text.bytes, &dot);
    assert(is_rendered);
    buffer_clear(&dot);
    return 0;
}
