/* The request's target: whatever comes, the pieces are whole and inside the request. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/request.h"
#include "fcgi/route.h"
#include "sql/client/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct request request;

static void check_text(const struct request_text *piece)
{
    const char *end = request.text + sizeof request.text;
    assert(piece->text[piece->length] == '\0');
    if (piece->length > 0)
        assert(piece->text >= request.text && piece->text + piece->length < end);
    if (piece->is_clean)
        assert(strlen(piece->text) == piece->length && utf8_valid_length(piece->text, piece->length) == piece->length);
}

static void check_segment(const struct request_text *piece)
{
    uint32_t index;
    check_text(piece);
    if (request_read_index(piece, &index))
        assert(request_looks_like_index(piece));
}

static void check_param(const struct request_param *param)
{
    int64_t value, values[2];
    check_text(&param->name);
    check_text(&param->value);
    assert(param->name.is_clean && param->value.is_clean);
    assert(request_param(&request, param->name.text) != NULL);
    if (request_read_int(param->value.text, param->value.length, -5, 5, &value))
        assert(value >= -5 && value <= 5);
    if (request_read_pair(&param->value, 0, 9, values))
        assert(values[0] >= 0 && values[0] <= 9 && values[1] >= 0 && values[1] <= 9);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct route_match match;
    char *target = malloc(size + 1);
    assert(target != NULL);
    memcpy(target, data, size);
    target[size] = '\0';
    if (request_parse(&request, "GET", target) == REQUEST_FINE) {
        for (size_t i = 0; i < request.segment_count && i < REQUEST_SEGMENTS_MAX; i++)
            check_segment(&request.segments[i]);
        for (size_t i = 0; i < request.param_count; i++)
            check_param(&request.params[i]);
        route_find(route_table, route_table_count, &request, &match);
        enum request_fault fault = request_check_params(&request, "texts window id*");
        assert(fault == REQUEST_FINE || request.culprit != NULL);
    }
    free(target);
    return 0;
}
