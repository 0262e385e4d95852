/*
 * One page of neuroscope.io, read: bytes in, the neuron's texts out.
 * Pure: no network, no database, no globals.
 */
#ifndef DEEPDECIPHER_NEUROSCOPE_PAGE_H
#define DEEPDECIPHER_NEUROSCOPE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct page_token {
    const char *bytes; /* UTF-8, may hold NUL; unescaped; lives in the page's arena */
    uint32_t length;   /* bytes */
};

/* A number of the page that has four decimals or six, exactly as printed (a double keeps up to 15 digits). */
struct page_text {
    uint32_t rank;               /* the k of "Text #k", 0-based */
    double max_range, min_range; /* as printed */
    double max_activation, min_activation;
    int64_t data_index;
    const char *dataset;   /* name in parentheses behind the data index; UTF-8, NUL-terminated */
    uint32_t max_position; /* index of the maximum among the text's tokens */
    uint32_t num_tokens;
    const struct page_token *tokens; /* [num_tokens] */
    const double *values;            /* [num_tokens], as printed */
};

struct page_logit {    /* one line of "Direct Logit Effect" */
    const char *token; /* as printed between the tags, HTML entities left alone; NUL-terminated */
    double effect;     /* signed */
};

struct neuroscope_page {
    uint32_t layer, neuron; /* as the page says */
    size_t num_texts, num_logits;
    struct page_text *texts;
    struct page_logit *logits;
    /* private: */
    struct page_arena *arena;
};

enum { PAGE_REASON_SIZE = 256 };

/* A reader keeps its memory between pages, so that a run of pages allocates little. */
struct neuroscope_page *neuroscope_page_new(void);
void neuroscope_page_free(struct neuroscope_page *page);

/*
 * Reads the page `html` (`length` bytes, any bytes) of neuron `neuron` in layer `layer` into `page`,
 * whose former content is gone. Returns true, or false with a one-line `reason` for people
 * ("text 3: 1023 tokens but 1024 values"); then the content of `page` is undefined and nothing of it may be used.
 */
bool neuroscope_page_read(struct neuroscope_page *page, const char *html, size_t length, uint32_t layer,
                          uint32_t neuron, char reason[PAGE_REASON_SIZE]) __attribute__((warn_unused_result));

#endif
