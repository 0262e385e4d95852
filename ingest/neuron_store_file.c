#include "neuron_store_file.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    struct json_scan scan;
    struct neuron_store_file *file;
    int32_t num_layers, layer_size;
};

static void *fit(void *memory, size_t *capacity, size_t wanted, size_t size)
{
    if (wanted <= *capacity)
        return memory;
    *capacity = wanted + wanted / 2 + 256;
    memory = realloc(memory, *capacity * size);
    if (memory == NULL)
        abort();
    return memory;
}

/* Digits without a sign or leading zeros, below `count`; -1 when they are not. Moves `at`. */
static int64_t read_index(const char **at, const char *end, int32_t count)
{
    const char *first = *at;
    int64_t value = 0;
    while (*at < end && **at >= '0' && **at <= '9' && value < count)
        value = 10 * value + (*(*at)++ - '0');
    bool is_fine = *at > first && value < count && (*first != '0' || *at - first == 1);
    return is_fine ? value : -1;
}

/* "0_17" */
static bool read_neuron(struct reader *reader)
{
    struct json_text text;
    struct neuron_store_file *file = reader->file;
    if (!json_scan_string(&reader->scan, &text))
        return false;
    const char *at = text.bytes, *end = at + text.length;
    int64_t layer = read_index(&at, end, reader->num_layers), neuron = -1;
    if (layer >= 0 && at < end && *at++ == '_')
        neuron = read_index(&at, end, reader->layer_size);
    if (neuron < 0 || at != end)
        return json_scan_fail(
            &reader->scan, "\"%.*s\" is no neuron of a model of %d layers of %d neurons, such as \"0_17\"",
            (int)(text.length < 40 ? text.length : 40), text.bytes, reader->num_layers, reader->layer_size);
    file->neurons = fit(file->neurons, &file->neurons_capacity, file->num_neurons + 1, sizeof *file->neurons);
    file->neurons[file->num_neurons++] = (uint32_t)(layer * reader->layer_size + neuron);
    return true;
}

static int compare_neurons(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* The file has sets: a neuron that comes twice is one. */
static void sort_neurons(struct neuron_store_file *file, struct store_term *term)
{
    uint32_t *neurons = file->neurons + term->first;
    size_t kept = 0;
    qsort(neurons, term->count, sizeof *neurons, compare_neurons);
    for (size_t i = 0; i < term->count; i++)
        if (kept == 0 || neurons[kept - 1] != neurons[i])
            neurons[kept++] = neurons[i];
    term->count = kept;
    file->num_neurons = term->first + kept;
}

static bool add_term(struct reader *reader, enum store_kind kind, const struct json_text *token)
{
    struct neuron_store_file *file = reader->file;
    if (token->length > STORE_TOKEN_MAX)
        return json_scan_fail(&reader->scan, "a token has %zu bytes; %d are the most", token->length, STORE_TOKEN_MAX);
    file->tokens = fit(file->tokens, &file->tokens_capacity, file->tokens_length + token->length, 1);
    if (token->length > 0)
        memcpy(file->tokens + file->tokens_length, token->bytes, token->length);
    file->terms = fit(file->terms, &file->terms_capacity, file->num_terms + 1, sizeof *file->terms);
    file->terms[file->num_terms++] =
        (struct store_term){kind, file->tokens_length, token->length, file->num_neurons, 0};
    file->tokens_length += token->length;
    return true;
}

/* {" the": ["0_17", …], …} */
static bool read_kind(struct reader *reader, enum store_kind kind)
{
    struct json_text token;
    struct neuron_store_file *file = reader->file;
    if (!json_scan_enter(&reader->scan, '{'))
        return false;
    while (json_scan_key(&reader->scan, &token)) {
        if (!add_term(reader, kind, &token) || !json_scan_enter(&reader->scan, '['))
            return false;
        while (json_scan_element(&reader->scan))
            if (!read_neuron(reader))
                return false;
        struct store_term *term = &file->terms[file->num_terms - 1];
        term->count = file->num_neurons - term->first;
        if (term->count == 0)
            file->num_terms--; /* a set that became empty */
        else
            sort_neurons(file, term);
    }
    return json_scan_is_fine(&reader->scan);
}

static int compare_terms(const void *a, const void *b, void *tokens)
{
    const struct store_term *left = a, *right = b;
    size_t shorter = left->token_length < right->token_length ? left->token_length : right->token_length;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    int order = memcmp((const char *)tokens + left->token_at, (const char *)tokens + right->token_at, shorter);
    return order != 0 ? order : (left->token_length > right->token_length) - (left->token_length < right->token_length);
}

static bool sort_terms(struct reader *reader)
{
    struct neuron_store_file *file = reader->file;
    if (file->num_terms == 0)
        return json_scan_fail(&reader->scan, "there is no token in it");
    qsort_r(file->terms, file->num_terms, sizeof *file->terms, compare_terms, file->tokens);
    for (size_t i = 1; i < file->num_terms; i++) {
        const struct store_term *term = &file->terms[i];
        if (compare_terms(term - 1, term, file->tokens) == 0)
            return json_scan_fail(&reader->scan, "the token \"%.*s\" comes twice among the %s ones",
                                  (int)(term->token_length < 40 ? term->token_length : 40),
                                  file->tokens + term->token_at,
                                  term->kind == STORE_ACTIVATING ? "activating" : "important");
    }
    return true;
}

static bool read_all(struct reader *reader)
{
    struct json_text key;
    bool has[2] = {false, false};
    if (!json_scan_enter(&reader->scan, '{'))
        return false;
    while (json_scan_key(&reader->scan, &key)) {
        bool is_important = json_text_is(&key, "important");
        if (!is_important && !json_text_is(&key, "activating"))
            return json_scan_fail(&reader->scan, "\"%.*s\" is neither \"activating\" nor \"important\"",
                                  (int)(key.length < 40 ? key.length : 40), key.bytes);
        if (has[is_important])
            return json_scan_fail(&reader->scan, "\"%.*s\" comes twice", (int)key.length, key.bytes);
        has[is_important] = true;
        if (!read_kind(reader, is_important ? STORE_IMPORTANT : STORE_ACTIVATING))
            return false;
    }
    if (json_scan_is_fine(&reader->scan) && !(has[0] && has[1]))
        return json_scan_fail(&reader->scan, "\"%s\" is missing", has[0] ? "important" : "activating");
    return json_scan_close(&reader->scan) && sort_terms(reader);
}

bool neuron_store_file_read(struct neuron_store_file *file, const char *bytes, size_t length, int32_t num_layers,
                            int32_t layer_size, char reason[JSON_SCAN_REASON_SIZE])
{
    struct reader reader = {.file = file, .num_layers = num_layers, .layer_size = layer_size};
    file->num_terms = file->tokens_length = file->num_neurons = 0;
    bool is_fine = json_scan_open(&reader.scan, bytes, length, reason) && read_all(&reader);
    json_scan_free(&reader.scan);
    if (!is_fine)
        file->num_terms = 0;
    return is_fine;
}

void neuron_store_file_free(struct neuron_store_file *file)
{
    free(file->terms);
    free(file->tokens);
    free(file->neurons);
    *file = (struct neuron_store_file){0};
}
