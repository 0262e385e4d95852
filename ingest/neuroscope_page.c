/*
 * A page is read line by line, and a line is taken only for what its place allows: tokens may hold
 * `<hr>` or `</script>`, but they stand inside a line of JSON, which holds no newline.
 *
 *     header, <hr>, nothing or logit effects, <hr>, text 0, <hr>, text 1, ...
 *
 * A page cut exactly behind a text looks like one with fewer texts; whoever fetched it knows its length.
 */
#include "neuroscope_page.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_tokens.h"
#include "page_line.h"
#include "utf8.h"

enum { MAX_TEXTS = 100, MAX_LOGITS = 1000, MAX_LOGIT_BYTES = 1024, MAX_PAGE_BYTES = 256 << 20 };

/*
 * What the results live in. `bytes` is three times the page, so nothing of a page can outgrow it: no byte
 * becomes more than the three of U+FFFD. The pages of it that stay untouched cost nothing.
 */
struct page_arena {
    char *bytes;
    size_t bytes_capacity;
    struct page_token *tokens; /* of all texts, one after the other */
    double *values;            /* likewise; room for one more than there are tokens */
    size_t tokens_capacity;
    struct page_text texts[MAX_TEXTS];
    struct page_logit logits[MAX_LOGITS];
};

struct reader {
    struct neuroscope_page *page;
    struct page_arena *arena;
    const char *html;
    struct page_lines lines;
    struct json_tokens json; /* its `bytes` is the arena's first free byte */
    size_t num_tokens;       /* of the texts read so far */
    bool in_text;            /* reasons name the text being read */
    char *reason;
};

static bool refuse(struct reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes the reason and returns false. */
static bool refuse(struct reader *reader, const char *format, ...)
{
    size_t used = 0;
    if (reader->in_text)
        used = (size_t)snprintf(reader->reason, PAGE_REASON_SIZE, "text %zu: ", reader->page->num_texts);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->reason + used, PAGE_REASON_SIZE - used, format, arguments);
    va_end(arguments);
    return false;
}

static bool line_next(struct reader *reader, const char *expected)
{
    return page_lines_next(&reader->lines) || refuse(reader, "the page ends before %s", expected);
}

/* Reads the next line, which must match the pattern (of span_matches). */
static bool line_read(struct reader *reader, const char *pattern, ...)
{
    if (!line_next(reader, pattern))
        return false;
    va_list targets;
    va_start(targets, pattern);
    bool matches = span_vmatches(reader->lines.line, pattern, targets);
    va_end(targets);
    return matches || refuse(reader, "line %zu is not %s", reader->lines.number, pattern);
}

static bool lines_read(struct reader *reader, const char *const patterns[])
{
    for (size_t i = 0; patterns[i]; i++)
        if (!line_read(reader, patterns[i]))
            return false;
    return true;
}

/* Copies into the arena with a NUL behind; a NUL inside becomes U+FFFD. */
static const char *string_keep(struct reader *reader, struct span text)
{
    char *first = reader->json.bytes, *out = first;
    for (; text.start < text.end; text.start++) {
        if (*text.start == '\0') {
            memcpy(out, "\xef\xbf\xbd", 3);
            out += 3;
        } else {
            *out++ = *text.start;
        }
    }
    *out++ = '\0';
    reader->json.bytes = out;
    return first;
}

static bool header_read(struct reader *reader, uint32_t layer, uint32_t neuron)
{
    static const char pattern[] = "<h2>Neuron %d in Layer %d </h2>";
    int64_t page_layer = -1, page_neuron = -1, found_layer, found_neuron;
    while (page_lines_next(&reader->lines) && !span_matches(reader->lines.line, "<hr>")) {
        if (!span_matches(reader->lines.line, pattern, &found_neuron, &found_layer))
            continue;
        if (page_layer >= 0)
            return refuse(reader, "line %zu names the neuron once more", reader->lines.number);
        page_layer = found_layer;
        page_neuron = found_neuron;
    }
    if (page_layer < 0)
        return refuse(reader, "not a neuron's page: its header has no line %s", pattern);
    if (page_layer != layer || page_neuron != neuron)
        return refuse(reader, "the page is about neuron l%jdn%jd, not l%un%u", (intmax_t)page_layer,
                      (intmax_t)page_neuron, layer, neuron);
    reader->page->layer = layer;
    reader->page->neuron = neuron;
    return true;
}

/* One record; `head` is the pattern of what stands between its style and its token. */
static bool logit_read(struct reader *reader, const char *head, int64_t rank)
{
    static const char open_tag[] = "<span class='token'>", close_tags[] = "</span></p>\n";
    struct page_lines *lines = &reader->lines;
    size_t left = (size_t)(lines->end - lines->at), most = MAX_LOGIT_BYTES + 256;
    /* A token may hold newlines: the record ends with its tags, not with its line. */
    const char *close = memmem(lines->at, left < most ? left : most, close_tags, strlen(close_tags));
    const char *open = close ? memmem(lines->at, (size_t)(close - lines->at), open_tag, strlen(open_tag)) : NULL;
    const char *hash = open ? memmem(lines->at, (size_t)(open - lines->at), "'>#", 3) : NULL;
    int64_t printed_rank;
    double effect;
    if (!hash || !span_matches((struct span){hash, open}, head, &printed_rank, &effect))
        return refuse(reader, "line %zu is not a logit effect like %s%sTOKEN</span></p>", lines->number + 1, head,
                      open_tag);
    if (printed_rank != rank)
        return refuse(reader, "line %zu: logit effect #%jd where #%jd is due", lines->number + 1,
                      (intmax_t)printed_rank, (intmax_t)rank);
    if (reader->page->num_logits == MAX_LOGITS)
        return refuse(reader, "line %zu: more than %d logit effects", lines->number + 1, MAX_LOGITS);
    reader->arena->logits[reader->page->num_logits++] = (struct page_logit){
        .token = string_keep(reader, (struct span){open + strlen(open_tag), close}), .effect = effect};
    while (lines->at < close + strlen(close_tags))
        page_lines_next(lines);
    return true;
}

static bool logits_read(struct reader *reader, const char *start, const char *head)
{
    size_t length = strlen(start);
    for (int64_t rank = 0;; rank++) {
        const struct page_lines *lines = &reader->lines;
        if ((size_t)(lines->end - lines->at) < length || memcmp(lines->at, start, length) != 0)
            return true;
        if (!logit_read(reader, head, rank))
            return false;
    }
}

/* The section between the first two rules: an empty line, or the logit effects. */
static bool logit_section_read(struct reader *reader)
{
    static const char title[] = "<h3>Direct Logit Effect</h3>";
    if (!line_next(reader, title))
        return false;
    struct span line = reader->lines.line;
    if (line.start == line.end)
        return line_read(reader, "<hr>");
    if (!span_matches(line, title))
        return refuse(reader, "line %zu is neither empty nor %s", reader->lines.number, title);
    return logits_read(reader, "<p style='color: blue;", "'>#%d +%f ") && line_read(reader, "<p>...</p>") &&
           logits_read(reader, "<p style='color: red;", "'>#%d %f ") && line_read(reader, "<hr>");
}

static bool tokens_reserve(struct reader *reader, size_t more)
{
    struct page_arena *arena = reader->arena;
    size_t needed = reader->num_tokens + more;
    if (needed <= arena->tokens_capacity)
        return true;
    size_t capacity = needed > 2 * arena->tokens_capacity ? needed : 2 * arena->tokens_capacity;
    struct page_token *tokens = realloc(arena->tokens, capacity * sizeof *tokens);
    if (tokens)
        arena->tokens = tokens;
    double *values = realloc(arena->values, (capacity + 1) * sizeof *values);
    if (values)
        arena->values = values;
    if (!tokens || !values)
        return refuse(reader, "no memory for %zu tokens", capacity);
    arena->tokens_capacity = capacity;
    return true;
}

/* Reads a line of JSON behind the tokens read so far, without adding it to them. */
static bool json_read(struct reader *reader, const char *name)
{
    struct json_tokens *json = &reader->json;
    if (!line_next(reader, "a line of JSON"))
        return false;
    struct span line = reader->lines.line;
    size_t length = (size_t)(line.end - line.start);
    if (!tokens_reserve(reader, json_tokens_capacity(length)))
        return false;
    json->tokens = reader->arena->tokens + reader->num_tokens;
    json->values = reader->arena->values + reader->num_tokens;
    if (!json_tokens_read(json, line.start, length))
        return refuse(reader, "%s %s at byte %zu", name, json->problem, (size_t)(json->stopped_at - reader->html));
    return true;
}

/* The `<div>` and script that show tokens. */
static bool block_read(struct reader *reader, const char *name)
{
    static const char *const before[] = {"<div id=\"%*/>", "<script %*>",    "import %*;", "render(",
                                         "\"%*\",",        "ColoredTokens,", NULL};
    static const char *const behind[] = {")", "</script>", NULL};
    return lines_read(reader, before) && json_read(reader, name) && lines_read(reader, behind);
}

/* The shortened text repeats a part of the full one: it must be sound, and is forgotten. */
static bool truncated_read(struct reader *reader)
{
    char *bytes = reader->json.bytes;
    if (!line_read(reader, "<details><summary>%*") || !line_read(reader, "<h3>Truncated</h3>") ||
        !block_read(reader, "truncated JSON") || !line_read(reader, "</summary>"))
        return false;
    if (reader->json.num_tokens != reader->json.num_values)
        return refuse(reader, "truncated JSON has %zu tokens but %zu values", reader->json.num_tokens,
                      reader->json.num_values);
    reader->json.bytes = bytes;
    return true;
}

/* Does a number printed with four decimals stand for one printed with six? */
static bool is_same_number(double four_decimals, double six_decimals)
{
    double rounding = 0.5e-4 + 0.5e-6 + 1e-7 + 1e-12 * fabs(six_decimals);
    return fabs(four_decimals - six_decimals) <= rounding;
}

static bool values_check(struct reader *reader, const struct page_text *text, int64_t position)
{
    const struct json_tokens *json = &reader->json;
    if (json->num_tokens != json->num_values)
        return refuse(reader, "%zu tokens but %zu values", json->num_tokens, json->num_values);
    if (json->num_tokens == 0)
        return refuse(reader, "no tokens");
    if ((size_t)position >= json->num_tokens)
        return refuse(reader, "Max Activating Token Index is %jd of %zu tokens", (intmax_t)position, json->num_tokens);
    if (json->values[position] != json->highest)
        return refuse(reader, "the value at Max Activating Token Index %jd is %.6g but the maximum is %.6g",
                      (intmax_t)position, json->values[position], json->highest);
    if (!is_same_number(text->max_activation, json->highest))
        return refuse(reader, "Max Act is %.4f but the maximum of the values is %.6f", text->max_activation,
                      json->highest);
    if (!is_same_number(text->min_activation, json->lowest))
        return refuse(reader, "Min Act is %.4f but the minimum of the values is %.6f", text->min_activation,
                      json->lowest);
    return true;
}

static bool text_read(struct reader *reader, struct page_text *text)
{
    const int64_t rank = (int64_t)reader->page->num_texts;
    int64_t number, full_number, position;
    struct span dataset;
    if (!line_read(reader, "<h2>Text #%d</h2><h4>Max Range: <b>%f</b>. Min Range: <b>%f</b></h4>", &number,
                   &text->max_range, &text->min_range))
        return false;
    if (number != rank)
        return refuse(reader, "line %zu says Text #%jd", reader->lines.number, (intmax_t)number);
    if (!line_read(reader, "<h4>Max Act: <b>%f</b>. Min Act: <b>%f</b></h4>", &text->max_activation,
                   &text->min_activation) ||
        !line_read(reader, "<h4>Data Index: <b>%d</b> (%s)</h4>", &text->data_index, &dataset) ||
        !line_read(reader, "<h4>Max Activating Token Index: <b>%d</b></h4>", &position) || !truncated_read(reader) ||
        !line_read(reader, "<h3>Full Text #%d</h3>", &full_number))
        return false;
    if (full_number != rank)
        return refuse(reader, "line %zu says Full Text #%jd", reader->lines.number, (intmax_t)full_number);
    if (!block_read(reader, "JSON") || !line_read(reader, "</details>") || !values_check(reader, text, position))
        return false;
    text->rank = (uint32_t)rank;
    text->dataset = string_keep(reader, dataset);
    text->max_position = (uint32_t)position;
    text->num_tokens = (uint32_t)reader->json.num_tokens;
    return true;
}

static bool texts_read(struct reader *reader)
{
    struct neuroscope_page *page = reader->page;
    struct span rest;
    do {
        if (page->num_texts == MAX_TEXTS)
            return refuse(reader, "more than %d texts", MAX_TEXTS);
        struct page_text *text = &reader->arena->texts[page->num_texts];
        reader->in_text = true;
        if (!text_read(reader, text))
            return false;
        reader->in_text = false;
        reader->num_tokens += text->num_tokens;
        page->num_texts++;
        rest = (struct span){reader->lines.at, reader->lines.end};
        if (span_is_blank(rest))
            return true;
    } while (line_read(reader, "<hr>"));
    return false;
}

/* Only now do the arrays stay where they are. */
static void texts_point(struct neuroscope_page *page)
{
    size_t first = 0;
    for (size_t i = 0; i < page->num_texts; i++) {
        page->texts[i].tokens = page->arena->tokens + first;
        page->texts[i].values = page->arena->values + first;
        first += page->texts[i].num_tokens;
    }
}

static bool bytes_reserve(struct reader *reader, size_t length)
{
    struct page_arena *arena = reader->arena;
    if (length > MAX_PAGE_BYTES)
        return refuse(reader, "%zu bytes are too many for a page", length);
    size_t needed = 3 * length + JSON_TOKENS_SLACK;
    if (needed > arena->bytes_capacity) {
        free(arena->bytes);
        arena->bytes_capacity = 0;
        arena->bytes = malloc(needed);
        if (!arena->bytes)
            return refuse(reader, "no memory for a page of %zu bytes", length);
        arena->bytes_capacity = needed;
    }
    reader->json.bytes = arena->bytes;
    return true;
}

bool neuroscope_page_read(struct neuroscope_page *page, const char *html, size_t length, uint32_t layer,
                          uint32_t neuron, char reason[PAGE_REASON_SIZE])
{
    struct reader reader = {.page = page, .arena = page->arena, .html = html, .reason = reason};
    reader.lines = (struct page_lines){.at = html, .end = html + length};
    page->num_texts = page->num_logits = 0;
    if (!bytes_reserve(&reader, length))
        return false;
    size_t valid = utf8_valid_length(html, length);
    if (valid < length)
        return refuse(&reader, "not UTF-8 at byte %zu", valid);
    if (!header_read(&reader, layer, neuron) || !logit_section_read(&reader) || !texts_read(&reader))
        return false;
    texts_point(page);
    return true;
}

struct neuroscope_page *neuroscope_page_new(void)
{
    struct neuroscope_page *page = calloc(1, sizeof *page);
    struct page_arena *arena = calloc(1, sizeof *arena);
    if (!page || !arena) {
        fputs("no memory for a page reader\n", stderr);
        abort();
    }
    page->arena = arena;
    page->texts = arena->texts;
    page->logits = arena->logits;
    return page;
}

void neuroscope_page_free(struct neuroscope_page *page)
{
    if (!page)
        return;
    free(page->arena->bytes);
    free(page->arena->tokens);
    free(page->arena->values);
    free(page->arena);
    free(page);
}
