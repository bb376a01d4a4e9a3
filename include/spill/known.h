/*
 * known.h: sets of hashes of known files, and which of them a file is in.
 *
 * A set is a file of the lab, in one of these forms:
 *	NSRL RDS 3: an SQLite database with a table or view FILE, METADATA or
 *	    DISTINCT_HASH that has columns sha256, sha1 or md5 (nist.gov/nsrl).
 *	    Where a column has an index, it is asked there; else it is loaded.
 *	NSRL RDS 2: NSRLFile.txt, and any CSV whose header names a column
 *	    SHA-256, SHA-1 or MD5 (with or without quotes and hyphen)
 *	hashdeep: "%%%% HASHDEEP-1.0", then a header line of that kind
 *	plain: a hash a line in hex, MD5, SHA-1 or SHA-256 by its length, and
 *	    whatever follows a blank, a tab or a comma; "MD5 (name) = hash"
 * In all of text, lines that are empty or start with # are comments.
 *
 * Of a set, only one kind of hash is kept: the strongest of those that will
 * be asked for, but for plain lists, which may mix them.
 *
 * This half runs in the tool: sets are not evidence.
 */
#ifndef SPILL_KNOWN_H
#define SPILL_KNOWN_H

#include <spill/digest.h>

struct spill_known;

/* what: the hashes that will be asked for, of enum spill_digest_what. */
int spill_known_open(struct spill_known **k, unsigned what);
/*
 * Load a set: FILE, which is then named after it without its folder, or
 * NAME=FILE. What is wrong is said, and how many lines were damaged.
 * SPILL_EIO; SPILL_EFORMAT: it is none of these forms; SPILL_EUSAGE: it has
 * no hash of a kind that will be asked for; SPILL_ENOMEM.
 */
int spill_known_add(struct spill_known *k, const char *arg);
/* The name of the first set that has one of these hashes; NULL: none has. */
int spill_known_find(struct spill_known *k,
    const struct spill_digest_text *hashes, const char **name);
/* Of the set added last: hashes in memory, lines that were damaged. */
uint64_t spill_known_count(const struct spill_known *k);
uint64_t spill_known_damaged(const struct spill_known *k);
void spill_known_free(struct spill_known **k);

#endif
