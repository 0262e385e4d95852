/*
 * The files are read as a stream of DOT's words, with blanks free between them; what words may come is fixed. Attributes
 * come in any order but for `label`, which Neuron2Graph's printer puts first: a label in <> has no end of its own and goes
 * up to the attribute behind it.
 */
#include "dot_graph.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

enum { MAX_CLUSTERS = 65536 };

struct dot_place {
    uint32_t id, place;
};

struct reader {
    const char *start, *at, *end;
    char *reason;
};

struct word {
    const char *text;
    size_t length;
    bool is_quoted; /* `text` is what stands between the quotes */
};

static bool fail(struct reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets the reason, with the line that the reader is in. */
static bool fail(struct reader *reader, const char *format, ...)
{
    size_t line = 1;
    for (const char *at = reader->start; at < reader->at; at++)
        line += *at == '\n';
    int length = snprintf(reader->reason, DOT_REASON_SIZE, "line %zu: ", line);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->reason + length, DOT_REASON_SIZE - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

static void *fit(void *memory, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return memory;
    *capacity = 2 * count + 64;
    memory = realloc(memory, *capacity * size);
    if (memory == NULL)
        abort();
    return memory;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && is_blank(*reader->at))
        reader->at++;
}

/* How a complaint shows what it found. */
static int shown_length(const struct reader *reader)
{
    size_t length = 0, left = (size_t)(reader->end - reader->at);
    while (length < left && length < 24 && !is_blank(reader->at[length]))
        length++;
    return (int)length;
}

static bool fail_wanted(struct reader *reader, const char *wanted)
{
    if (reader->at == reader->end)
        return fail(reader, "the file ends where %s should come", wanted);
    return fail(reader, "%s should come where \"%.*s\" stands", wanted, shown_length(reader), reader->at);
}

/* A sign or a word that must come. */
static bool take(struct reader *reader, const char *literal)
{
    size_t length = strlen(literal);
    skip_blanks(reader);
    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, literal, length) != 0)
        return fail_wanted(reader, literal);
    reader->at += length;
    return true;
}

/* Bytes of the bare word at `at`: letters, digits and _, or a number such as -.5; 0 when it is none. */
static size_t bare_length(const char *at, const char *end)
{
    const char *from = at;
    if (at < end && is_letter(*at)) {
        while (at < end && (is_letter(*at) || is_digit(*at)))
            at++;
        return (size_t)(at - from);
    }
    at += at < end && *at == '-';
    const char *digits = at;
    while (at < end && is_digit(*at))
        at++;
    size_t count = (size_t)(at - digits);
    if (at < end && *at == '.')
        for (at++; at < end && is_digit(*at); at++)
            count++;
    return count > 0 ? (size_t)(at - from) : 0;
}

static bool read_quoted(struct reader *reader, struct word *word)
{
    const char *at = reader->at + 1;
    while (at < reader->end && *at != '"')
        at += *at == '\\' && reader->end - at > 1 ? 2 : 1;
    if (at >= reader->end)
        return fail(reader, "a quote is not closed");
    *word = (struct word){reader->at + 1, (size_t)(at - reader->at) - 1, true};
    reader->at = at + 1;
    return true;
}

static bool read_bare(struct reader *reader, const char *wanted, struct word *word)
{
    skip_blanks(reader);
    size_t length = bare_length(reader->at, reader->end);
    if (length == 0)
        return fail_wanted(reader, wanted);
    *word = (struct word){reader->at, length, false};
    reader->at += length;
    return true;
}

static bool is_word(const struct word *word, const char *text)
{
    return word->length == strlen(text) && memcmp(word->text, text, word->length) == 0;
}

/* A whole number that a node may have. */
static bool read_id(struct reader *reader, uint32_t *id)
{
    struct word word;
    uint64_t value = 0;
    if (!read_bare(reader, "the number of a node", &word))
        return false;
    for (size_t i = 0; i < word.length; i++) {
        if (!is_digit(word.text[i]) || value > UINT32_MAX / 10)
            return fail(reader, "\"%.*s\" is no number of a node", (int)(word.length < 24 ? word.length : 24),
                        word.text);
        value = 10 * value + (uint64_t)(word.text[i] - '0');
    }
    *id = (uint32_t)value;
    return true;
}

/* Without the `]` or `}` that ends them: whether another attribute comes. */
static bool another_comes(struct reader *reader, char close)
{
    skip_blanks(reader);
    return reader->at < reader->end && *reader->at != close && is_letter(*reader->at);
}

/* key=value */
static bool read_attribute(struct reader *reader, struct word *key, struct word *value)
{
    if (!read_bare(reader, "the name of an attribute", key))
        return false;
    if (is_word(key, "subgraph"))
        return fail(reader, "a subgraph stands within another");
    if (!take(reader, "="))
        return false;
    skip_blanks(reader);
    if (reader->at < reader->end && *reader->at == '"')
        return read_quoted(reader, value);
    return read_bare(reader, "the value of an attribute", value);
}

/* A label in <>: it goes up to the attribute behind it. */
static bool read_html(struct reader *reader, struct dot_label *label)
{
    static const char next[] = " fillcolor=\"#";
    const char *from = reader->at, *stop = from;
    while ((stop = memmem(stop, (size_t)(reader->end - stop), next, sizeof next - 1)) != NULL) {
        const char *last = stop;
        while (last > from && is_blank(last[-1]))
            last--;
        if (last > from && last[-1] == '>') {
            *label = (struct dot_label){DOT_HTML, from, (size_t)(stop - from)};
            reader->at = stop;
            return true;
        }
        stop++;
    }
    return fail(reader, "a label in <> does not end before fillcolor=\"#\"");
}

static bool read_label(struct reader *reader, struct dot_label *label)
{
    struct word word;
    if (!take(reader, "label="))
        return false;
    const char *first = reader->at;
    while (first < reader->end && is_blank(*first))
        first++;
    if (first < reader->end && *first == '<')
        return read_html(reader, label);
    if (reader->at < reader->end && *reader->at == '"') {
        if (!read_quoted(reader, &word))
            return false;
    } else if (reader->at != first || !read_bare(reader, "a label", &word)) {
        return fail_wanted(reader, "a label");
    }
    *label = (struct dot_label){word.is_quoted ? DOT_QUOTED : DOT_BARE, word.text, word.length};
    return true;
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "#rrggbb" */
static bool read_colour(struct reader *reader, const struct word *word, uint8_t rgb[3])
{
    bool is_fine = word->length == 7 && word->text[0] == '#';
    for (int i = 0; is_fine && i < 3; i++) {
        int high = hex_digit(word->text[1 + 2 * i]), low = hex_digit(word->text[2 + 2 * i]);
        is_fine = high >= 0 && low >= 0;
        rgb[i] = (uint8_t)((high & 15) << 4 | (low & 15));
    }
    return is_fine || fail(reader, "a fillcolor must look like #ff8000");
}

/* Red is for the tokens that excite the neuron, the second cluster's; blue for the context. */
static bool check_colour(struct reader *reader, const uint8_t rgb[3], bool is_activating)
{
    if (is_activating ? rgb[0] == 255 && rgb[1] == rgb[2] : rgb[2] == 255 && rgb[0] == rgb[1])
        return true;
    return fail(reader, "a node of this cluster is coloured #%02x%02x%02x, which is no shade of %s", rgb[0], rgb[1],
                rgb[2], is_activating ? "red" : "blue");
}

/* `7 [label=… fillcolor="#…" …]` */
static bool read_node(struct reader *reader, struct dot_graph *graph)
{
    struct dot_node node;
    struct word key, value;
    uint8_t rgb[3];
    bool has_colour = false;
    if (!read_id(reader, &node.id) || !take(reader, "["))
        return false;
    skip_blanks(reader);
    if (!read_label(reader, &node.label))
        return false;
    while (another_comes(reader, ']')) {
        if (!read_attribute(reader, &key, &value))
            return false;
        if (!is_word(&key, "fillcolor"))
            continue;
        if (has_colour)
            return fail(reader, "node %u has two fillcolors", node.id);
        has_colour = true;
        if (!read_colour(reader, &value, rgb) || !check_colour(reader, rgb, graph->num_clusters == 1))
            return false;
    }
    if (!take(reader, "]"))
        return false;
    if (!has_colour)
        return fail(reader, "node %u has no fillcolor", node.id);
    node.green = rgb[1];
    graph->nodes = fit(graph->nodes, &graph->nodes_capacity, graph->num_nodes, sizeof *graph->nodes);
    graph->nodes[graph->num_nodes++] = node;
    return true;
}

static bool next_is_number(struct reader *reader)
{
    skip_blanks(reader);
    return reader->at < reader->end && is_digit(*reader->at);
}

/* `subgraph cluster_3 {…}`: numbers fall from one to the next, and may skip. */
static bool read_cluster(struct reader *reader, struct dot_graph *graph, uint64_t *number)
{
    struct word name, key, value;
    uint64_t own = 0;
    if (!take(reader, "subgraph") || !read_bare(reader, "the name of a subgraph", &name))
        return false;
    bool is_fine = name.length > 8 && name.length < 18 && memcmp(name.text, "cluster_", 8) == 0;
    for (size_t i = 8; is_fine && i < name.length; i++) {
        is_fine = is_digit(name.text[i]);
        own = 10 * own + (uint64_t)(name.text[i] - '0');
    }
    if (!is_fine)
        return fail(reader, "a subgraph must be called like cluster_3");
    if (own >= *number)
        return fail(reader, "cluster_%llu comes behind cluster_%llu: their numbers must fall", (unsigned long long)own,
                    (unsigned long long)*number);
    *number = own;
    if (graph->num_clusters == MAX_CLUSTERS)
        return fail(reader, "there are over %d clusters", MAX_CLUSTERS);
    if (!take(reader, "{"))
        return false;
    while (another_comes(reader, '}'))
        if (!read_attribute(reader, &key, &value))
            return false;
    while (next_is_number(reader)) {
        if (graph->num_clusters == 0)
            return fail(reader, "the first cluster is the root and has no nodes");
        if (!read_node(reader, graph))
            return false;
    }
    graph->num_clusters++;
    graph->clusters = fit(graph->clusters, &graph->clusters_capacity, graph->num_clusters, sizeof *graph->clusters);
    graph->clusters[graph->num_clusters] = (uint32_t)graph->num_nodes;
    return take(reader, "}");
}

/* `graph [a=b …]` */
static bool read_defaults(struct reader *reader, const char *name)
{
    struct word key, value;
    if (!take(reader, name) || !take(reader, "["))
        return false;
    while (another_comes(reader, ']'))
        if (!read_attribute(reader, &key, &value))
            return false;
    return take(reader, "]");
}

/* `1 -> 2 [dir=back …]` */
static bool read_edge(struct reader *reader, struct dot_graph *graph)
{
    struct dot_edge edge;
    struct word key, value;
    bool is_back = false;
    if (!read_id(reader, &edge.node) || !take(reader, "->") || !read_id(reader, &edge.required) || !take(reader, "["))
        return false;
    while (another_comes(reader, ']')) {
        if (!read_attribute(reader, &key, &value))
            return false;
        is_back |= is_word(&key, "dir") && is_word(&value, "back");
    }
    if (!is_back)
        return fail(reader, "the edge %u -> %u lacks dir=back", edge.node, edge.required);
    graph->written = fit(graph->written, &graph->written_capacity, graph->num_edges, sizeof *graph->written);
    graph->written[graph->num_edges++] = edge;
    return take(reader, "]");
}

static int compare_places(const void *a, const void *b)
{
    const struct dot_place *left = a, *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

/* Sorts the nodes' ids; false when two nodes have one. */
static bool sort_places(struct reader *reader, struct dot_graph *graph)
{
    graph->places = fit(graph->places, &graph->places_capacity, graph->num_nodes, sizeof *graph->places);
    for (size_t i = 0; i < graph->num_nodes; i++)
        graph->places[i] = (struct dot_place){graph->nodes[i].id, (uint32_t)i};
    qsort(graph->places, graph->num_nodes, sizeof *graph->places, compare_places);
    for (size_t i = 1; i < graph->num_nodes; i++)
        if (graph->places[i - 1].id == graph->places[i].id)
            return fail(reader, "there are two nodes %u", graph->places[i].id);
    return true;
}

static bool find_place(struct reader *reader, const struct dot_graph *graph, uint32_t *id)
{
    const struct dot_place wanted = {*id, 0};
    const struct dot_place *found = graph->num_nodes == 0 ? NULL
                                                          : bsearch(&wanted, graph->places, graph->num_nodes,
                                                                    sizeof *graph->places, compare_places);
    if (found == NULL)
        return fail(reader, "an edge has node %u, which no cluster has", *id);
    *id = found->place;
    return true;
}

/* Turns ids into places and puts the edges in the order of their nodes, without changing that of one node's. */
static bool place_edges(struct reader *reader, struct dot_graph *graph)
{
    graph->edges = fit(graph->edges, &graph->edges_capacity, graph->num_edges, sizeof *graph->edges);
    uint32_t *ends = calloc(graph->num_nodes + 2, sizeof *ends);
    if (ends == NULL)
        abort();
    bool is_fine = true;
    for (size_t i = 0; is_fine && i < graph->num_edges; i++) {
        struct dot_edge *edge = &graph->written[i], ids = *edge;
        is_fine = find_place(reader, graph, &edge->node) && find_place(reader, graph, &edge->required);
        if (is_fine && edge->node >= edge->required)
            is_fine =
                fail(reader, "the edge %u -> %u does not lead away from the activating tokens", ids.node, ids.required);
        if (is_fine)
            ends[edge->node + 1]++;
    }
    for (size_t i = 1; is_fine && i <= graph->num_nodes; i++)
        ends[i] += ends[i - 1];
    for (size_t i = 0; is_fine && i < graph->num_edges; i++)
        graph->edges[ends[graph->written[i].node]++] = graph->written[i];
    free(ends);
    return is_fine;
}

static bool read_all(struct reader *reader, struct dot_graph *graph)
{
    uint64_t number = UINT64_MAX;
    if (!take(reader, "digraph") || !take(reader, "{") || !read_defaults(reader, "graph") ||
        !read_defaults(reader, "node"))
        return false;
    while (next_is_number(reader))
        if (!read_edge(reader, graph))
            return false;
    do {
        if (!read_cluster(reader, graph, &number))
            return false;
        skip_blanks(reader);
    } while (reader->at < reader->end && *reader->at != '}');
    if (!take(reader, "}"))
        return false;
    skip_blanks(reader);
    if (reader->at < reader->end)
        return fail(reader, "there is something behind the graph");
    return sort_places(reader, graph) && place_edges(reader, graph);
}

bool dot_graph_read(struct dot_graph *graph, const char *bytes, size_t length, char reason[DOT_REASON_SIZE])
{
    struct reader reader = {bytes, bytes, bytes + length, reason};
    graph->num_nodes = graph->num_edges = graph->num_clusters = 0;
    graph->clusters = fit(graph->clusters, &graph->clusters_capacity, 0, sizeof *graph->clusters);
    graph->clusters[0] = 0;
    size_t valid = utf8_valid_length(bytes, length);
    const char *nul = memchr(bytes, '\0', length);
    reader.at = nul != NULL && (size_t)(nul - bytes) < valid ? nul : bytes + valid;
    if (reader.at < reader.end)
        return fail(&reader, nul == reader.at ? "there is a NUL byte" : "this is not UTF-8");
    reader.at = bytes;
    return read_all(&reader, graph);
}

void dot_graph_free(struct dot_graph *graph)
{
    free(graph->nodes);
    free(graph->edges);
    free(graph->clusters);
    free(graph->written);
    free(graph->places);
    *graph = (struct dot_graph){0};
}

size_t dot_graph_num_activating(const struct dot_graph *graph)
{
    return graph->num_clusters > 1 ? graph->clusters[2] : 0;
}
