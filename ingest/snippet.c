/* What stands round the maxima of texts; see snippet.h. */
#include "snippet.h"

#include <string.h>

enum { TOKENS_BEFORE = 10, TOKENS_BEHIND = 2, TOKENS_MORE = 4, SNIPPETS_BYTES_MAX = 65536, SIGN_BYTES = 3 };

static const char separator = '\x1e';
static const char sign_for_nul[] = "\xE2\x90\x80", sign_for_separator[] = "\xE2\x90\x9E";

/* Letters, digits, and any part of a character that is not ASCII. */
static bool is_in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* Whether a word goes on from one token to the next. */
static bool goes_on(const struct page_token *before, const struct page_token *behind)
{
    return before->length > 0 && behind->length > 0 && is_in_word(before->bytes[before->length - 1]) &&
           is_in_word(behind->bytes[0]);
}

/* The tokens of the snippet: `*begin` to before `*end`. */
static void find_range(const struct page_text *text, uint32_t *begin, uint32_t *end)
{
    const struct page_token *tokens = text->tokens;
    uint32_t behind = text->num_tokens - text->max_position - 1;
    *begin = text->max_position > TOKENS_BEFORE ? text->max_position - TOKENS_BEFORE : 0;
    *end = text->max_position + 1 + (behind < TOKENS_BEHIND ? behind : TOKENS_BEHIND);
    for (int i = 0; i<TOKENS_MORE && * begin> 0 && goes_on(&tokens[*begin - 1], &tokens[*begin]); i++)
        --*begin;
    for (int i = 0; i < TOKENS_MORE && *end < text->num_tokens && goes_on(&tokens[*end - 1], &tokens[*end]); i++)
        ++*end;
}

static char *write_token(const struct page_token *token, char *place)
{
    for (uint32_t i = 0; i < token->length; i++) {
        char c = token->bytes[i];
        if (c != '\0' && c != separator) {
            *place++ = c;
            continue;
        }
        memcpy(place, c == '\0' ? sign_for_nul : sign_for_separator, SIGN_BYTES);
        place += SIGN_BYTES;
    }
    return place;
}

static char *write_snippet(const struct page_text *text, char *place)
{
    uint32_t begin, end;
    find_range(text, &begin, &end);
    for (uint32_t i = begin; i < end; i++)
        place = write_token(&text->tokens[i], place);
    return place;
}

size_t snippets_bound(const struct neuroscope_page *page)
{
    size_t bound = 0;
    for (size_t i = 0; i < page->num_texts; i++) {
        uint32_t begin, end;
        find_range(&page->texts[i], &begin, &end);
        for (bound++; begin < end; begin++)
            bound += (size_t)SIGN_BYTES * page->texts[i].tokens[begin].length;
    }
    return bound;
}

size_t snippets_write(const struct neuroscope_page *page, char *place)
{
    char *start = place;
    size_t total = 0;
    for (size_t i = 0; i < page->num_texts; i++) {
        if (i > 0)
            *place++ = separator;
        char *end = write_snippet(&page->texts[i], place);
        total += (size_t)(end - place);
        if (total <= SNIPPETS_BYTES_MAX)
            place = end;
    }
    return (size_t)(place - start);
}
