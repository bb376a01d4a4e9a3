#include <errno.h>
#include <unistd.h>

#include "image_i.h"

/*
 * A piece that is shorter than the first, and not the last, has lost its end:
 * all behind it is in the wrong place.
 */
static void
check_sizes(struct spill_image *img)
{
	for (size_t i = 1; i < img->parts; i++)
		if (img->part[i].size > img->part[0].size ||
		    (i + 1 < img->parts &&
			img->part[i].size != img->part[0].size))
			image_note(img,
			    "this piece is not as long as the first one",
			    SPILL_IMAGE_DAMAGED, img->part[i].number, 0);
}

int
raw_open(struct spill_image *img, const char **why)
{
	uint64_t at = 0;

	for (size_t i = 0; i < img->parts; i++) {
		struct image_part *p = &img->part[i];

		if (p->number != 0 && p->number != i + 1) {
			*why = "lacks a piece of a split raw image";
			return SPILL_EDAMAGED;
		}
		if (p->size > INT64_MAX - at) {
			*why = "is larger than an image can be";
			return SPILL_ELIMIT;
		}
		p->number = (unsigned)i + 1;
		p->start = at;
		at += p->size;
	}
	if (at == 0) {
		*why = "is empty";
		return SPILL_EFORMAT;
	}
	img->info.kind = SPILL_IMAGE_RAW;
	img->info.format = img->parts > 1 ? "split raw" : "raw";
	img->info.size = at;
	img->info.sector = img->conf.sector;
	img->info.segments = (unsigned)img->parts;
	check_sizes(img);
	if (at % img->info.sector != 0)
		image_note(img, "the last sector is not whole", 0, 0, at);
	return SPILL_OK;
}

/* The part that holds an offset inside the image. */
static size_t
part_at(const struct spill_image *img, uint64_t offset)
{
	size_t from = 0, to = img->parts;

	while (to - from > 1) {
		size_t mid = from + (to - from) / 2;

		if (img->part[mid].start <= offset)
			from = mid;
		else
			to = mid;
	}
	return from;
}

struct raw_lost {
	struct spill_image *img;
	const struct image_part *p;
};

static void
lost(void *ctx, uint64_t at, size_t n, int error)
{
	struct raw_lost *l = ctx;

	image_flaw(
	    l->img, error != 0 ? SPILL_IMAGE_UNREADABLE : SPILL_IMAGE_CHANGED);
	bad_add(
	    l->img, (struct spill_image_bad){ .offset = l->p->start + at,
			.len = n,
			.kind = error != 0 ? SPILL_BAD_READ : SPILL_BAD_SHORT,
			.error = error,
			.segment = l->p->number });
}

void
raw_read(struct spill_image *img, uint64_t offset, uint8_t *buf, size_t n)
{
	while (n > 0) {
		const struct image_part *p = &img->part[part_at(img, offset)];
		struct raw_lost l = { img, p };
		uint64_t at = offset - p->start;
		size_t len = (size_t)SPILL_MIN(n, p->size - at);

		part_read(img, p, at, buf, len, lost, &l);
		offset += len;
		buf += len;
		n -= len;
	}
}

/* The first data of a part at or behind at; false: holes to its end. */
static bool
part_next_data(
    const struct image_part *p, uint64_t at, uint64_t *from, uint64_t *to)
{
	off_t data = lseek(p->fd, (off_t)at, SEEK_DATA), hole;

	if (data < 0 && errno == ENXIO)
		return false;
	/* No way to know: all of it is data. */
	if (data < (off_t)at)
		data = (off_t)at;
	if ((uint64_t)data >= p->size)
		return false;
	hole = lseek(p->fd, data, SEEK_HOLE);
	*from = (uint64_t)data;
	*to = hole > data ? SPILL_MIN((uint64_t)hole, p->size) : p->size;
	return true;
}

bool
raw_next_data(const struct spill_image *img, uint64_t offset, uint64_t *start,
    uint64_t *end)
{
	for (size_t i = part_at(img, offset); i < img->parts; i++) {
		const struct image_part *p = &img->part[i];
		uint64_t at = offset > p->start ? offset - p->start : 0, to;

		if (at >= p->size || !part_next_data(p, at, &at, &to))
			continue;
		*start = p->start + at;
		*end = p->start + to;
		return true;
	}
	return false;
}
