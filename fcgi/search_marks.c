/* Where the words are that a search found; see search_marks.h. */
#include "search_marks.h"

#include <stddef.h>
#include <string.h>

#include "utf8.h"

static const char mark_start[] = "\xEE\x80\x80", mark_end[] = "\xEE\x80\x81";
enum { MARK_BYTES = 3 };

void search_write_marks(const char *marked, struct buffer *plain, struct buffer *body)
{
    const char *between = "";
    size_t length = strlen(marked), place = 0, start = 0;
    buffer_add_char(body, '[');
    for (size_t at = 0; at < length;) {
        if (strncmp(marked + at, mark_start, MARK_BYTES) == 0) {
            start = place;
            at += MARK_BYTES;
        } else if (strncmp(marked + at, mark_end, MARK_BYTES) == 0) {
            buffer_printf(body, "%s[%zu,%zu]", between, start, place);
            between = ",";
            at += MARK_BYTES;
        } else {
            size_t bytes = utf8_character(marked + at, length - at);
            bytes = bytes > 0 ? bytes : 1;
            buffer_add(plain, marked + at, bytes);
            at += bytes;
            place++;
        }
    }
    buffer_add_char(body, ']');
}
