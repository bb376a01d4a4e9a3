/*
 * hfs.h: decoders of HFS+ and HFSX.
 *
 * Apple's Technical Note 1150, "HFS Plus Volume Format", is called [TN1150] in
 * comments, with the section.
 *
 * Everything is big-endian. Times count seconds since 1904 in UTC, up to
 * February 2040; 0 is a time that nobody wrote.
 */
#ifndef SPILL_HFS_H
#define SPILL_HFS_H

#include <spill/cur.h>
#include <spill/ondisk.h>

struct spill_time spill_hfs_time(uint32_t raw);

struct spill_hfs_volume {
	bool hfsx; /* names may tell cases apart */
	uint16_t version;
	uint32_t attributes;
	uint32_t block_size, blocks; /* a power of two, 512 or more */
	uint32_t files, folders;
	uint32_t journal; /* block of the journal's info, 0: none */
	struct spill_time modified, checked;
	struct spill_flaw flaw;
};

/* Of the 512 bytes at offset 1024 of the volume. */
int spill_hfs_volume_read(struct spill_span raw, struct spill_hfs_volume *out);

enum { /* spill_hfs_record.owner_flags, and admin_flags but for 0x20 */
	SPILL_HFS_ARCHIVED = 0x01, /* of an owner: not to be dumped */
	SPILL_HFS_IMMUTABLE = 0x02,
	SPILL_HFS_APPEND = 0x04,
	SPILL_HFS_COMPRESSED = 0x20,
};
enum { /* spill_hfs_record.finder_flags */
	SPILL_HFS_INVISIBLE = 0x4000,
};

/* A file or folder of the catalogue. */
/* Where an HFS+ volume begins in an HFS one that is its wrapper, in bytes, by
 * the wrapper's master directory block (from byte 1024 on); 0: it is none. */
uint64_t spill_hfs_embedded(struct spill_span raw);

struct spill_hfs_record {
	bool folder;
	bool locked;
	uint32_t id;
	struct spill_stamps times;
	struct spill_time backed_up;
	uint32_t uid, gid;
	uint16_t mode;
	uint8_t owner_flags, admin_flags;
	uint16_t finder_flags;
	uint32_t type, creator; /* of a file: four characters each */
	uint64_t data_size, resource_size;
	struct spill_flaw flaw;
};

/* SPILL_EFORMAT: it is a thread, or nothing of the kind. */
int spill_hfs_record_read(struct spill_span raw, struct spill_hfs_record *out);

#endif
