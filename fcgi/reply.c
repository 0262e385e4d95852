/* One reply; see reply.h. */
#include "reply.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <libdeflate.h>

#include "json.h"

enum { GZIP_LEVEL = 1 };

/* The suffix that tells the gzip form's ETag from the plain one's: two bodies must not share a strong tag. */
static const char packed_suffix[] = "-gz";

static const char *status_title(int status)
{
    switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 503: return "Service Unavailable";
    default: return status < 500 ? "Error" : "Internal Server Error";
    }
}

static const char *cache_control(const struct reply *r)
{
    if (r->status != 200 && r->status != 304)
        return "no-store";
    switch (r->cache) {
    case CACHE_SHORT: return "public, max-age=0, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400";
    case CACHE_NEVER: break;
    }
    return "no-store";
}

void reply_init(struct reply *r)
{
    *r = (struct reply){.compressor = libdeflate_alloc_compressor(GZIP_LEVEL)};
    assert(r->compressor != NULL);
}

void reply_clear(struct reply *r)
{
    buffer_clear(&r->body);
    buffer_clear(&r->head);
    buffer_clear(&r->packed);
    libdeflate_free_compressor(r->compressor);
    *r = (struct reply){0};
}

void reply_reset(struct reply *r)
{
    buffer_reset(&r->body, REPLY_KEEP_BYTES);
    buffer_reset(&r->head, REPLY_KEEP_BYTES);
    buffer_reset(&r->packed, REPLY_KEEP_BYTES);
    *r = (struct reply){.body = r->body, .head = r->head, .packed = r->packed, .compressor = r->compressor};
}

struct buffer *reply_begin(struct reply *r, int status, const char *content_type)
{
    r->status = status;
    r->content_type = content_type;
    buffer_reset(&r->body, BUFFER_BYTES_MAX);
    return &r->body;
}

void reply_vproblem(struct reply *r, const char *instance, int status, const char *format, va_list arguments)
{
    struct buffer detail = {0};
    buffer_vprintf(&detail, format, arguments);
    r->etag[0] = '\0';
    struct buffer *b = reply_begin(r, status, "application/problem+json");
    buffer_add_text(b, "{\"detail\":");
    json_string(b, detail.data != NULL ? detail.data : "", detail.length);
    buffer_add_text(b, ",\"instance\":");
    json_text(b, instance);
    buffer_printf(b, ",\"status\":%d,\"title\":\"%s\",\"type\":\"about:blank\"}", status, status_title(status));
    buffer_clear(&detail);
}

void reply_problem(struct reply *r, const char *instance, int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    reply_vproblem(r, instance, status, format, arguments);
    va_end(arguments);
}

/* Takes the next tag off a list like `W/"a", "b"`: its text between the quotes. False at the end or at nonsense. */
static bool next_tag(const char **list, const char **tag, size_t *length)
{
    const char *at = *list + strspn(*list, " \t,");
    if (strncmp(at, "W/", 2) == 0)
        at += 2;
    if (*at != '"')
        return false;
    *tag = at + 1;
    const char *close = strchr(*tag, '"');
    if (close == NULL)
        return false;
    *length = (size_t)(close - *tag);
    *list = close + 1;
    return true;
}

/* True when the list has `version`, plain or as gzip; `suffix` then is which. */
static bool list_has(const char *list, const char *version, const char **suffix)
{
    const char *tag;
    size_t length, bare = strlen(version);
    while (next_tag(&list, &tag, &length)) {
        if (length < bare || memcmp(tag, version, bare) != 0)
            continue;
        *suffix = length == bare ? "" : packed_suffix;
        if (length == bare + strlen(*suffix) && memcmp(tag + bare, *suffix, strlen(*suffix)) == 0)
            return true;
    }
    return false;
}

static void set_etag(struct reply *r, const char *version, const char *suffix)
{
    int length = snprintf(r->etag, sizeof r->etag, "\"%s%s\"", version, suffix);
    assert(length > 0 && (size_t)length < sizeof r->etag - sizeof packed_suffix);
}

bool reply_is_current(struct reply *r, const struct request *request, const char *version)
{
    const char *list = request->if_none_match, *suffix = "";
    if (!(request->method & (METHOD_GET | METHOD_HEAD)))
        return false;
    set_etag(r, version, "");
    if (list == NULL)
        return false;
    if (!request_accepts_any_version(request) && !list_has(list, version, &suffix))
        return false;
    set_etag(r, version, suffix);
    reply_begin(r, 304, NULL);
    return true;
}

static void pack_body(struct reply *r)
{
    size_t room = libdeflate_gzip_compress_bound(r->compressor, r->body.length);
    char *to = buffer_reserve(&r->packed, room);
    if (to == NULL)
        return;
    size_t length = libdeflate_gzip_compress(r->compressor, r->body.data, r->body.length, to, room);
    if (length == 0 || length >= r->body.length)
        return;
    buffer_advance(&r->packed, length);
    r->is_packed = true;
    if (r->etag[0] == '\0')
        return;
    char version[REPLY_ETAG_SIZE];
    snprintf(version, sizeof version, "%.*s", (int)strlen(r->etag) - 2, r->etag + 1);
    set_etag(r, version, packed_suffix);
}

static void add_methods(struct buffer *b, const char *name, unsigned methods)
{
    static const struct {
        enum request_method bit;
        const char *name;
    } names[] = {{METHOD_GET, "GET"}, {METHOD_HEAD, "HEAD"}, {METHOD_POST, "POST"}, {METHOD_OPTIONS, "OPTIONS"}};
    const char *separator = ": ";
    buffer_add_text(b, name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(methods & names[i].bit))
            continue;
        buffer_add_text(b, separator);
        buffer_add_text(b, names[i].name);
        separator = ", ";
    }
    buffer_add_text(b, "\r\n");
}

static void add_content_lines(struct reply *r)
{
    if (r->content_type == NULL)
        return;
    size_t length = r->is_packed ? r->packed.length : r->body.length;
    buffer_printf(&r->head, "Content-Type: %s\r\n", r->content_type);
    if (r->is_stream)
        buffer_add_text(&r->head, "X-Accel-Buffering: no\r\n"); /* nginx hands each piece on and keeps none */
    else
        buffer_printf(&r->head, "Content-Length: %zu\r\n", length);
    if (r->is_packed)
        buffer_add_text(&r->head, "Content-Encoding: gzip\r\n");
}

static void add_cors_lines(struct reply *r)
{
    buffer_add_text(&r->head, "Access-Control-Allow-Origin: *\r\n"
                              "Access-Control-Expose-Headers: ETag, Location, Retry-After, X-Request-Id\r\n");
    if (!r->is_preflight)
        return;
    add_methods(&r->head, "Access-Control-Allow-Methods", r->allow);
    buffer_add_text(&r->head, "Access-Control-Allow-Headers: Accept, Content-Type, If-None-Match, X-Request-Id\r\n"
                              "Access-Control-Max-Age: 86400\r\n");
}

static void build_head(struct reply *r)
{
    struct buffer *b = &r->head;
    buffer_reset(b, REPLY_KEEP_BYTES);
    buffer_printf(b, "Status: %d %s\r\n", r->status, status_title(r->status));
    add_content_lines(r);
    buffer_printf(b, "Cache-Control: %s\r\nVary: Accept-Encoding%s\r\n", cache_control(r),
                  r->has_forms ? ", Accept" : "");
    if (r->etag[0] != '\0')
        buffer_printf(b, "ETag: %s\r\n", r->etag);
    if (r->location != NULL)
        buffer_printf(b, "Location: %s\r\n", r->location);
    if (r->retry_after_s > 0)
        buffer_printf(b, "Retry-After: %d\r\n", r->retry_after_s);
    if (r->allow != 0)
        add_methods(b, "Allow", r->allow);
    add_cors_lines(r);
    buffer_add_text(b, "\r\n");
}

void reply_finish(struct reply *r, const struct request *request)
{
    if (r->status == 0 || r->body.failed)
        reply_problem(r, request->target, 500, "The reply could not be built. The server's log has the reason.");
    if (request->accepts_gzip && r->content_type != NULL && r->body.length > REPLY_GZIP_BYTES_MIN)
        pack_body(r);
    r->has_no_payload = request->method == METHOD_HEAD || r->content_type == NULL;
    build_head(r);
}

const char *reply_payload(const struct reply *r, size_t *length)
{
    const struct buffer *b = r->is_packed ? &r->packed : &r->body;
    *length = r->has_no_payload ? 0 : b->length;
    return b->data;
}
