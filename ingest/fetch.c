#include "fetch.h"

#include <assert.h>
#include <curl/curl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { MAX_QUIET_S = 300, MAX_REFUSALS = 60 };   /* a 429 is no failed try, but there is an end to them */
enum { HELD_MAX = 4 << 20, KEEP_MAX = 1 << 20 }; /* bytes of all bodies at once; of a buffer between two bodies */

/* One address on its way. */
struct request {
    int num_tries, num_refusals;
    int64_t due_ns; /* when it may start */
    bool is_over;
};

/* One transfer slot: a curl handle and the body it fills. */
struct transfer {
    CURL *curl;
    struct fetcher *fetcher;
    size_t index; /* of the request */
    bool is_busy, is_too_long, is_file, is_paused;
    char *body;
    size_t length, capacity;
    char error[CURL_ERROR_SIZE];
};

struct fetcher {
    struct fetch_settings settings;
    CURLM *multi;
    struct curl_slist *headers;
    struct libdeflate_decompressor *inflater;
    size_t body_max;
    size_t held;    /* bytes of the bodies under way */
    char *unpacked; /* [body_max] */
    unsigned jitter;
    struct transfer transfers[]; /* [settings.transfers] */
};

/* A batch under way. */
struct batch {
    struct fetcher *fetcher;
    size_t count, num_over;
    char *const *urls;
    fetch_reader *reader;
    void *context;
    struct request *requests;
    struct fetch_outcome *outcomes;
};

/* Whether another transfer is going on, at whose end there will be room. curl reads files in one go. */
static bool may_wait(const struct transfer *transfer)
{
    const struct fetcher *fetcher = transfer->fetcher;
    if (transfer->is_file)
        return false;
    for (int i = 0; i < fetcher->settings.transfers; i++) {
        const struct transfer *other = &fetcher->transfers[i];
        if (other != transfer && other->is_busy && !other->is_paused && other->length > 0)
            return true;
    }
    return false;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *opaque)
{
    struct transfer *transfer = opaque;
    size_t more = size * count;
    if (more > transfer->fetcher->body_max - transfer->length) {
        transfer->is_too_long = true;
        return 0;
    }
    if (transfer->fetcher->held + more > HELD_MAX && may_wait(transfer)) {
        transfer->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    if (transfer->length + more > transfer->capacity) {
        size_t capacity = 2 * transfer->capacity + more;
        char *body = realloc(transfer->body, capacity);
        if (body == NULL)
            return 0;
        transfer->body = body;
        transfer->capacity = capacity;
    }
    memcpy(transfer->body + transfer->length, bytes, more);
    transfer->length += more;
    transfer->fetcher->held += more;
    return more;
}

static void prepare(struct fetcher *fetcher, struct transfer *transfer)
{
    CURL *curl = transfer->curl = curl_easy_init();
    if (curl == NULL)
        abort();
    transfer->fetcher = fetcher;
    curl_easy_setopt(curl, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)fetcher->settings.timeout_s);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)fetcher->settings.timeout_s);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 256L << 10);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fetcher->headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "deepdecipher-ingest/" DEEPDECIPHER_VERSION);
}

struct fetcher *fetcher_new(const struct fetch_settings *settings)
{
    struct fetcher *fetcher = calloc(1, sizeof *fetcher + (size_t)settings->transfers * sizeof *fetcher->transfers);
    if (fetcher == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
    fetcher->settings = *settings;
    fetcher->multi = curl_multi_init();
    /* Unpacked by libdeflate, three times as fast as what curl would use. */
    fetcher->headers = curl_slist_append(NULL, "Accept-Encoding: gzip");
    fetcher->inflater = libdeflate_alloc_decompressor();
    if (fetcher->multi == NULL || fetcher->headers == NULL || fetcher->inflater == NULL)
        abort();
    curl_multi_setopt(fetcher->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)settings->transfers);
    for (int i = 0; i < settings->transfers; i++)
        prepare(fetcher, &fetcher->transfers[i]);
    fetcher_limit(fetcher, FETCH_BODY_MAX);
    fetcher->jitter = (unsigned)monotonic_ns();
    return fetcher;
}

void fetcher_limit(struct fetcher *fetcher, size_t bytes)
{
    if (bytes == fetcher->body_max)
        return;
    free(fetcher->unpacked);
    fetcher->unpacked = malloc(bytes);
    if (fetcher->unpacked == NULL)
        abort();
    fetcher->body_max = bytes;
    for (int i = 0; i < fetcher->settings.transfers; i++)
        curl_easy_setopt(fetcher->transfers[i].curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)bytes);
}

void fetcher_free(struct fetcher *fetcher)
{
    if (fetcher == NULL)
        return;
    for (int i = 0; i < fetcher->settings.transfers; i++) {
        curl_easy_cleanup(fetcher->transfers[i].curl);
        free(fetcher->transfers[i].body);
    }
    curl_multi_cleanup(fetcher->multi);
    curl_slist_free_all(fetcher->headers);
    libdeflate_free_decompressor(fetcher->inflater);
    free(fetcher->unpacked);
    free(fetcher);
    curl_global_cleanup();
}

static void finish(struct batch *batch, size_t index, enum fetch_kind kind)
{
    batch->requests[index].is_over = true;
    batch->outcomes[index].kind = kind;
    batch->outcomes[index].num_tries = batch->requests[index].num_tries;
    batch->num_over++;
}

/* 0.25 s, doubled with every try up to 30 s, and between half and all of it, so that a crowd does not return at once. */
static int64_t back_off_ns(struct fetcher *fetcher, int num_tries)
{
    int doublings = num_tries < 8 ? num_tries - 1 : 7;
    int64_t whole = (int64_t)250000000 << doublings;
    return whole / 2 + (int64_t)(rand_r(&fetcher->jitter) % 1024) * (whole / 2) / 1024;
}

/* A try failed for the reason in the outcome: another one later, or the end. */
static void fail(struct batch *batch, size_t index, enum fetch_kind kind, double wait_s)
{
    struct request *request = &batch->requests[index];
    bool is_local = strncmp(batch->urls[index], "file:", 5) == 0; /* reads the same again */
    if (is_local || request->num_tries > batch->fetcher->settings.retries) {
        finish(batch, index, kind);
        return;
    }
    int64_t wait = back_off_ns(batch->fetcher, request->num_tries);
    if (wait < (int64_t)(wait_s * 1e9))
        wait = (int64_t)(wait_s * 1e9);
    request->due_ns = monotonic_ns() + wait;
}

/* Seconds that the answer asks to wait, at most MAX_QUIET_S; 0 when it does not ask. */
static double retry_after_s(CURL *curl)
{
    curl_off_t seconds = 0;
    if (curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK || seconds < 0)
        return 0;
    return seconds < MAX_QUIET_S ? (double)seconds : MAX_QUIET_S;
}

static void refuse(struct batch *batch, size_t index, double wait_s)
{
    struct request *request = &batch->requests[index];
    double pause_s = wait_s > 0 ? wait_s : 1;
    limiter_pause(batch->fetcher->settings.limiter, pause_s);
    if (++request->num_refusals > MAX_REFUSALS) {
        finish(batch, index, FETCH_UNREACHABLE);
        return;
    }
    request->num_tries--;
    request->due_ns = monotonic_ns() + (int64_t)(pause_s * 1e9);
}

/* Unpacks gzip where the answer is that. False with a reason when it is broken or too long. */
static bool unpack(struct fetcher *fetcher, struct transfer *transfer, const char **body, size_t *length, char *reason)
{
    struct curl_header *encoding;
    *body = transfer->body != NULL ? transfer->body : "";
    *length = transfer->length;
    if (curl_easy_header(transfer->curl, "Content-Encoding", 0, CURLH_HEADER, -1, &encoding) != CURLHE_OK ||
        strcasecmp(encoding->value, "identity") == 0)
        return true;
    if (strcasecmp(encoding->value, "gzip") != 0) {
        snprintf(reason, FETCH_REASON_SIZE, "the answer has the encoding %.40s, only gzip was asked for",
                 encoding->value);
        return false;
    }
    enum libdeflate_result result = libdeflate_gzip_decompress(fetcher->inflater, transfer->body, transfer->length,
                                                               fetcher->unpacked, fetcher->body_max, length);
    *body = fetcher->unpacked;
    if (result == LIBDEFLATE_SUCCESS)
        return true;
    snprintf(reason, FETCH_REASON_SIZE,
             result == LIBDEFLATE_INSUFFICIENT_SPACE ? "the answer is over %zu MiB when unpacked"
                                                     : "the answer is not whole gzip",
             fetcher->body_max >> 20);
    return false;
}

/* Judges an answer that came without a fault of the network. */
static void judge(struct batch *batch, struct transfer *transfer, long status)
{
    size_t index = transfer->index, length;
    char *reason = batch->outcomes[index].reason;
    const char *body;
    if (status == 404 || status == 410) {
        snprintf(reason, FETCH_REASON_SIZE, "the site has no such page (HTTP %ld)", status);
        finish(batch, index, FETCH_MISSING);
    } else if (status == 429) {
        snprintf(reason, FETCH_REASON_SIZE, "the site asks for fewer requests (HTTP 429)");
        refuse(batch, index, retry_after_s(transfer->curl));
    } else if (status != 200 && status != 0) { /* 0: file:// */
        snprintf(reason, FETCH_REASON_SIZE, "the site answers HTTP %ld", status);
        fail(batch, index, FETCH_UNREACHABLE, status == 503 ? retry_after_s(transfer->curl) : 0);
    } else if (!unpack(batch->fetcher, transfer, &body, &length, reason)) {
        fail(batch, index, FETCH_UNREACHABLE, 0);
    } else if (batch->reader(batch->context, index, body, length, reason)) {
        finish(batch, index, FETCH_DONE);
    } else {
        fail(batch, index, FETCH_UNREADABLE, 0);
    }
}

static void complete(struct batch *batch, struct transfer *transfer, CURLcode code)
{
    char *reason = batch->outcomes[transfer->index].reason;
    long status = 0;
    curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK) {
        judge(batch, transfer, status);
    } else if (code == CURLE_FILE_COULDNT_READ_FILE) {
        snprintf(reason, FETCH_REASON_SIZE, "no such file, or it may not be read");
        finish(batch, transfer->index, FETCH_MISSING);
    } else if (transfer->is_too_long || code == CURLE_FILESIZE_EXCEEDED) {
        snprintf(reason, FETCH_REASON_SIZE, "the answer is over %zu MiB", batch->fetcher->body_max >> 20);
        fail(batch, transfer->index, FETCH_UNREACHABLE, 0);
    } else {
        snprintf(reason, FETCH_REASON_SIZE, "%s",
                 transfer->error[0] != '\0' ? transfer->error : curl_easy_strerror(code));
        fail(batch, transfer->index, FETCH_UNREACHABLE, 0);
    }
}

/* Ends a transfer: its bytes are no longer needed. */
static void release(struct fetcher *fetcher, struct transfer *transfer)
{
    fetcher->held -= transfer->length;
    transfer->length = 0;
    transfer->is_busy = transfer->is_paused = false;
    if (transfer->capacity > KEEP_MAX) {
        free(transfer->body);
        transfer->body = NULL;
        transfer->capacity = 0;
    }
}

static void go_on_with_paused(struct fetcher *fetcher)
{
    for (int i = 0; i < fetcher->settings.transfers; i++) {
        struct transfer *transfer = &fetcher->transfers[i];
        if (!transfer->is_paused)
            continue;
        transfer->is_paused = false;
        curl_easy_pause(transfer->curl, CURLPAUSE_CONT);
    }
}

static struct transfer *free_transfer(struct fetcher *fetcher)
{
    for (int i = 0; i < fetcher->settings.transfers; i++)
        if (!fetcher->transfers[i].is_busy)
            return &fetcher->transfers[i];
    return NULL;
}

static void start(struct batch *batch, struct transfer *transfer, size_t index)
{
    transfer->index = index;
    transfer->is_busy = true;
    transfer->is_too_long = false;
    transfer->is_file = strncmp(batch->urls[index], "file:", 5) == 0;
    transfer->error[0] = '\0';
    batch->requests[index].num_tries++;
    batch->requests[index].due_ns = INT64_MAX; /* until this try ends */
    curl_easy_setopt(transfer->curl, CURLOPT_URL, batch->urls[index]);
    curl_multi_add_handle(batch->fetcher->multi, transfer->curl);
}

/* Starts what is due; returns the milliseconds after which more may be. */
static int start_due(struct batch *batch)
{
    int64_t now = monotonic_ns(), wait = 1000000000;
    struct transfer *transfer;
    for (size_t i = 0; i < batch->count && (transfer = free_transfer(batch->fetcher)) != NULL; i++) {
        struct request *request = &batch->requests[i];
        if (request->is_over || request->due_ns == INT64_MAX)
            continue;
        if (request->due_ns > now) {
            if (request->due_ns - now < wait)
                wait = request->due_ns - now;
            continue;
        }
        int64_t leave = limiter_take(batch->fetcher->settings.limiter);
        if (leave > 0) {
            if (leave < wait)
                wait = leave;
            break;
        }
        start(batch, transfer, i);
    }
    return (int)(wait / 1000000) + 1;
}

/* Judges the transfers that ended; returns how many. */
static int collect(struct batch *batch)
{
    CURLMsg *message;
    int left, count = 0;
    while ((message = curl_multi_info_read(batch->fetcher->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct transfer *transfer;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        curl_multi_remove_handle(batch->fetcher->multi, transfer->curl);
        complete(batch, transfer, code);
        release(batch->fetcher, transfer);
        count++;
    }
    if (count > 0)
        go_on_with_paused(batch->fetcher);
    return count;
}

static void abandon(struct fetcher *fetcher)
{
    for (int i = 0; i < fetcher->settings.transfers; i++) {
        if (fetcher->transfers[i].is_busy)
            curl_multi_remove_handle(fetcher->multi, fetcher->transfers[i].curl);
        release(fetcher, &fetcher->transfers[i]);
    }
}

bool fetch_all(struct fetcher *fetcher, size_t count, char *const urls[], fetch_reader *reader, void *context,
               struct fetch_outcome outcomes[], const volatile int *stop)
{
    struct batch batch = {
        .fetcher = fetcher, .count = count, .urls = urls, .reader = reader, .context = context, .outcomes = outcomes};
    batch.requests = calloc(count, sizeof *batch.requests);
    if (batch.requests == NULL)
        abort();
    memset(outcomes, 0, count * sizeof *outcomes);
    while (batch.num_over < count && !*stop) {
        int running, wait_ms = start_due(&batch);
        curl_multi_perform(fetcher->multi, &running);
        if (collect(&batch) == 0) /* else a slot is free: start the next first */
            curl_multi_poll(fetcher->multi, NULL, 0, wait_ms, NULL);
    }
    abandon(fetcher);
    free(batch.requests);
    return batch.num_over == count;
}
