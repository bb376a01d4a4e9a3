/*
 * sniff.h: what kind of data it is, by its first bytes, in libmagic's words.
 *
 * The quick way asks libmagic too, but with a table of only those of its
 * rules that the first bytes do not rule out, so it says the same.
 *
 * This half runs in a worker: it parses evidence (libmagic).
 */
#ifndef SPILL_SNIFF_H
#define SPILL_SNIFF_H

#include <spill/base.h>

#define SPILL_SNIFF_HEAD ((size_t)1 << 20) /* bytes that are looked at */

enum spill_ext_match {
	SPILL_EXT_NONE, /* no extension, or a type that has none */
	SPILL_EXT_MATCH,
	SPILL_EXT_MISMATCH,
};

struct spill_sniff {
	struct spill_span mime; /* "application/pdf"; never empty */
	struct spill_span type; /* "PDF document, version 1.4" */
};

/* Loads libmagic's table; before the jail. SPILL_EIO, and why is said. */
int spill_sniff_warm(void);
/*
 * head: the first bytes, SPILL_SNIFF_HEAD of them or all there are; size: of
 * the whole. The words are valid until the next call. No bytes at all are
 * "inode/x-empty", "empty".
 */
int spill_sniff(struct spill_span head, uint64_t size, struct spill_sniff *out);
/* The same without the words, which take as long as the MIME type: .type is
 * empty. */
int spill_sniff_mime(
    struct spill_span head, uint64_t size, struct spill_sniff *out);
/* The same by the quick way alone: false if it does not answer; and with all
 * of libmagic's rules. For tests. */
bool spill_sniff_quick(
    struct spill_span head, uint64_t size, struct spill_sniff *out);
int spill_sniff_whole(
    struct spill_span head, uint64_t size, struct spill_sniff *out);
/* Does the extension of a name (raw, the last component of a path) fit? */
enum spill_ext_match spill_ext_match(
    struct spill_span name, const struct spill_sniff *s);

#endif
