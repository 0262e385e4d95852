/* What the searches share; see search.h. */
#include "search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One to sixteen digits. */
static bool read_number(const char **at, uint64_t *number)
{
    const char *start = *at;
    *number = 0;
    for (; hex_digit(**at) >= 0 && *at - start < 16; ++*at)
        *number = *number << 4 | (uint64_t)hex_digit(**at);
    return *at > start;
}

static bool read_bytes(const char **at, struct search_cursor *cursor)
{
    cursor->length = 0;
    for (; hex_digit((*at)[0]) >= 0 && hex_digit((*at)[1]) >= 0; *at += 2) {
        if (cursor->length == SEARCH_CURSOR_BYTES_MAX)
            return false;
        cursor->bytes[cursor->length++] = (uint8_t)(hex_digit((*at)[0]) << 4 | hex_digit((*at)[1]));
    }
    return true;
}

static bool parse_cursor(const char *text, int num_numbers, bool has_bytes, struct search_cursor *cursor)
{
    for (int i = 0; i < num_numbers; i++) {
        if (i > 0 && *text++ != '.')
            return false;
        if (!read_number(&text, &cursor->numbers[i]))
            return false;
    }
    if (has_bytes && (*text++ != '.' || !read_bytes(&text, cursor)))
        return false;
    return *text == '\0';
}

bool search_cursor_read(struct exchange *x, int num_numbers, bool has_bytes, struct search_cursor *cursor)
{
    const struct request_text *text = request_param(&x->request, "after");
    cursor->is_there = text != NULL;
    if (text == NULL || parse_cursor(text->text, num_numbers, has_bytes, cursor))
        return true;
    exchange_problem(x, 400, "after must be the `next` of a page of the same search, as it was given.");
    return false;
}

void search_cursor_write(struct buffer *body, int num_numbers, const uint64_t numbers[], const void *bytes,
                         size_t length)
{
    const uint8_t *byte = bytes;
    buffer_add_char(body, '"');
    for (int i = 0; i < num_numbers; i++)
        buffer_printf(body, "%s%" PRIx64, i > 0 ? "." : "", numbers[i]);
    if (byte != NULL)
        buffer_add_char(body, '.');
    for (size_t i = 0; i < length; i++)
        buffer_printf(body, "%02x", byte[i]);
    buffer_add_char(body, '"');
}

uint64_t search_bits_of_float32(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

uint64_t search_bits_of_float64(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

float search_float32_of_bits(uint64_t bits)
{
    uint32_t half = (uint32_t)bits;
    float value;
    memcpy(&value, &half, sizeof value);
    return value;
}

double search_float64_of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static int count_before(const struct request *request, size_t end)
{
    int count = 0;
    for (size_t i = 0; i < end; i++)
        count += strcmp(request->params[i].name.text, request->params[end].name.text) == 0;
    return count;
}

bool search_check_sizes(struct exchange *x)
{
    for (size_t i = 0; i < x->request.param_count; i++) {
        const char *name = x->request.params[i].name.text;
        if (count_before(&x->request, i) == SEARCH_REPEATS_MAX) {
            exchange_problem(x, 400, "%s may come %d times at most.", name, SEARCH_REPEATS_MAX);
            return false;
        }
        if (strcmp(name, "after") != 0 && count_characters(x->request.params[i].value.text) > SEARCH_CHARACTERS_MAX) {
            exchange_problem(x, 400, "%s may have %d characters at most.", name, SEARCH_CHARACTERS_MAX);
            return false;
        }
    }
    return true;
}

bool search_limit(struct exchange *x, int64_t *limit)
{
    return exchange_param_int(x, "limit", 1, SEARCH_LIMIT_MAX, 20, limit);
}

bool search_q(struct exchange *x, const char **q)
{
    const struct request_text *text = request_param(&x->request, "q");
    if (!search_check_sizes(x))
        return false;
    if (text == NULL) {
        exchange_problem(x, 400, "The query parameter q, what is searched for, is missing.");
        return false;
    }
    *q = text->text;
    return true;
}

static void list_words(const char *const words[], struct buffer *list)
{
    for (int i = 0; words[i] != NULL; i++)
        buffer_printf(list, "%s%s", i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ", words[i]);
    buffer_add_char(list, '\0');
}

bool search_choice(struct exchange *x, const char *name, const char *const words[], int otherwise, int *choice)
{
    const struct request_text *text = request_param(&x->request, name);
    struct buffer list = {0};
    *choice = otherwise;
    if (text == NULL)
        return true;
    for (*choice = 0; words[*choice] != NULL; ++*choice)
        if (strcmp(words[*choice], text->text) == 0)
            return true;
    list_words(words, &list);
    exchange_problem(x, 400, "%s must be %s, not \"%s\".", name, list.failed ? "another" : list.data, text->text);
    buffer_clear(&list);
    return false;
}

struct db_param search_models(const struct exchange *x, struct rows *memory)
{
    size_t count = 0;
    array_start(memory, ARRAY_TEXT);
    for (size_t i = 0; i < x->request.param_count; i++) {
        if (strcmp(x->request.params[i].name.text, "model") != 0)
            continue;
        rows_text(memory, x->request.params[i].value.text);
        count++;
    }
    return array_param(memory, count);
}

enum db_status search_send_models(struct exchange *x, struct db_param models)
{
    return db_send(x->db, STATEMENT_SEARCH_UNKNOWN_MODELS, 1, &models);
}

bool search_check_models(struct exchange *x, const PGresult *rows)
{
    if (PQntuples(rows) == 0)
        return true;
    exchange_problem(x, 404, "Model '%s' not found.", db_get_text(rows, 0, 0));
    return false;
}

bool search_receive(struct exchange *x, enum db_status sent, const char *too_much, PGresult **rows)
{
    PGresult *unknown = NULL;
    enum db_status status = sent == DB_OK ? db_flush(x->db) : sent;
    if (status == DB_OK)
        status = db_receive(x->db, &unknown);
    /* A model that is not there is the better reason when the search fails too. */
    if (status == DB_OK && !search_check_models(x, unknown))
        return false;
    if (status == DB_OK)
        status = db_receive(x->db, rows);
    if (status != DB_REFUSED || strcmp(db_sqlstate(x->db), "DD422") != 0)
        return exchange_db_ok(x, status);
    scoreboard_database(x->slot, true, true);
    exchange_problem(x, 422, "%s", too_much);
    return false;
}
