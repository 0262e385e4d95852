/*
 * As much of HTML's tokenizer as a table needs.
 */
#include "html_tag.h"

#include <string.h>
#include <strings.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next `<` that begins a tag, as in `<td`, `</td`, `<!`, but not in `a < b`. */
static const char *tag_find(const char *at, const char *end)
{
    while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
        if (end - at >= 2 && (is_letter(at[1]) || at[1] == '!'))
            return at;
        if (end - at >= 3 && at[1] == '/' && is_letter(at[2]))
            return at;
        at++;
    }
    return NULL;
}

/* `at` is inside the tag; returns the byte behind its `>`, or NULL. */
static const char *tag_end(const char *at, const char *end)
{
    for (char quote = 0; at < end; at++) {
        if (quote)
            quote = *at == quote ? 0 : quote;
        else if (*at == '"' || *at == '\'')
            quote = *at;
        else if (*at == '>')
            return at + 1;
    }
    return NULL;
}

bool html_tag_next(struct html_tag *tag, const char **at, const char *end)
{
    const char *open = tag_find(*at, end);
    if (!open)
        return false;
    *tag = (struct html_tag){.text = *at, .text_length = (size_t)(open - *at)};
    if (end - open >= 4 && memcmp(open, "<!--", 4) == 0) {
        const char *close = memmem(open + 4, (size_t)(end - open - 4), "-->", 3);
        *at = close ? close + 3 : end;
        return close != NULL;
    }
    tag->is_closing = open[1] == '/';
    const char *behind = tag->name = open + 1 + tag->is_closing;
    while (behind < end && !is_space(*behind) && *behind != '>' && *behind != '/' && *behind != '!')
        behind++;
    tag->name_length = (size_t)(behind - tag->name);
    behind = tag_end(behind, end);
    *at = behind ? behind : end;
    return behind != NULL;
}

bool html_tag_is(const struct html_tag *tag, const char *name)
{
    return tag->name_length == strlen(name) && strncasecmp(tag->name, name, tag->name_length) == 0;
}

/* The character of the entity that `text` begins with, and its length; 0 when it is none that is known. */
static char entity_decode(const char *text, size_t length, size_t *entity_length)
{
    static const struct {
        const char *entity;
        char character;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        *entity_length = strlen(entities[i].entity);
        if (length >= *entity_length && memcmp(text, entities[i].entity, *entity_length) == 0)
            return entities[i].character;
    }
    return 0;
}

size_t html_text_decode(char *text, size_t length)
{
    size_t in = 0, out = 0;
    bool blank_is_due = false;
    while (in < length) {
        if (is_space(text[in])) {
            blank_is_due = out > 0;
            in++;
            continue;
        }
        size_t used = 1;
        char character = entity_decode(text + in, length - in, &used);
        if (!character) {
            character = text[in];
            used = 1;
        }
        in += used;
        if (blank_is_due)
            text[out++] = ' ';
        blank_is_due = false;
        text[out++] = character;
    }
    return out;
}
