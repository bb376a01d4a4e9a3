#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image_i.h"

static ssize_t
plain_pread(void *ctx, int fd, void *buf, size_t n, off_t at)
{
	(void)ctx;
	return pread(fd, buf, n, at);
}

static int
start(const struct spill_image_part *part, size_t n,
    const struct spill_image_conf *conf, struct spill_image **out)
{
	struct spill_image *img = calloc(1, sizeof(*img));

	*out = img;
	if (img == NULL)
		return SPILL_ENOMEM;
	(void)pthread_mutex_init(&img->lock, NULL);
	if (conf != NULL)
		img->conf = *conf;
	if (img->conf.pread == NULL)
		img->conf.pread = plain_pread;
	if (img->conf.sector == 0)
		img->conf.sector = IMAGE_SECTOR;
	img->part = calloc(n, sizeof(*img->part));
	if (img->part == NULL || !bad_init(img))
		return SPILL_ENOMEM;
	img->parts = n;
	for (size_t i = 0; i < n; i++)
		img->part[i] = (struct image_part){ .fd = part[i].fd,
			.number = part[i].number,
			.named = part[i].number,
			.size = SPILL_MIN(part[i].size, (uint64_t)INT64_MAX) };
	return SPILL_OK;
}

static int
open_kind(struct spill_image *img, const char **why)
{
	enum spill_image_kind want = img->conf.kind;
	bool ewf = false;
	const char *what;

	if (want == SPILL_IMAGE_RAW)
		return raw_open(img, why);
	what = sniff(img, &ewf);
	if (ewf || (what == NULL && want == SPILL_IMAGE_EWF))
		return ewf_open(img, why);
	if (what == NULL)
		return raw_open(img, why);
	*why = what;
	return SPILL_EFORMAT;
}

int
spill_image_open(const struct spill_image_part *part, size_t n,
    const struct spill_image_conf *conf, struct spill_image **out,
    const char **why)
{
	const char *phrase = "cannot be opened: no memory";
	struct spill_image *img = NULL;
	int rc = SPILL_OK;

	if (n == 0 || n > SPILL_IMAGE_SEGMENTS) {
		phrase = n == 0 ? "has no segment" : "has too many segments";
		rc = n == 0 ? SPILL_EUSAGE : SPILL_ELIMIT;
	}
	if (rc == SPILL_OK)
		rc = start(part, n, conf, &img);
	if (rc == SPILL_OK)
		rc = open_kind(img, &phrase);
	if (rc == SPILL_OK)
		*out = img;
	else
		spill_image_free(&img);
	if (rc != SPILL_OK && why != NULL)
		*why = phrase;
	return rc;
}

void
spill_image_free(struct spill_image **out)
{
	struct spill_image *img = *out;

	if (img == NULL)
		return;
	ewf_free(img);
	bad_release(img);
	(void)pthread_mutex_destroy(&img->lock);
	free(img->part);
	free(img);
	*out = NULL;
}

const struct spill_image_info *
spill_image_info(const struct spill_image *img)
{
	return &img->info;
}

/* --- findings ----------------------------------------------------------- */

static pthread_mutex_t *
lock_of(const struct spill_image *img)
{
	return (pthread_mutex_t *)&img->lock;
}

static bool
before(const struct spill_image_note *a, const struct spill_image_note *b)
{
	if (a->segment != b->segment)
		return a->segment < b->segment;
	return a->offset != b->offset ? a->offset < b->offset
				      : strcmp(a->what, b->what) < 0;
}

/*
 * Sorted by place, and of too many the first: threads that find them in
 * another order leave the same list.
 */
void
image_note(struct spill_image *img, const char *what, unsigned flaw,
    unsigned segment, uint64_t offset)
{
	struct spill_image_note note = { what, flaw, segment, offset };
	size_t i, last;

	pthread_mutex_lock(&img->lock);
	img->flaws |= flaw;
	last = SPILL_MIN(img->notes, SPILL_IMAGE_NOTES - 1);
	img->notes++;
	if (img->notes <= SPILL_IMAGE_NOTES ||
	    before(&note, &img->note[last])) {
		for (i = last; i > 0 && before(&note, &img->note[i - 1]); i--)
			img->note[i] = img->note[i - 1];
		img->note[i] = note;
	}
	pthread_mutex_unlock(&img->lock);
}

void
image_flaw(struct spill_image *img, unsigned flaw)
{
	pthread_mutex_lock(&img->lock);
	img->flaws |= flaw;
	pthread_mutex_unlock(&img->lock);
}

unsigned
spill_image_flaws(const struct spill_image *img)
{
	unsigned flaws;

	pthread_mutex_lock(lock_of(img));
	flaws = img->flaws;
	pthread_mutex_unlock(lock_of(img));
	return flaws;
}

bool
spill_image_note_get(
    const struct spill_image *img, size_t i, struct spill_image_note *out)
{
	bool there;

	pthread_mutex_lock(lock_of(img));
	there = i < SPILL_MIN(img->notes, SPILL_IMAGE_NOTES);
	if (there)
		*out = img->note[i];
	pthread_mutex_unlock(lock_of(img));
	return there;
}

size_t
spill_image_notes(const struct spill_image *img)
{
	size_t n;

	pthread_mutex_lock(lock_of(img));
	n = img->notes;
	pthread_mutex_unlock(lock_of(img));
	return n;
}

struct spill_image_counts
spill_image_counts(const struct spill_image *img)
{
	const struct image_tally *t = &img->tally;

	return (struct spill_image_counts){ .bytes = t->bytes,
		.reads = t->reads,
		.errors = t->errors,
		.retried = t->retried,
		.lost = t->lost,
		.chunks = t->chunks,
		.bad = t->bad };
}

/* --- reading ------------------------------------------------------------ */

void
spill_image_overlay(
    struct spill_image *img, uint64_t at, uint64_t from, uint64_t len)
{
	if (len == 0)
		img->overlays = 0;
	else if (img->overlays < SPILL_IMAGE_OVERLAYS)
		img->overlay[img->overlays++] =
		    (struct image_overlay){ at, from, len };
}

static void
read_plain(struct spill_image *img, uint64_t offset, uint8_t *buf, size_t n)
{
	if (img->ewf != NULL)
		ewf_read(img, offset, buf, n);
	else
		raw_read(img, offset, buf, n);
}

/* The copy, where a read touches what is laid over. */
static void
read_overlay(struct spill_image *img, const struct image_overlay *o,
    uint64_t offset, uint8_t *buf, size_t n)
{
	uint64_t from = SPILL_MAX(offset, o->at);
	uint64_t to = SPILL_MIN(offset + n, o->at + o->len);
	uint64_t source = o->from + (from - o->at);

	if (from >= to || source >= img->info.size)
		return;
	to = SPILL_MIN(to, from + (img->info.size - source));
	read_plain(img, source, buf + (from - offset), (size_t)(to - from));
}

size_t
spill_image_read(struct spill_image *img, uint64_t offset, void *buf, size_t n,
    unsigned *bad)
{
	uint64_t size = img->info.size;
	size_t got = 0;

	if (offset < size)
		got = (size_t)SPILL_MIN((uint64_t)n, size - offset);
	if (got < n)
		memset((uint8_t *)buf + got, 0, n - got);
	if (got > 0)
		read_plain(img, offset, buf, got);
	for (size_t i = 0; i < img->overlays && got > 0; i++)
		read_overlay(img, &img->overlay[i], offset, buf, got);
	if (bad != NULL)
		*bad = spill_image_is_bad(img, offset, got);
	return got;
}

/* The end of the missing stretch that offset is in, or offset. */
static uint64_t
behind_missing(const struct spill_image *img, uint64_t offset, uint64_t *next)
{
	static const enum spill_bad kinds[] = { SPILL_BAD_MISSING,
		SPILL_BAD_SHORT };
	struct spill_image_bad b;

	for (size_t k = 0; k < SPILL_COUNT(kinds); k++)
		for (size_t i = 0; spill_image_bad_get(img, kinds[k], i, &b);
		     i++) {
			if (b.offset > offset)
				*next = SPILL_MIN(*next, b.offset);
			else if (offset - b.offset < b.len)
				offset = b.offset + b.len;
		}
	return offset;
}

bool
spill_image_next_data(const struct spill_image *img, uint64_t offset,
    uint64_t *start, uint64_t *end)
{
	uint64_t next = img->info.size, at = offset, was;

	if (offset >= img->info.size)
		return false;
	if (img->ewf == NULL)
		return raw_next_data(img, offset, start, end);
	do {
		was = at;
		at = behind_missing(img, at, &next);
	} while (at != was && at < img->info.size);
	if (at >= img->info.size)
		return false;
	next = img->info.size;
	(void)behind_missing(img, at, &next);
	*start = at;
	*end = next;
	return true;
}
