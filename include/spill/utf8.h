/*
 * utf8.h: one strict decoder (RFC 3629) and one idea of "printable" for the
 * whole house: names on evidence, messages, terminals, JSON.
 */
#ifndef SPILL_UTF8_H
#define SPILL_UTF8_H

#include <spill/base.h>

/*
 * Decode the character at p, of which len > 0 bytes may be read. Returns its
 * length in bytes and sets *cp, or returns 0 where the bytes are no
 * well-formed UTF-8 (surrogates, overlong forms, cut characters included).
 */
unsigned spill_utf8_decode(const char *p, size_t len, uint32_t *cp);
/* Write cp as UTF-8 (surrogates too, as WTF-8) to out[4]; returns bytes. */
unsigned spill_utf8_encode(uint32_t cp, char *out);
/*
 * May cp be shown as it is? Not control characters (C0, DEL, C1), line and
 * paragraph separators, bidirectional controls, invisible space and tag
 * characters, the byte order mark and noncharacters.
 */
bool spill_cp_printable(uint32_t cp);
/* True if all of it is 0x20 to 0x7e. */
bool spill_plain_ascii(const char *p, size_t len);

#endif
