/*
 * locator.h: the name of an item, for ever. spillkit-locator(7) says which
 * OBJECT each file system has.
 *
 *	locator  = ( disk / file ) *( ":" member )
 *	disk     = evidence ":" volume ":" object
 *	file     = "file:" path
 *	evidence = segment, not empty
 *	volume   = [ part *( "." part ) ]
 *	part     = 1*8 lower-case letters, number
 *	object   = ( id / text ) [ "~slack" ] / entry / ranges
 *	id       = number [ "-" number [ "-" number ] ]
 *	text     = segment, not empty
 *	entry    = "d" number "+" number
 *	ranges   = range *( "," range )
 *	range    = "@" number "+" number
 *	member   = segment [ "~" number ]
 *	path     = segment, not empty
 *	segment  = *( ASCII letter or digit / "." / "_" / "-" / "/" / "+" /
 *	           printable non-ASCII (utf8.h) / "%" two upper-case hex )
 *	number   = "0" / digit 1 to 9, digits; below 2^64
 *
 * One item has one text. What could be written in two ways is refused in all
 * ways but one, so that parse(print(x)) is x, print(parse(s)) is s, and equal
 * items are equal bytes:
 *
 *  - numbers have no leading zeros; a byte is escaped if it must be, else not;
 *  - a member is "name~n" for the n-th of its name, n from 2; one without a
 *    name is "~n" from 1, so no segment is ever empty by accident;
 *  - ranges are not empty, and never continue the one before them;
 *  - an evidence called "file" or beginning with "-", and a text that could
 *    be an id or an entry (digits and "-" only; "d", digits and "+" only, one
 *    "+" at least), have their first byte escaped;
 *  - the volume is empty with ranges of the whole disk, and only then.
 */
#ifndef SPILL_LOCATOR_H
#define SPILL_LOCATOR_H

#include <spill/arena.h>
#include <spill/base.h>
#include <spill/buf.h>

#define SPILL_LOCATOR_TEXT    16384 /* bytes of a locator */
#define SPILL_LOCATOR_MEMBERS 1024
#define SPILL_LOCATOR_RANGES  1024

enum spill_locator_kind {
	SPILL_LOCATOR_ID, /* number[0 .. numbers): object, type, id */
	SPILL_LOCATOR_NAME, /* name: an object that has no number */
	SPILL_LOCATOR_ENTRY, /* number[0]: directory, [1]: offset in it */
	SPILL_LOCATOR_RANGE, /* range: bytes of the volume or the disk */
	SPILL_LOCATOR_FILE, /* name: path of an ordinary file */
};

struct spill_range {
	uint64_t offset, len;
};

struct spill_member {
	struct spill_span name;
	uint64_t nth; /* of this name in its container, from 1 */
};

/* All spans are raw, not escaped. */
struct spill_locator {
	enum spill_locator_kind kind;
	struct spill_span evidence, volume; /* of a file: none */
	struct spill_span name;
	uint64_t number[3];
	unsigned numbers; /* of an id: 1 to 3 */
	bool slack; /* behind an id or a name */
	const struct spill_range *range;
	size_t ranges;
	const struct spill_member *member;
	size_t members;
};

/*
 * SPILL_EDAMAGED, SPILL_ELIMIT or SPILL_ENOMEM; *why (may be NULL) then gets
 * a phrase for the message. The result points into text and the arena.
 */
int spill_locator_parse(struct spill_span text, struct spill_arena *a,
    struct spill_locator *l, const char **why);
/* Append the text. SPILL_EUSAGE where l is none that parses, SPILL_ELIMIT. */
int spill_locator_print(struct spill_buf *b, const struct spill_locator *l);
/*
 * Negative, 0 or positive; 0 only for the same item. Files come first, then
 * by evidence, volume, object, slack and members; numbers by value and
 * before words; a container comes right before its members.
 */
int spill_locator_cmp(
    const struct spill_locator *a, const struct spill_locator *b);

/* One segment: raw bytes escaped, and back (SPILL_EDAMAGED). */
void spill_locator_escape(struct spill_buf *b, struct spill_span raw);
int spill_locator_unescape(struct spill_buf *b, struct spill_span segment);
/* Append "file:PATH". SPILL_EUSAGE: empty, or with a NUL; SPILL_ELIMIT. */
int spill_locator_file(struct spill_buf *b, struct spill_span path);
/* Append ":name~nth" where b holds a locator. SPILL_EUSAGE, SPILL_ELIMIT. */
int spill_locator_member(
    struct spill_buf *b, struct spill_span name, uint64_t nth);
/* The third segment of the text of a locator that is no file. */
struct spill_span spill_locator_object(struct spill_span text);
/* The text without its last member; empty if it has none. */
struct spill_span spill_locator_parent(struct spill_span text);
/*
 * The short name of evidence at a path: what follows the last slash that has
 * something behind it, without the last extension only: "pc1" for a/pc1.E01,
 * pc1.raw and pc1.001, "pc1.tar" for pc1.tar.gz. A dot in front begins no
 * extension. Empty where there is no such part: "", "/".
 */
struct spill_span spill_locator_short(struct spill_span path);

#endif
