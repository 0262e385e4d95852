/*
 * Any bytes as a document that is kept as text. What is let through is read by json-c, too, and any path into it stays
 * inside it.
 */
#include <assert.h>
#include <string.h>

#include "fcgi/json_slice.h"
#include "ingest/json_read.h"
#include "json_strict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"a", "a.b", "0", "0.0.a", "", ".", "score.x.1"};
    const char *text = (const char *)data, *value;
    char reason[JSON_REASON_SIZE] = "";
    size_t length;
    bool is_strict = json_strict_check(text, size, reason);
    assert(is_strict || (reason[0] != '\0' && !strchr(reason, '\n')));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (json_slice_find(text, size, paths[i], strlen(paths[i]), &value, &length)) {
            assert(value >= text && value + length <= text + size);
            assert(!is_strict || json_strict_check(value, length, reason));
        }
    json_object *root = json_read(text, size, reason);
    if (is_strict && root == NULL)
        assert(strstr(reason, "not UTF-8") || strstr(reason, "same key") || strstr(reason, "too big") ||
               strstr(reason, "is null") || strstr(reason, "levels deep") || strstr(reason, "utf"));
    json_object_put(root);
    return 0;
}
