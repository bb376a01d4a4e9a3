/*
 * locator_i.h: the words of a locator, for locator*.c.
 */
#ifndef SPILL_LOCATOR_I_H
#define SPILL_LOCATOR_I_H

#include <spill/locator.h>

/* Is this a text that must not stand there as it is? */
typedef bool spill_loc_guard(struct spill_span raw);
bool spill_loc_guard_none(struct spill_span raw);
bool spill_loc_guard_name(struct spill_span raw);
bool spill_loc_guard_evidence(struct spill_span raw);

void spill_loc_escape(
    struct spill_buf *b, struct spill_span raw, spill_loc_guard *guard);
/* Append what a segment means, if that has no other spelling. */
int spill_loc_decode(
    struct spill_buf *b, struct spill_span s, spill_loc_guard *guard);
/* The segment is its own meaning. */
bool spill_loc_plain(struct spill_span s, spill_loc_guard *guard);

/* Digits and "-" only; "d", digits and "+". */
bool spill_loc_like_id(struct spill_span s);
bool spill_loc_like_entry(struct spill_span s);
bool spill_loc_number(struct spill_span s, uint64_t *v);
/* One part of a volume's name: letters and a number. */
bool spill_loc_volume_part(
    struct spill_span s, struct spill_span *letters, uint64_t *v);

/* What is before the next c, and *rest behind it; p NULL if there is none. */
struct spill_span spill_loc_cut(
    struct spill_span s, char c, struct spill_span *rest);
struct spill_span spill_loc_from(struct spill_span s, size_t at);
size_t spill_loc_count(struct spill_span s, char c);

#endif
