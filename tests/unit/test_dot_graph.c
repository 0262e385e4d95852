/*
 * Neuron2Graph's DOT: read, written as JSON, and rendered as the original renders it.
 */
#include "saved_file.h"

#include "fcgi/graph_dot.h"
#include "ingest/neuron_graph.h"

static char reason[DOT_REASON_SIZE];

static struct saved_file load_nested(void)
{
    return saved_file_load("tests/data/dot_graph/nested.dot");
}

static bool is_read(struct saved_file file)
{
    struct dot_graph graph = {0};
    reason[0] = '\0';
    bool read = dot_graph_read(&graph, file.bytes, file.length, reason);
    assert_true(read == (reason[0] == '\0'));
    dot_graph_free(&graph);
    return read;
}

static void nodes_come_in_the_order_of_the_file_and_edges_in_that_of_their_nodes(void **state)
{
    (void)state;
    struct saved_file file = load_nested();
    struct dot_graph graph = {0};
    if (!dot_graph_read(&graph, file.bytes, file.length, reason))
        fail_msg("refused: %s", reason);
    static const uint32_t ids[] = {1, 3, 4, 5, 6, 7, 12, 20}, clusters[] = {0, 0, 5, 7, 8};
    static const struct dot_edge edges[] = {{0, 6}, {0, 5}, {1, 6}, {5, 7}};
    assert_int_equal(graph.num_nodes, 8);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(graph.nodes[i].id, ids[i]);
    assert_int_equal(graph.num_clusters, 4);
    assert_memory_equal(graph.clusters, clusters, sizeof clusters);
    assert_int_equal(graph.num_edges, 4);
    assert_memory_equal(graph.edges, edges, sizeof edges);
    assert_int_equal(dot_graph_num_activating(&graph), 5);
    assert_int_equal(graph.nodes[6].green, 0x8d);
    dot_graph_free(&graph);
    free(file.bytes);
}

static void a_label_of_every_form_stands_for_its_token(void **state)
{
    (void)state;
    static const char *const tokens[] = {" the", "if", "05", "<|BOS|>", "", "  ", "\n\xc3\xa1", "a\"b\\"};
    struct saved_file file = load_nested();
    struct dot_graph graph = {0};
    struct text token = {0};
    assert_true(dot_graph_read(&graph, file.bytes, file.length, reason));
    for (size_t i = 0; i < graph.num_nodes; i++) {
        text_reset(&token);
        neuron_graph_token(&graph.nodes[i].label, &token);
        assert_int_equal(token.length, strlen(tokens[i]));
        assert_memory_equal(token.bytes, tokens[i], token.length);
    }
    text_free(&token);
    dot_graph_free(&graph);
    free(file.bytes);
}

static void check_token(const char *label, const char *wanted, size_t length)
{
    struct text token = {0};
    neuron_graph_token(&(struct dot_label){DOT_QUOTED, label, strlen(label)}, &token);
    assert_int_equal(token.length, length);
    assert_memory_equal(token.bytes, wanted, length);
    text_free(&token);
}

static void escapes_are_undone_as_far_as_they_are_escapes(void **state)
{
    (void)state;
    check_token("\\\\ud83d\\\\ude00", "\xf0\x9f\x98\x80", 4);
    check_token("\\\\ud83dx", "\xef\xbf\xbdx", 4);
    check_token("\\\\u0000", "\xe2\x90\x80", 3); /* NUL as its sign */
    check_token("\\\\q\\\\u12", "\\q\\u12", 6);
    check_token("\\\\\\\\n", "\\n", 2);
    check_token("\\q", "\\q", 2);
    check_token("'", "'", 1);
    check_token("' a '", "' a '", 5);
}

static struct text write_json(void)
{
    struct saved_file file = load_nested();
    struct dot_graph graph = {0};
    struct text json = {0};
    assert_true(dot_graph_read(&graph, file.bytes, file.length, reason));
    neuron_graph_write(&graph, &json);
    text_add_char(&json, '\0');
    dot_graph_free(&graph);
    free(file.bytes);
    return json;
}

static void the_json_keeps_labels_as_dot_writes_them(void **state)
{
    (void)state;
    struct text json = write_json();
    assert_string_equal(json.bytes,
                        "{\"graph\":["
                        "{\"importance\":0.9254902,\"required\":[6,5],\"token\":\"\\\" the\\\"\"},"
                        "{\"importance\":0.7019608,\"required\":[6],\"token\":\"\\\"if\\\"\"},"
                        "{\"importance\":0.0,\"required\":[],\"token\":\"\\\"05\\\"\"},"
                        "{\"importance\":1.0,\"required\":[],\"token\":\"\\\"<|BOS|>\\\"\"},"
                        "{\"importance\":0.46274507,\"required\":[],\"token\":\"\\\"\\\"\"},"
                        "{\"importance\":0.84313726,\"required\":[7],\"token\":\"\\\"'  '\\\"\"},"
                        "{\"importance\":0.4470588,\"required\":[],\"token\":\"\\\"\\\\\\\\n\\\\\\\\u00e1\\\"\"},"
                        "{\"importance\":0.0,\"required\":[],\"token\":\"\\\"a\\\\\\\"b\\\\\\\\\\\"\"}],"
                        "\"subgraph_indices\":[0,0,5,7,8]}");
    text_free(&json);
}

static void it_is_rendered_as_the_original_renders_it(void **state)
{
    (void)state;
    struct text json = write_json();
    struct buffer dot = {0};
    assert_true(graph_dot_write(json.bytes, &dot));
    buffer_add_char(&dot, '\0');
    assert_string_equal(
        dot.data,
        "digraph  {\n"
        "    graph[nodesep=0.2,rankdir=LR,ranksep=1.5,splines=spline,pencolor=white,penwidth=3]\n"
        "    node[fixedsize=true,height=0.75,width=2,style=\"filled,solid\",shape=box,fontcolor=black,fontsize=25,"
        "penwidth=7]\n"
        "    edge[penwidth=3]\n"
        "    6 -> 0 \n    5 -> 0 \n    6 -> 1 \n    7 -> 5 \n"
        "    subgraph cluster_0 {\n\n    }\n"
        "    subgraph cluster_1 {\n"
        "        0[label=\" the\",fillcolor=\"#ff1212\"]\n"
        "        1[label=\"if\",fillcolor=\"#ff4b4b\"]\n"
        "        2[label=\"05\",fillcolor=\"#ffffff\"]\n"
        "        3[label=\"<|BOS|>\",fillcolor=\"#ff0000\"]\n"
        "        4[label=\"\",fillcolor=\"#ff8989\"]\n"
        "    }\n"
        "    subgraph cluster_2 {\n"
        "        5[label=\"'  '\",fillcolor=\"#2727ff\"]\n"
        "        6[label=\"\\\\n\\\\u00e1\",fillcolor=\"#8d8dff\"]\n"
        "    }\n"
        "    subgraph cluster_3 {\n"
        "        7[label=\"a\\\"b\\\\\",fillcolor=\"#ffffff\"]\n"
        "    }\n"
        "}");
    buffer_clear(&dot);
    text_free(&json);
}

static void json_that_is_no_graph_is_not_rendered(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "[]",
                                        "{}",
                                        "{\"graph\":[],\"subgraph_indices\":1}",
                                        "{\"graph\":[],\"subgraph_indices\":[0,1]}",
                                        "{\"graph\":[1],\"subgraph_indices\":[0,1]}",
                                        "{\"graph\":[{\"token\":\"a\",\"required\":[]}],\"subgraph_indices\":[0,1]}",
                                        "{\"graph\":[],\"subgraph_indices\":[1,0]}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct buffer dot = {0};
        assert_false(graph_dot_write(wrong[i], &dot));
        buffer_clear(&dot);
    }
}

static void a_graph_cut_anywhere_is_refused(void **state)
{
    (void)state;
    struct saved_file file = load_nested();
    for (size_t length = 0; length < file.length - 2; length++) { /* all but the last line end and } */
        struct saved_file cut = saved_file_cut(file, length);
        assert_false(is_read(cut));
        free(cut.bytes);
    }
    assert_true(is_read(file));
    free(file.bytes);
}

static void a_byte_changed_anywhere_breaks_no_promise(void **state)
{
    (void)state;
    static const char odd[] = "\"\\<>[]{}=#\n\t -0a\xc3";
    struct saved_file file = load_nested();
    for (size_t at = 0; at < file.length; at++)
        for (size_t i = 0; i < sizeof odd; i++) { /* NUL too */
            struct saved_file changed = saved_file_splice(file, at, 1, &odd[i], 1);
            is_read(changed);
            free(changed.bytes);
        }
    free(file.bytes);
}

static void blanks_between_words_do_not_matter_and_an_empty_line_ends_nothing(void **state)
{
    (void)state;
    struct saved_file file = load_nested(),
                      changed = saved_file_replace(file, "1 -> 12 [dir=back", "1\r\n->12[ dir = back", false);
    assert_true(is_read(changed));
    free(changed.bytes);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_come_in_the_order_of_the_file_and_edges_in_that_of_their_nodes),
        cmocka_unit_test(a_label_of_every_form_stands_for_its_token),
        cmocka_unit_test(escapes_are_undone_as_far_as_they_are_escapes),
        cmocka_unit_test(the_json_keeps_labels_as_dot_writes_them),
        cmocka_unit_test(it_is_rendered_as_the_original_renders_it),
        cmocka_unit_test(json_that_is_no_graph_is_not_rendered),
        cmocka_unit_test(a_graph_cut_anywhere_is_refused),
        cmocka_unit_test(a_byte_changed_anywhere_breaks_no_promise),
        cmocka_unit_test(blanks_between_words_do_not_matter_and_an_empty_line_ends_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
