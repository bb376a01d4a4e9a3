/*
 * fs_open_i.h: which file system is it?
 */
#ifndef SPILL_FS_OPEN_I_H
#define SPILL_FS_OPEN_I_H

#include "disk_i.h"

struct ev_found {
	unsigned type; /* of libtsk; 0: none that is read here */
	char what[128]; /* "NTFS", "LUKS container", "nothing known" */
	const char *code; /* why it is not walked: unsupported, encrypted;
			     NULL: nothing is known of it */
	bool pool; /* it has volumes of its own: apfs_pool_i.h */
	bool ambiguous; /* a second file system opens, too */
};

void ev_fs_detect(
    struct ev_disk *d, uint64_t offset, uint64_t length, struct ev_found *out);
/*
 * Is it a file system, though its boot sector is not signed: is everything
 * sound that FAT says of itself? That is asked last. *out stays if it is not.
 */
void ev_fs_unsigned(struct ev_disk *d, uint64_t offset, struct ev_found *out);
/* A file system that was detected, "exFAT", of which a sound copy of its boot
 * sector is better than what is there; NULL: it is not. */
const char *ev_fs_wants_copy(struct ev_disk *d, uint64_t offset, unsigned type);

#endif
