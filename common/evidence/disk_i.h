/*
 * disk_i.h: an image as libtsk sees it. It opens nothing itself: its reads
 * come to our own reader (image.h), which fills what cannot be had with zeros
 * and keeps the exact ranges.
 */
#ifndef SPILL_DISK_I_H
#define SPILL_DISK_I_H

#include <tsk/libtsk.h>

#include <spill/image.h>

#define EV_MEND_BLOCK 4096u

struct ev_disk;
/* A block of EV_MEND_BLOCK bytes of what begins at base; false: something of
 * it is left out. */
typedef bool ev_mend_fn(
    struct ev_disk *d, uint64_t base, uint8_t *block, size_t size);
#define EV_PATCHES 1024

struct ev_disk {
	TSK_IMG_INFO tsk; /* first: libtsk is given its address */
	struct spill_image *image; /* the caller's */
	uint64_t size;
	uint32_t sector;
	struct ev_page *page; /* see ev_disk_scattered() */
	uint8_t *bytes; /* of the pages */
	uint64_t next; /* page behind the one that was read last */
	uint64_t refused;
	struct { /* len bytes that libtsk finds at a place where it looks */
		uint64_t at, from, len;
	} moved;
	struct { /* see ev_disk_mend() */
		ev_mend_fn *fn;
		uint64_t base;
		uint64_t lacking; /* blocks of which something is left out */
		uint64_t at; /* the first of them */
		bool told; /* by who set fn */
	} mend;
	struct {
		uint64_t at;
		uint8_t byte;
	} patch[EV_PATCHES]; /* what libtsk finds at a place instead */
	size_t patches;
	bool as_is; /* not now */
};

int ev_disk_open(struct ev_disk **d, struct spill_image *image);
/*
 * From here on reads are small and far apart, as those of MFT records in the
 * order of names: libtsk's cache, which fetches 64 KiB for each, is gone past
 * for one of small pages. Without memory for it nothing changes.
 */
void ev_disk_scattered(struct ev_disk *d);
void ev_disk_free(struct ev_disk **d);
/* Until len is 0 again, libtsk reads len bytes from elsewhere at a place; then
 * its cache is emptied. */
void ev_disk_move(struct ev_disk *d, uint64_t at, uint64_t from, uint64_t len);
/* Until fn is NULL again, whatever libtsk reads behind base goes through it, a
 * block at a time: what would lead libtsk astray can be changed. Its cache is
 * emptied, and then not used: no block is looked at that it does not ask for.
 */
void ev_disk_mend(struct ev_disk *d, uint64_t base, ev_mend_fn *fn);
/* From now on libtsk reads that for a byte; false: there are too many such. */
bool ev_disk_patch(struct ev_disk *d, uint64_t at, uint8_t byte);
/* It reads what is on the disk, or what the patches say again. */
void ev_disk_as_is(struct ev_disk *d, bool as_is);
/* Through libtsk's cache; false where not all of it lies inside. */
bool ev_disk_read(struct ev_disk *d, uint64_t offset, void *buf, size_t n);
/* What libtsk says went wrong last, in printable ASCII; never NULL. */
const char *ev_disk_why(void);

#endif
