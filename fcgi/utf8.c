/* UTF-8, checked; see utf8.h. The ranges are table 3-7 of the Unicode standard. */
#include "utf8.h"

static bool is_continuation(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

static bool second_byte_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0: return second >= 0xA0 && second <= 0xBF;
    case 0xED: return second >= 0x80 && second <= 0x9F;
    case 0xF0: return second >= 0x90 && second <= 0xBF;
    case 0xF4: return second >= 0x80 && second <= 0x8F;
    default: return is_continuation(second);
    }
}

size_t utf8_character(const char *text, size_t length)
{
    if (length == 0)
        return 0;
    unsigned char first = (unsigned char)text[0];
    if (first < 0x80)
        return 1;
    size_t bytes = first >= 0xC2 && first <= 0xDF   ? 2
                   : (first & 0xF0) == 0xE0         ? 3
                   : first >= 0xF0 && first <= 0xF4 ? 4
                                                    : 0;
    if (bytes == 0 || bytes > length || !second_byte_fits(first, (unsigned char)text[1]))
        return 0;
    for (size_t i = 2; i < bytes; i++)
        if (!is_continuation((unsigned char)text[i]))
            return 0;
    return bytes;
}

bool utf8_is_valid(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t bytes = utf8_character(text + at, length - at);
        if (bytes == 0)
            return false;
        at += bytes;
    }
    return true;
}
