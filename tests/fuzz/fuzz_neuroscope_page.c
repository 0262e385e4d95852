/*
 * Any bytes as a page. What is read must keep the promises of neuroscope_page.h. Seeds: tests/data/neuroscope/.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/neuroscope_page.h"
#include "sql/client/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void text_check(const struct page_text *text, size_t rank)
{
    assert(text->rank == rank);
    assert(text->num_tokens > 0 && text->num_tokens <= 65536 && text->max_position < text->num_tokens);
    assert(isfinite(text->max_range) && isfinite(text->min_range) && text->data_index >= 0);
    assert(utf8_valid_length(text->dataset, strlen(text->dataset)) == strlen(text->dataset));
    for (size_t i = 0; i < text->num_tokens; i++) {
        const struct page_token *token = &text->tokens[i];
        assert(token->length <= 1024 && utf8_valid_length(token->bytes, token->length) == token->length);
        assert(isfinite(text->values[i]) && text->values[i] <= text->values[text->max_position]);
    }
}

/* The neuron the page says it is about, so that mutations of it get further. */
static void neuron_find(const char *html, size_t size, unsigned *layer, unsigned *neuron)
{
    const char *title = memmem(html, size, "<h2>Neuron ", 11);
    char copy[64] = "";
    if (title) {
        size_t left = (size_t)(html + size - title);
        memcpy(copy, title, left < sizeof copy - 1 ? left : sizeof copy - 1);
    }
    if (sscanf(copy, "<h2>Neuron %9u in Layer %9u", neuron, layer) != 2)
        *layer = *neuron = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct neuroscope_page *page; /* reused, as in life: what an earlier page left must not leak into this one */
    if (!page)
        page = neuroscope_page_new();
    const char *html = (const char *)data;
    char reason[PAGE_REASON_SIZE] = "";
    unsigned layer, neuron;
    neuron_find(html, size, &layer, &neuron);
    if (!neuroscope_page_read(page, html, size, layer, neuron, reason)) {
        assert(reason[0] != '\0' && strlen(reason) < PAGE_REASON_SIZE && !strchr(reason, '\n'));
        return 0;
    }
    assert(page->layer == layer && page->neuron == neuron && page->num_texts >= 1 && page->num_texts <= 100);
    for (size_t i = 0; i < page->num_texts; i++)
        text_check(&page->texts[i], i);
    for (size_t i = 0; i < page->num_logits; i++)
        assert(isfinite(page->logits[i].effect) && strlen(page->logits[i].token) <= 3 * 2048);
    return 0;
}
