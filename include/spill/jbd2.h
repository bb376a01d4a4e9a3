/*
 * jbd2.h: decoder of the journal of ext3 and ext4.
 *
 * [EXT4] in comments is the kernel's Documentation/filesystems/ext4, page
 * "Journal (jbd2)". All numbers of a journal are big endian. It is a ring of
 * blocks of its own: behind a descriptor, whose tags say which blocks of the
 * volume they are, lie the copies, one for each tag.
 */
#ifndef SPILL_JBD2_H
#define SPILL_JBD2_H

#include <spill/cur.h>
#include <spill/ondisk.h>

enum { /* spill_jbd2_super.incompat */
	SPILL_JBD2_REVOKE = 0x1,
	SPILL_JBD2_64BIT = 0x2,
	SPILL_JBD2_ASYNC_COMMIT = 0x4,
	SPILL_JBD2_CSUM_V2 = 0x8,
	SPILL_JBD2_CSUM_V3 = 0x10,
	SPILL_JBD2_FAST_COMMIT = 0x20,
};

struct spill_jbd2_super {
	unsigned version; /* 1 or 2 */
	uint32_t block_size; /* bytes */
	uint32_t first, end; /* the ring: blocks of the journal */
	uint32_t sequence; /* of the first transaction to replay */
	uint32_t start; /* its block; 0: there is none */
	uint32_t incompat;
	uint8_t uuid[16];
	struct spill_flaw flaw;
};

/* Of the first 1024 bytes of a journal. SPILL_EFORMAT: it is none. After
 * SPILL_EDAMAGED the ring may be empty. */
int spill_jbd2_super_read(struct spill_span raw, struct spill_jbd2_super *out);

enum spill_jbd2_type {
	SPILL_JBD2_DATA, /* whatever has no head */
	SPILL_JBD2_DESCRIPTOR,
	SPILL_JBD2_COMMIT,
	SPILL_JBD2_REVOKED = 5,
};

/* What a block of the ring is; of which transaction, if it has a head. */
enum spill_jbd2_type spill_jbd2_head(
    struct spill_span block, uint32_t *sequence);

struct spill_jbd2_tag {
	uint64_t block; /* of the volume */
	bool escaped; /* the copy's first 4 bytes are zeros in place of the
			 magic number of a journal, c0 3b 39 98 */
	bool deleted;
	uint32_t checksum; /* 16 bits of it but with CSUM_V3 */
};

struct spill_jbd2_tags {
	struct spill_cur cur;
	uint32_t incompat;
	bool done;
};

/* Of a descriptor. SPILL_END behind the one that says it is the last, or
 * where there is no room for one. */
struct spill_jbd2_tags spill_jbd2_tags(
    struct spill_span block, const struct spill_jbd2_super *super);
int spill_jbd2_tags_next(
    struct spill_jbd2_tags *it, struct spill_jbd2_tag *out);
/* Has the copy, as it lies in the journal, another checksum than its tag? Never
 * where tags have none. */
bool spill_jbd2_copy_is_wrong(struct spill_span copy,
    const struct spill_jbd2_super *super, const struct spill_jbd2_tag *tag,
    uint32_t sequence);

struct spill_jbd2_revokes {
	struct spill_cur cur;
	bool wide;
};

/* Blocks whose older copies must not be replayed. */
struct spill_jbd2_revokes spill_jbd2_revokes(
    struct spill_span block, const struct spill_jbd2_super *super);
int spill_jbd2_revokes_next(struct spill_jbd2_revokes *it, uint64_t *block);

/* When a transaction was committed; not set if that is not known (ext3). */
struct spill_time spill_jbd2_commit_time(struct spill_span block);

#endif
