/*
 * UTF-8 by the table of the Unicode Standard (3-7, "Well-Formed UTF-8 Byte Sequences").
 */
#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { ASCII_STEP = 64 };

static size_t skip_ascii(const unsigned char *at, size_t length)
{
    size_t i = 0;
    for (; length - i >= ASCII_STEP; i += ASCII_STEP) {
        uint64_t words[ASCII_STEP / 8], any = 0;
        memcpy(words, at + i, ASCII_STEP);
        for (size_t k = 0; k < ASCII_STEP / 8; k++)
            any |= words[k];
        if (any & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < length && at[i] < 0x80)
        i++;
    return i;
}

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

size_t utf8_character(const char *bytes, size_t left)
{
    const unsigned char *at = (const unsigned char *)bytes;
    if (left == 0)
        return 0;
    unsigned char lead = at[0];
    if (lead < 0x80)
        return 1;
    size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || left < length)
        return 0;
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (!is_continuation(at[i]))
            return 0;
    return length;
}

size_t utf8_valid_length(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;
    size_t i = 0;
    while (i < length) {
        i += skip_ascii(at + i, length - i);
        while (i < length && at[i] >= 0x80) {
            size_t sequence = utf8_character(bytes + i, length - i);
            if (sequence == 0)
                return i;
            i += sequence;
        }
    }
    return i;
}
