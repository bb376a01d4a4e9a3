/*
 * dig_i.h: one item and what is in it: types, hashes, members in members.
 */
#ifndef SPILL_DIG_I_H
#define SPILL_DIG_I_H

#include <spill/digest.h>
#include <spill/look.h>
#include <spill/unpack.h>

#include "nth_i.h"
#include "store_i.h"

#define DIG_STOP SPILL_EUSAGE /* all that is wanted was found: no failure */

struct dig {
	struct spill_job *job;
	const struct spill_look *ask;
	struct spill_digest *digest;
	struct store_pool pool;
	struct spill_row row;
	struct spill_buf chain, path; /* of what is worked on */
	size_t item; /* number in the request */
	uint64_t n; /* members of it that were begun, at any depth */
	uint64_t size; /* of the item */
	uint64_t bytes; /* of its members so far */
	uint64_t said; /* bytes of its rows */
	size_t found; /* picks */
	bool told_bytes, told_members; /* limits that were hit */
	/* Where the item's own bytes are: a descriptor of the request, a place
	 * in it. hand_fd is -1 for those of a pipe and of members. */
	int hand_fd;
	uint64_t hand_at;
};

/* What is known of an item or member before it is looked at. */
struct subject {
	const struct spill_member_info *info; /* NULL: an item of the request */
	struct spill_span name; /* raw, for its extension */
	size_t parent_len; /* of the chain: the container's */
	uint64_t n; /* its number */
	unsigned depth; /* 0: an item of the request */
	const char *status;
	bool closed, silent; /* no members; no row */
	bool all; /* what is in it is wanted, picks or not */
	bool message; /* it is declared as one */
	const void *above, *below; /* of the stage: spill_look_doc */
	uint64_t size; /* bytes that came; UINT64_MAX: as info says */
};

/* Where a member's number is to be known, should the worker die there: when
 * it is looked at (2n), when its members are read (2n + 1). */
int dig_progress(struct dig *d, uint64_t n, bool members);
bool dig_skips(const struct dig *d, uint64_t n, bool members);

/*
 * Type, row, and then its members. src: its bytes; digest: they went through
 * d->digest already. head: the first of them.
 */
int dig_into(struct dig *d, const struct subject *s, struct spill_span head,
    struct spill_src *src);
/* The stage, of what has had its row. */
int dig_stage(struct dig *d, struct subject *s, struct spill_span head,
    const struct spill_sniff *t, struct spill_src *src);
/* A row alone, of what has no bytes. */
int dig_row(struct dig *d, const struct subject *s, const struct spill_sniff *t,
    const struct spill_digest_text *sums);
/* The row that completes one. */
int dig_complete(struct dig *d, uint64_t members, const char *status);
int dig_error(struct dig *d, const char *code, const char *detail);
/* The same, with where it is; length 0: nobody knows. */
int dig_error_at(struct dig *d, const char *code, uint64_t offset,
    uint64_t length, const char *detail);
/* A cell; none for UINT64_MAX. */
void dig_number(struct spill_row *r, unsigned col, char text[24], uint64_t v);
/* The members of a container that src has. */
int dig_members(struct dig *d, const struct spill_unpack *format,
    const struct subject *s, struct spill_src *src);

/* What is wanted of a container: leaf: this one; below: what is in it. */
struct dig_want {
	bool leaf, below, closed;
};
struct dig_want dig_wants(const struct dig *d, struct spill_span chain);

#endif
