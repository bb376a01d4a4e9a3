/*
 * ext_sum.c: checksums of ext4 ([EXT4] "Checksums").
 */
#include <endian.h>
#include <string.h>

#include "ext_i.h"

#define SUM_AT 0x1e /* of a group descriptor */

/* Of an inode: the generation, and the halves of the checksum. */
#define INODE_GENERATION 0x64
#define INODE_LOW	 0x7c
#define INODE_HIGH	 0x82

/* CRC-16 of the polynomial 0x8005, low bits first. */
static uint16_t
crc16(uint16_t crc, const void *p, size_t n)
{
	const uint8_t *byte = p;

	for (size_t i = 0; i < n; i++) {
		crc ^= byte[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc >> 1 ^ (crc & 1 ? 0xa001u : 0));
	}
	return crc;
}

uint32_t
spill_ext_seed(const struct spill_ext_super *super)
{
	if ((super->incompat & SPILL_EXT_CSUM_SEED) != 0)
		return super->checksum_seed;
	return spill_crc32c(UINT32_MAX, super->uuid, sizeof(super->uuid));
}

static uint16_t
sum_by_crc32c(
    struct spill_span raw, const struct spill_ext_super *s, uint32_t group)
{
	uint32_t crc;

	crc = spill_crc32c(spill_ext_seed(s), &group, sizeof(group));
	crc = spill_crc32c(crc, raw.p, SUM_AT);
	crc = spill_crc32c(crc, "\0\0", 2);
	crc = spill_crc32c(crc, raw.p + SUM_AT + 2, raw.len - SUM_AT - 2);
	return (uint16_t)crc;
}

static uint16_t
sum_by_crc16(
    struct spill_span raw, const struct spill_ext_super *s, uint32_t group)
{
	uint16_t crc = crc16(UINT16_MAX, s->uuid, sizeof(s->uuid));

	crc = crc16(crc, &group, sizeof(group));
	crc = crc16(crc, raw.p, SUM_AT);
	return crc16(crc, raw.p + SUM_AT + 2, raw.len - SUM_AT - 2);
}

bool
spill_ext_group_is_wrong(
    struct spill_span raw, const struct spill_ext_super *super, uint64_t group)
{
	uint32_t number = htole32((uint32_t)group);
	uint16_t has, should;

	if (raw.len < super->desc_size || super->desc_size < SUM_AT + 2)
		return false;
	raw.len = super->desc_size;
	memcpy(&has, raw.p + SUM_AT, sizeof(has));
	if ((super->ro_compat & SPILL_EXT_METADATA_CSUM) != 0)
		should = sum_by_crc32c(raw, super, number);
	else if ((super->ro_compat & SPILL_EXT_GDT_CSUM) != 0)
		should = sum_by_crc16(raw, super, number);
	else
		return false;
	return le16toh(has) != should;
}

bool
spill_ext_super_is_wrong(
    const uint8_t raw[1024], const struct spill_ext_super *super)
{
	return (super->ro_compat & SPILL_EXT_METADATA_CSUM) != 0 &&
	       spill_crc32c(UINT32_MAX, raw, 0x3fc) != super->checksum;
}

bool
spill_ext_bitmap_is_wrong(struct spill_span raw,
    const struct spill_ext_super *super, uint32_t checksum)
{
	uint32_t crc;

	if ((super->ro_compat & SPILL_EXT_METADATA_CSUM) == 0)
		return false;
	crc = spill_crc32c(spill_ext_seed(super), raw.p, raw.len);
	/* Small descriptors have room for half of it. */
	if (super->desc_size < 64)
		crc &= UINT16_MAX;
	return crc != checksum;
}

bool
spill_ext_inode_is(struct spill_span raw, const struct spill_ext_super *super,
    const struct spill_ext_inode *inode, uint32_t number)
{
	uint32_t n = htole32(number), crc;

	if ((super->ro_compat & SPILL_EXT_METADATA_CSUM) == 0 ||
	    raw.len < super->inode_size || raw.len < INODE_HIGH + 2 ||
	    inode->extra < 4)
		return false;
	crc = spill_crc32c(spill_ext_seed(super), &n, sizeof(n));
	crc = spill_crc32c(crc, raw.p + INODE_GENERATION, 4);
	crc = spill_crc32c(crc, raw.p, INODE_LOW);
	crc = spill_crc32c(crc, "\0\0", 2);
	crc = spill_crc32c(
	    crc, raw.p + INODE_LOW + 2, INODE_HIGH - INODE_LOW - 2);
	crc = spill_crc32c(crc, "\0\0", 2);
	crc = spill_crc32c(
	    crc, raw.p + INODE_HIGH + 2, super->inode_size - INODE_HIGH - 2);
	return crc == inode->checksum;
}
