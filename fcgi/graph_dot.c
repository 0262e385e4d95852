/* A graph as DOT text; see graph_dot.h. */
#include "graph_dot.h"

#include <stddef.h>
#include <json-c/json.h>

static json_object *member(json_object *object, const char *key, enum json_type type)
{
    json_object *value = NULL;
    if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, key, &value) ||
        !json_object_is_type(value, type))
        return NULL;
    return value;
}

/* Red for the first two clusters, blue for the others. The original cuts the green value off where it would have to be
 * rounded, so that it is one less than in the source at times. */
static void write_colour(double importance, bool is_activating, struct buffer *dot)
{
    unsigned shade = (unsigned)((1.0f - (float)importance) * 255.0f) & 255;
    if (is_activating)
        buffer_printf(dot, "\"#ff%02x%02x\"", shade, shade);
    else
        buffer_printf(dot, "\"#%02x%02xff\"", shade, shade);
}

static bool write_node(json_object *node, size_t index, bool is_activating, struct buffer *dot)
{
    json_object *token = member(node, "token", json_type_string);
    json_object *importance = NULL;
    if (token == NULL || !json_object_object_get_ex(node, "importance", &importance))
        return false;
    buffer_printf(dot, "        %zu[label=", index);
    buffer_add(dot, json_object_get_string(token), (size_t)json_object_get_string_len(token));
    buffer_add_text(dot, ",fillcolor=");
    write_colour(json_object_get_double(importance), is_activating, dot);
    buffer_add_char(dot, ']');
    return true;
}

static bool write_edges(json_object *nodes, struct buffer *dot)
{
    for (size_t i = 0; i < json_object_array_length(nodes); i++) {
        json_object *required = member(json_object_array_get_idx(nodes, i), "required", json_type_array);
        if (required == NULL)
            return false;
        for (size_t j = 0; j < json_object_array_length(required); j++)
            buffer_printf(dot, "    %lld -> %zu \n",
                          (long long)json_object_get_int64(json_object_array_get_idx(required, j)), i);
    }
    return true;
}

static bool write_clusters(json_object *nodes, json_object *indices, struct buffer *dot)
{
    size_t count = json_object_array_length(indices), num_nodes = json_object_array_length(nodes);
    for (size_t i = 0; i + 1 < count; i++) {
        size_t first = (size_t)json_object_get_uint64(json_object_array_get_idx(indices, i));
        size_t end = (size_t)json_object_get_uint64(json_object_array_get_idx(indices, i + 1));
        if (first > end || end > num_nodes)
            return false;
        buffer_printf(dot, "    subgraph cluster_%zu {\n", i);
        for (size_t j = first; j < end; j++) {
            if (j > first)
                buffer_add_char(dot, '\n');
            if (!write_node(json_object_array_get_idx(nodes, j), j, i <= 1, dot))
                return false;
        }
        buffer_add_text(dot, "\n    }\n");
    }
    return true;
}

bool graph_dot_write(const char *json, struct buffer *dot)
{
    json_object *graph = json_tokener_parse(json);
    json_object *nodes = member(graph, "graph", json_type_array);
    json_object *indices = member(graph, "subgraph_indices", json_type_array);
    buffer_add_text(dot, "digraph  {\n"
                         "    graph[nodesep=0.2,rankdir=LR,ranksep=1.5,splines=spline,pencolor=white,penwidth=3]\n"
                         "    node[fixedsize=true,height=0.75,width=2,style=\"filled,solid\",shape=box,fontcolor=black,"
                         "fontsize=25,penwidth=7]\n"
                         "    edge[penwidth=3]\n");
    bool is_fine = nodes != NULL && indices != NULL && write_edges(nodes, dot) && write_clusters(nodes, indices, dot);
    buffer_add_char(dot, '}');
    json_object_put(graph);
    return is_fine;
}
