#include "neuron_graph.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLACEMENT = 0xfffd, NUL_SIGN = 0x2400 };

float neuron_graph_importance(const struct dot_node *node)
{
    return 1.0f - (float)node->green / 255.0f;
}

/* The shortest text that reads back as the same float32. */
static void write_number(float value, struct text *json)
{
    char text[32];
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            break;
    }
    text_printf(json, "%s", text);
    if (strpbrk(text, ".e") == NULL)
        text_printf(json, ".0");
}

static void write_characters(const char *text, size_t length, struct text *json)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            text_add_char(json, '\\');
            text_add_char(json, (char)c);
        } else if (c < ' ') {
            text_printf(json, "\\u%04x", c);
        } else {
            text_add_char(json, (char)c);
        }
    }
}

/* A label without quotes gets them; a quote within it must then be escaped. */
static void write_label(const struct dot_label *label, struct text *json)
{
    text_printf(json, "\"\\\"");
    for (size_t i = 0; i < label->length; i++) {
        if (label->form != DOT_QUOTED && label->text[i] == '"')
            text_printf(json, "\\\\");
        write_characters(label->text + i, 1, json);
    }
    text_printf(json, "\\\"\"");
}

void neuron_graph_write(const struct dot_graph *graph, struct text *json)
{
    size_t edge = 0;
    text_printf(json, "{\"graph\":[");
    for (size_t i = 0; i < graph->num_nodes; i++) {
        text_printf(json, "%s", i > 0 ? ",{\"importance\":" : "{\"importance\":");
        write_number(neuron_graph_importance(&graph->nodes[i]), json);
        text_printf(json, ",\"required\":[");
        for (size_t first = edge; edge < graph->num_edges && graph->edges[edge].node == i; edge++)
            text_printf(json, edge > first ? ",%u" : "%u", graph->edges[edge].required);
        text_printf(json, "],\"token\":");
        write_label(&graph->nodes[i].label, json);
        text_add_char(json, '}');
    }
    text_printf(json, "],\"subgraph_indices\":[");
    for (size_t i = 0; i <= graph->num_clusters; i++)
        text_printf(json, i > 0 ? ",%u" : "%u", graph->clusters[i]);
    text_printf(json, "]}");
}

/* Undoes DOT's escapes in place: \" and \\ only, all others are two characters. Returns the new length. */
static size_t undo_dot(char *text, size_t length)
{
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\' && i + 1 < length && (text[i + 1] == '"' || text[i + 1] == '\\'))
            i++;
        text[kept++] = text[i];
    }
    return kept;
}

static int32_t hex_unit(const char *at, const char *end)
{
    int32_t unit = 0;
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        char c = at[i] | 0x20;
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

static void add_character(uint32_t c, struct text *text)
{
    char bytes[4];
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length - 1; i > 0; i--, c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)(lead[length] | c);
    text_add(text, bytes, length);
}

/* \uXXXX, or two of them for a character beyond U+FFFF. Half a pair becomes U+FFFD. Returns the bytes read, 0: no such. */
static size_t undo_unit(const char *at, const char *end, struct text *text)
{
    int32_t unit = hex_unit(at, end), low;
    if (unit < 0)
        return 0;
    if (unit >= 0xd800 && unit < 0xdc00 && (low = hex_unit(at + 6, end)) >= 0xdc00 && low < 0xe000) {
        add_character(0x10000u + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(low - 0xdc00), text);
        return 12;
    }
    bool is_half = unit >= 0xd800 && unit < 0xe000;
    add_character(is_half ? REPLACEMENT : unit == 0 ? NUL_SIGN : (uint32_t)unit, text);
    return 6;
}

static void undo_json(const char *at, size_t length, struct text *text)
{
    static const char codes[] = "\"\\/bfnrt", characters[] = "\"\\/\b\f\n\r\t";
    for (const char *end = at + length; at < end;) {
        const char *code = *at == '\\' && end - at > 1 ? memchr(codes, at[1], sizeof codes - 1) : NULL;
        size_t unit = code == NULL ? undo_unit(at, end, text) : 0;
        if (code != NULL)
            text_add_char(text, characters[code - codes]);
        else if (unit == 0)
            text_add_char(text, *at);
        at += code != NULL ? 2 : unit > 0 ? unit : 1;
    }
}

static bool is_quoted_blanks(const char *text, size_t length)
{
    if (length < 3 || text[0] != '\'' || text[length - 1] != '\'')
        return false;
    for (size_t i = 1; i < length - 1; i++)
        if (text[i] != ' ')
            return false;
    return true;
}

void neuron_graph_token(const struct dot_label *label, struct text *token)
{
    char *text = malloc(label->length + 1);
    if (text == NULL)
        abort();
    if (label->length > 0)
        memcpy(text, label->text, label->length);
    size_t length = label->form == DOT_BARE ? label->length : undo_dot(text, label->length);
    if (memchr(text, '"', length) != NULL)
        text_add(token, text, length);
    else if (is_quoted_blanks(text, length))
        text_add(token, text + 1, length - 2);
    else
        undo_json(text, length, token);
    free(text);
}
