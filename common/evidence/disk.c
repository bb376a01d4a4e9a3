#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "disk_i.h"

/* --- pages -------------------------------------------------------------- */

#define PAGE	  8192u
#define PAGES	  8192u /* of them, 64 MiB; a power of two */
#define HUGE	  ((size_t)2 << 20) /* a large page of the processor */
#define AHEAD	  8u /* pages */
#define PAGED_MAX (2 * PAGE) /* longer reads go by */

struct ev_page {
	uint64_t number; /* plus one; 0: empty */
};

static uint8_t *
page_bytes(struct ev_disk *d, const struct ev_page *p)
{
	return d->bytes + (size_t)(p - d->page) * PAGE;
}

/* One page; where reads go on from the one before, some more behind it. */
static void
load_page(struct ev_disk *d, struct ev_page *p, uint64_t number)
{
	size_t n = 1, slot = (size_t)(p - d->page);

	if (p->number == number + 1)
		return;
	if (number == d->next)
		n = SPILL_MIN(AHEAD, PAGES - slot);
	(void)spill_image_read(
	    d->image, number * PAGE, page_bytes(d, p), n * PAGE, NULL);
	for (size_t i = 0; i < n; i++)
		p[i].number = number + i + 1;
	d->next = number + n;
}

static void
read_paged(struct ev_disk *d, uint64_t off, char *buf, size_t len)
{
	while (len > 0) {
		uint64_t number = off / PAGE;
		size_t from = (size_t)(off % PAGE);
		size_t n = SPILL_MIN(len, PAGE - from);
		struct ev_page *p = &d->page[number & (PAGES - 1)];

		load_page(d, p, number);
		memcpy(buf, page_bytes(d, p) + from, n);
		buf += n;
		off += n;
		len -= n;
	}
}

/*
 * A read that libtsk makes to fill a place of its cache. Where that fails it
 * asks once more, for the bytes that are wanted and no others; so the first
 * one is refused. The same read twice in a row is wanted.
 */
static bool
is_refill(struct ev_disk *d, uint64_t off, size_t len)
{
	uint64_t fill =
	    SPILL_MIN((uint64_t)TSK_IMG_INFO_CACHE_LEN, d->size - off);

	if (len != fill || off % 512 != 0 || d->refused == off + 1) {
		d->refused = 0;
		return false;
	}
	d->refused = off + 1;
	return true;
}

/* What one disk gave back and the next one gets: a worker opens one for each of
 * its jobs, and the system would fill new memory with zeros each time. */
static uint8_t *spare;

static uint8_t *
bytes_of_pages(void)
{
	uint8_t *p = spare;

	spare = NULL;
	return p != NULL ? p : aligned_alloc(HUGE, (size_t)PAGES * PAGE);
}

static void
give_back(uint8_t *bytes)
{
	if (spare == NULL)
		spare = bytes;
	else
		free(bytes);
}

void
ev_disk_scattered(struct ev_disk *d)
{
	if (d->page != NULL)
		return;
	d->bytes = bytes_of_pages();
	d->page = calloc(PAGES, sizeof(*d->page));
	if (d->bytes == NULL || d->page == NULL) {
		give_back(d->bytes);
		free(d->page);
		d->bytes = NULL;
		d->page = NULL;
		return;
	}
	(void)madvise(d->bytes, (size_t)PAGES * PAGE, MADV_HUGEPAGE);
}

/* --- libtsk's calls ----------------------------------------------------- */

/* What is moved to a place that a read touches. */
static void
read_moved(struct ev_disk *d, uint64_t at, char *buf, size_t len)
{
	uint64_t from = SPILL_MAX(at, d->moved.at);
	uint64_t to = SPILL_MIN(at + len, d->moved.at + d->moved.len);

	if (from < to)
		(void)spill_image_read(d->image,
		    d->moved.from + (from - d->moved.at), buf + (from - at),
		    (size_t)(to - from), NULL);
}

void
ev_disk_move(struct ev_disk *d, uint64_t at, uint64_t from, uint64_t len)
{
	d->moved.at = at;
	d->moved.from = from;
	d->moved.len = len;
	memset(d->tsk.cache_len, 0, sizeof(d->tsk.cache_len));
}

void
ev_disk_mend(struct ev_disk *d, uint64_t base, ev_mend_fn *fn)
{
	memset(&d->mend, 0, sizeof(d->mend));
	d->mend.base = base;
	d->mend.fn = fn;
	memset(d->tsk.cache_len, 0, sizeof(d->tsk.cache_len));
}

static void
mend_block(struct ev_disk *d, uint64_t at, void *block)
{
	if (!d->mend.fn(d, d->mend.base, block, EV_MEND_BLOCK) &&
	    d->mend.lacking++ == 0)
		d->mend.at = at;
}

/* A block of which only a part was read is read once more. */
static void
mend_part(struct ev_disk *d, uint64_t block, uint64_t at, char *buf, size_t len)
{
	char whole[EV_MEND_BLOCK];
	uint64_t from = SPILL_MAX(at, block);
	uint64_t to = SPILL_MIN(at + len, block + sizeof(whole));

	if (spill_image_read(d->image, block, whole, sizeof(whole), NULL) !=
	    sizeof(whole))
		return;
	mend_block(d, block, whole);
	memcpy(buf + (from - at), whole + (from - block), (size_t)(to - from));
}

static void
mend_read(struct ev_disk *d, uint64_t at, char *buf, size_t len)
{
	uint64_t base = d->mend.base, block;

	if (at + len <= base)
		return;
	block = at < base ? base : at - (at - base) % EV_MEND_BLOCK;
	for (; block < at + len; block += EV_MEND_BLOCK)
		if (block >= at && block + EV_MEND_BLOCK <= at + len)
			mend_block(d, block, buf + (block - at));
		else
			mend_part(d, block, at, buf, len);
}

static void
read_patched(const struct ev_disk *d, uint64_t at, char *buf, size_t len)
{
	for (size_t i = 0; i < d->patches && !d->as_is; i++)
		if (d->patch[i].at >= at && d->patch[i].at - at < len)
			buf[d->patch[i].at - at] = (char)d->patch[i].byte;
}

bool
ev_disk_patch(struct ev_disk *d, uint64_t at, uint8_t byte)
{
	if (d->patches == EV_PATCHES)
		return false;
	d->patch[d->patches].at = at;
	d->patch[d->patches++].byte = byte;
	memset(d->tsk.cache_len, 0, sizeof(d->tsk.cache_len));
	return true;
}

void
ev_disk_as_is(struct ev_disk *d, bool as_is)
{
	d->as_is = as_is;
	if (d->patches > 0)
		memset(d->tsk.cache_len, 0, sizeof(d->tsk.cache_len));
}

/* It may ask for some bytes behind the end, to read whole sectors. */
static ssize_t
read_image(TSK_IMG_INFO *img, TSK_OFF_T off, char *buf, size_t len)
{
	struct ev_disk *d = (struct ev_disk *)img;
	uint64_t at = (uint64_t)off;

	if (off < 0 || at >= d->size)
		return -1;
	if ((d->page != NULL || d->mend.fn != NULL) && is_refill(d, at, len))
		return -1;
	if (d->page != NULL && len <= PAGED_MAX && len <= d->size - at) {
		read_paged(d, at, buf, len);
		return (ssize_t)len;
	}
	len = spill_image_read(d->image, at, buf, len, NULL);
	if (d->moved.len > 0)
		read_moved(d, at, buf, len);
	read_patched(d, at, buf, len);
	if (d->mend.fn != NULL)
		mend_read(d, at, buf, len);
	return (ssize_t)len;
}

static void
close_image(TSK_IMG_INFO *img)
{
	(void)img;
}

static void
say_image(TSK_IMG_INFO *img, FILE *f)
{
	(void)img;
	(void)f;
}

int
ev_disk_open(struct ev_disk **out, struct spill_image *image)
{
	const struct spill_image_info *info = spill_image_info(image);
	struct ev_disk *d;
	uint32_t sector = info->sector;

	if (info->size > INT64_MAX)
		return SPILL_ELIMIT;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return SPILL_ENOMEM;
	d->image = image;
	d->size = info->size;
	if (sector < 512 || sector % 512 != 0)
		sector = 512;
	d->sector = sector;
	if (tsk_img_open_external(d, (TSK_OFF_T)info->size, sector, read_image,
		close_image, say_image) == NULL) {
		free(d);
		return SPILL_ENOMEM;
	}
	*out = d;
	return SPILL_OK;
}

void
ev_disk_free(struct ev_disk **d)
{
	if (*d == NULL)
		return;
	tsk_img_close(&(*d)->tsk);
	give_back((*d)->bytes);
	free((*d)->page);
	free(*d);
	*d = NULL;
}

bool
ev_disk_read(struct ev_disk *d, uint64_t offset, void *buf, size_t n)
{
	if (n > d->size || offset > d->size - n)
		return false;
	if (d->page != NULL) {
		if (n <= PAGED_MAX)
			read_paged(d, offset, buf, n);
		else
			(void)spill_image_read(d->image, offset, buf, n, NULL);
		return true;
	}
	return tsk_img_read(&d->tsk, (TSK_OFF_T)offset, buf, n) == (ssize_t)n;
}

const char *
ev_disk_why(void)
{
	static char text[256];
	const char *why = tsk_error_get_errstr();
	size_t n = 0;

	if (why == NULL || why[0] == '\0')
		return "libtsk does not say why";
	/* It may have bytes of the evidence in it. */
	for (; why[n] != '\0' && n < sizeof(text) - 1; n++)
		text[n] = why[n] >= ' ' && why[n] < 0x7f ? why[n] : ' ';
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
		n--;
	text[n] = '\0';
	return text;
}
