/*
 * The limit of fetching: bench_download PROCESSES TRANSFERS <URLS
 * Fetches the URLs of standard input, one a line, and drops the bodies. The processes share the list; each keeps
 * TRANSFERS transfers of libcurl going, with the same options as ingest. Prints one line of JSON.
 */
#include <curl/curl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_TRANSFERS = 64 };

/* Shared by all processes. */
struct tally {
    _Atomic size_t next; /* URL that nobody has taken yet */
    _Atomic uint64_t bytes;
    _Atomic size_t failed;
};

static char **urls;
static size_t num_urls;
static struct tally *tally;

static void die(const char *reason)
{
    fprintf(stderr, "bench_download: %s\n", reason);
    exit(1);
}

static void read_urls(void)
{
    char *line = NULL;
    size_t room = 0, capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &room, stdin)) > 0) {
        if (num_urls == capacity) {
            capacity = 2 * capacity + 1024;
            urls = realloc(urls, capacity * sizeof *urls);
            if (urls == NULL)
                die("no memory");
        }
        line[strcspn(line, "\n")] = '\0';
        urls[num_urls++] = strdup(line);
    }
    free(line);
}

static size_t drop_body(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    tally->bytes += size * count;
    return size * count;
}

static CURL *new_transfer(struct curl_slist *headers)
{
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        die("no transfer");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 256L << 10);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    return curl;
}

/* Gives the transfer the next URL; false when there is none left. */
static int start_next(CURLM *multi, CURL *curl)
{
    size_t next = tally->next++;
    if (next >= num_urls)
        return 0;
    curl_easy_setopt(curl, CURLOPT_URL, urls[next]);
    curl_multi_add_handle(multi, curl);
    return 1;
}

/* Takes the transfers that ended and starts others in their place; returns how many were started. */
static int collect(CURLM *multi, int *num_running)
{
    CURLMsg *message;
    int left, started = 0;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        CURL *curl = message->easy_handle;
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (message->data.result != CURLE_OK || status != 200)
            tally->failed++;
        curl_multi_remove_handle(multi, curl);
        (*num_running)--;
        started += start_next(multi, curl);
    }
    *num_running += started;
    return started;
}

static void fetch_share(int num_transfers)
{
    CURLM *multi = curl_multi_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Accept-Encoding: gzip");
    CURL *transfers[MAX_TRANSFERS];
    int num_running = 0, active;
    if (multi == NULL || headers == NULL)
        die("libcurl does not start");
    for (int i = 0; i < num_transfers; i++) {
        transfers[i] = new_transfer(headers);
        num_running += start_next(multi, transfers[i]);
    }
    while (num_running > 0) {
        curl_multi_perform(multi, &active);
        if (collect(multi, &num_running) == 0 && num_running > 0)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    for (int i = 0; i < num_transfers; i++)
        curl_easy_cleanup(transfers[i]);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    int num_processes = argc == 3 ? atoi(argv[1]) : 0, num_transfers = argc == 3 ? atoi(argv[2]) : 0;
    if (num_processes < 1 || num_transfers < 1 || num_transfers > MAX_TRANSFERS)
        die("usage: bench_download PROCESSES TRANSFERS <URLS");
    read_urls();
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tally == MAP_FAILED)
        die("no shared memory");
    double start = seconds_now();
    for (int i = 0; i < num_processes; i++) {
        pid_t child = fork();
        if (child < 0)
            die("fork failed");
        if (child == 0) {
            fetch_share(num_transfers);
            _exit(0);
        }
    }
    int status, is_bad = 0;
    while (wait(&status) > 0)
        is_bad |= status;
    printf("{\"seconds\":%.6f,\"pages\":%zu,\"bytes\":%llu}\n", seconds_now() - start, num_urls,
           (unsigned long long)tally->bytes);
    if (is_bad != 0 || tally->failed > 0)
        die("some pages could not be fetched");
    return 0;
}
