/*
 * image_i.h: what the sources of the image reader share.
 *
 * Locks: image_note(), image_flaw() and bad_add() take img->lock; who calls
 * them may hold ewf->lock, never img->lock.
 */
#ifndef SPILL_IMAGE_I_H
#define SPILL_IMAGE_I_H

#include <pthread.h>
#include <stdatomic.h>

#include <spill/image.h>

#define IMAGE_SECTOR 512

struct image_part {
	int fd;
	unsigned number; /* as the file says, or its name */
	unsigned named; /* as its name says; 0: not known */
	bool disputed; /* these two differ, the name is taken */
	uint64_t size;
	uint64_t start; /* raw: its first byte in the image */
};

struct bad_list {
	struct spill_image_bad *v; /* by offset, none overlaps another */
	size_t n, cap;
	uint64_t bytes;
};

/* The next piece from *at to end that no range of the list has; false: there
 * is none. */
bool bad_list_gap(
    const struct bad_list *l, uint64_t *at, uint64_t end, uint64_t *len);
/* Such a piece; false: there is no room for it. */
bool bad_list_add(struct bad_list *l, struct spill_image_bad b);
void bad_list_release(struct bad_list *l);

struct image_tally {
	_Atomic uint64_t bytes, reads, errors, retried, lost, chunks, bad;
};

struct ewf;

struct spill_image {
	struct spill_image_info info;
	struct spill_image_conf conf;
	struct image_part *part; /* in order */
	size_t parts;
	struct ewf *ewf;
	struct image_tally tally;
	_Atomic bool any_bad;
	struct image_overlay {
		uint64_t at, from, len;
	} overlay[SPILL_IMAGE_OVERLAYS];
	size_t overlays;

	pthread_mutex_t lock; /* of the following */
	struct bad_list bad[SPILL_BAD_KINDS];
	struct spill_image_note note[SPILL_IMAGE_NOTES]; /* by place */
	size_t notes; /* all there were */
	unsigned flaws;
};

void image_note(struct spill_image *img, const char *what, unsigned flaw,
    unsigned segment, uint64_t offset);
void image_flaw(struct spill_image *img, unsigned flaw);
/* Add a range to the list of its kind, less what is in it already. */
void bad_add(struct spill_image *img, struct spill_image_bad bad);
bool bad_init(struct spill_image *img);
void bad_release(struct spill_image *img);

/* One stretch could not be read; error 0: the file ends before it. */
typedef void image_lost_fn(void *ctx, uint64_t at, size_t n, int error);

/*
 * Fill buf from a part. A read that is refused is tried again sector by
 * sector; what stays unreadable is zeros and told to lost, in order.
 */
void part_read(struct spill_image *img, const struct image_part *p, uint64_t at,
    uint8_t *buf, size_t n, image_lost_fn *lost, void *ctx);
/* All n bytes or false, and then the first errno (0: end of file). */
bool part_read_whole(struct spill_image *img, const struct image_part *p,
    uint64_t at, void *buf, size_t n, int *error);

/* What is this file? NULL: nothing that is known, so raw; else why it is
 * not read. *ewf: it has the signature of E01. */
const char *sniff(struct spill_image *img, bool *ewf);

int raw_open(struct spill_image *img, const char **why);
void raw_read(struct spill_image *img, uint64_t offset, uint8_t *buf, size_t n);
bool raw_next_data(const struct spill_image *img, uint64_t offset,
    uint64_t *start, uint64_t *end);

int ewf_open(struct spill_image *img, const char **why);
void ewf_read(struct spill_image *img, uint64_t offset, uint8_t *buf, size_t n);
void ewf_free(struct spill_image *img);

#endif
