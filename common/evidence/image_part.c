#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "image_i.h"

/* Behind a refused read, so many bytes are read sector by sector before a
 * large read is tried again. */
#define RETRY_LEN ((uint64_t)64 << 10)
#define PATIENCE  1000 /* EAGAIN from a file is odd; do not spin for ever */

/* One read that is not interrupted; negative: *error says why. */
static ssize_t
read_once(struct spill_image *img, const struct image_part *p, uint64_t at,
    uint8_t *buf, size_t n, int *error)
{
	ssize_t r = -1;

	for (unsigned i = 0; i < PATIENCE; i++) {
		atomic_fetch_add(&img->tally.reads, 1);
		r = img->conf.pread(img->conf.ctx, p->fd, buf, n, (off_t)at);
		if (r >= 0 || (errno != EINTR && errno != EAGAIN))
			break;
	}
	if (r < 0)
		*error = errno;
	else if ((size_t)r > n)
		r = (ssize_t)n;
	return r;
}

struct lot {
	struct spill_image *img;
	const struct image_part *p;
	uint64_t at;
	uint8_t *buf;
	size_t n;
	image_lost_fn *lost;
	void *ctx;
};

static void
pass(struct lot *l, size_t n)
{
	l->at += n;
	l->buf += n;
	l->n -= n;
}

static void
lose(struct lot *l, size_t n, int error)
{
	memset(l->buf, 0, n);
	l->lost(l->ctx, l->at, n, error);
	pass(l, n);
}

/* To the end of its sector, or of what is wanted. */
static size_t
sector_left(const struct lot *l)
{
	return SPILL_MIN(l->n, IMAGE_SECTOR - (size_t)(l->at % IMAGE_SECTOR));
}

/* After a refusal: the sectors up to stop, one by one. */
static void
read_sectors(struct lot *l, uint64_t stop)
{
	while (l->n > 0 && l->at < stop) {
		size_t n = sector_left(l);
		int error = 0;
		ssize_t r = read_once(l->img, l->p, l->at, l->buf, n, &error);

		atomic_fetch_add(&l->img->tally.retried, 1);
		if (r > 0) {
			atomic_fetch_add(&l->img->tally.bytes, (uint64_t)r);
			pass(l, (size_t)r);
		} else if (r == 0) {
			lose(l, l->n, 0);
		} else {
			atomic_fetch_add(&l->img->tally.errors, 1);
			atomic_fetch_add(&l->img->tally.lost, 1);
			lose(l, n, error);
		}
	}
}

void
part_read(struct spill_image *img, const struct image_part *p, uint64_t at,
    uint8_t *buf, size_t n, image_lost_fn *lost, void *ctx)
{
	struct lot l = { img, p, at, buf, n, lost, ctx };

	while (l.n > 0) {
		int error = 0;
		ssize_t r = read_once(img, p, l.at, l.buf, l.n, &error);

		if (r > 0) {
			atomic_fetch_add(&img->tally.bytes, (uint64_t)r);
			pass(&l, (size_t)r);
		} else if (r == 0) {
			lose(&l, l.n, 0);
		} else {
			atomic_fetch_add(&img->tally.errors, 1);
			read_sectors(&l, (l.at / RETRY_LEN + 1) * RETRY_LEN);
		}
	}
}

struct whole {
	bool lost;
	int error;
};

static void
not_whole(void *ctx, uint64_t at, size_t n, int error)
{
	struct whole *w = ctx;

	(void)at;
	(void)n;
	if (!w->lost)
		w->error = error;
	w->lost = true;
}

bool
part_read_whole(struct spill_image *img, const struct image_part *p,
    uint64_t at, void *buf, size_t n, int *error)
{
	struct whole w = { 0 };

	part_read(img, p, at, buf, n, not_whole, &w);
	if (w.lost && w.error != 0)
		image_flaw(img, SPILL_IMAGE_UNREADABLE);
	if (w.lost && error != NULL)
		*error = w.error;
	return !w.lost;
}
