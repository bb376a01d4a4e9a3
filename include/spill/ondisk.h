/*
 * ondisk.h: what the decoders of ntfs.h, fat.h, exfat.h and ext.h share.
 *
 * A decoder is given bytes of a volume and fills a struct; it reads no file,
 * keeps no state of its own and believes nothing: every length, offset and
 * count is held against the bytes that are there.
 *
 * What they return, unlike most of the library (base.h):
 *	SPILL_OK	all of it was read;
 *	SPILL_EDAMAGED	something was off. The struct holds what could still
 *			be read, the rest of it is 0, and its flaw says what
 *			came first and where;
 *	SPILL_EFORMAT	it is nothing of the kind: no signature. The struct
 *			is all 0 but for its flaw.
 * An iterator also returns SPILL_END. Damage of one element does not end it:
 * call until SPILL_END. Where nothing behind a damage can be found again,
 * the next call is the one that returns SPILL_END. Every call but the last
 * moves on by at least one byte of the input.
 *
 * Spans in a struct point into the bytes that the decoder was given.
 * Offsets count from the first of them.
 */
#ifndef SPILL_ONDISK_H
#define SPILL_ONDISK_H

#include <spill/base.h>
#include <spill/buf.h>
#include <spill/time.h>

/* The first thing that was wrong; what is NULL if nothing was. */
struct spill_flaw {
	const char *what; /* a constant text, as for a message */
	size_t at;
};

struct spill_macb {
	struct spill_time born, modified, accessed, changed;
};

enum spill_stamp { /* bits */
	SPILL_BORN = 1,
	SPILL_MODIFIED = 2,
	SPILL_ACCESSED = 4,
	SPILL_CHANGED = 8,
};

/*
 * The times of an object, and the bits that they were made of; what these
 * are says each family's header. A time that nobody ever wrote is not set.
 * One that was written and means nothing (month 13, a year beyond 9999) is
 * not set and has its bit in bad; one of which only the fraction of the
 * second means nothing is set to the second and has its bit in bad too. A
 * bad time is no damage: decoders return SPILL_OK.
 */
struct spill_stamps {
	struct spill_macb at;
	struct {
		uint64_t born, modified, accessed, changed;
	} raw;
	unsigned bad; /* of enum spill_stamp */
};

/*
 * A name in UTF-16LE as bytes of ours: UTF-8, and a surrogate without its
 * other half as the three bytes that UTF-8 would have for it (WTF-8), so that
 * two names are the same bytes only if they are the same units. name.h shows
 * such a surrogate as %ED%A0%80. SPILL_EDAMAGED if half a unit is left over;
 * it is not put. A failure of the buffer stays in the buffer.
 */
int spill_utf16le_put(struct spill_buf *b, struct spill_span raw);
/* The same of UTF-16BE. */
int spill_utf16be_put(struct spill_buf *b, struct spill_span raw);

#endif
