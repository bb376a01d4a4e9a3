/*
 * name.h: hostile text made safe, reversibly.
 *
 * In columns of type name every byte that is not part of a printable UTF-8
 * character (utf8.h), and "%" itself, is written as %XX with two upper-case
 * hex digits (as RFC 3986, 2.1).
 */
#ifndef SPILL_NAME_H
#define SPILL_NAME_H

#include <spill/base.h>
#include <spill/buf.h>

void spill_name_escape(struct spill_buf *b, struct spill_span raw);
/* A "%" without two hex digits behind it stays as it is. */
void spill_name_unescape(struct spill_buf *b, struct spill_span name);
/*
 * A cell that should be escaped already, but may be hostile: only bytes that
 * are not part of a printable character are, so that doing it again changes
 * nothing. breaks: but for tabs and newlines.
 */
void spill_name_neutral(
    struct spill_buf *b, struct spill_span cell, bool breaks);
bool spill_name_is_neutral(struct spill_span cell, bool breaks);
/* True if raw and its escaped form are the same bytes. */
bool spill_name_is_plain(struct spill_span raw);

#endif
