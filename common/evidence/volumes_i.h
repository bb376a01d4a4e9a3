/*
 * volumes_i.h: shared by volumes.c (the list, what is in a volume, gaps),
 * volumes_table.c (partitions) and volumes_lost.c (what no table leads to).
 */
#ifndef SPILL_VOLUMES_I_H
#define SPILL_VOLUMES_I_H

#include "fs_open_i.h"
#include "lost_i.h"

#define LOST_MAX 256 /* lost volumes */

struct listing {
	struct spill_image *image;
	struct ev_disk *disk;
	struct disk_view view;
	const struct spill_volumes_conf *conf;
	bool quiet; /* what is odd was told before */
	struct spill_volumes *out;
	size_t cap;
	bool none; /* there is neither a table nor a file system */
	int rc;
};

/* NULL: no memory or too many; l->rc is set. */
struct spill_volume *volumes_add(struct listing *l, enum spill_volume_kind kind,
    uint64_t offset, uint64_t length);
void volumes_say(struct listing *l, const char *code, uint64_t offset,
    uint64_t length, const char *format, ...) SPILL_PRINTF(5, 6);
/* By offset, of one offset the longer first. */
void volumes_sort(struct listing *l);
/* What is in a volume that has its name, place and fixes. */
void volumes_look(struct listing *l, struct spill_volume *v);
/* What is in it is known, and needs a key. */
void volumes_encrypted(
    struct listing *l, struct spill_volume *v, const char *what);
/* Add what the disk's partition table has; false: it has none. */
bool volumes_table(struct listing *l);
/* A volume has nothing that is known: is there a table of its own in it? */
void volumes_inner_table(struct listing *l, const struct spill_volume *v);
/* Behind each container its volumes. */
void volumes_pools(struct listing *l);
/* Behind each disc of several sessions the older ones. */
void volumes_sessions(struct listing *l);
/* Add what lies where no file system is. */
void volumes_search(struct listing *l);
/* The lost one that begins at conf->start, if there is one. */
void volumes_find(struct listing *l);

#endif
