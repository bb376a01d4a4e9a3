/*
 * ewf_fuzz.c: images. The input is segments, each behind its length (4 bytes,
 * little-endian; its top bit sets the checksums in it right, else hardly any
 * change would be seen by more than those). Whatever it is: it opens or says
 * why; a read fills its buffer, twice the same; all ranges lie inside the image
 * and in order.
 */
#include <libdeflate.h>

#include <spill/cur.h>
#include <spill/image.h>

#include "fuzz.h"

#define SEGMENTS 8
#define READ_MAX ((uint64_t)256 << 10)

struct input {
	struct spill_span segment[SEGMENTS];
};

static void
put_sum(uint8_t *p, size_t len, size_t from, size_t n)
{
	uint32_t sum;

	if (from > len || n > len - from || len - from - n < 4)
		return;
	sum = libdeflate_adler32(1, p + from, n);
	for (unsigned i = 0; i < 4; i++)
		p[from + n + i] = (uint8_t)(sum >> 8 * i);
}

/* The data of one section. */
static void
repair_section(uint8_t *p, size_t len, const char *type, size_t at)
{
	struct spill_cur c = spill_cur(p, len);

	spill_cur_seek(&c, at);
	if (memcmp(type, "table", 5) == 0) {
		size_t n = spill_cur_u32le(&c);

		put_sum(p, len, at, 20);
		put_sum(p, len, at + 24, n * 4);
	} else if (memcmp(type, "volume", 7) == 0 ||
		   memcmp(type, "data", 5) == 0) {
		put_sum(p, len, at, 90);
		put_sum(p, len, at, 1048);
	} else if (memcmp(type, "hash", 5) == 0) {
		put_sum(p, len, at, 32);
	} else if (memcmp(type, "digest", 7) == 0) {
		put_sum(p, len, at, 76);
	} else if (memcmp(type, "error2", 7) == 0) {
		put_sum(p, len, at, 516);
	}
}

static void
repair(uint8_t *p, size_t len)
{
	size_t at = 13;

	for (unsigned i = 0; i < 100 && at <= len && len - at >= 76; i++) {
		struct spill_cur c = spill_cur(p, len);
		uint64_t next;

		put_sum(p, len, at, 72);
		repair_section(p, len, (const char *)p + at, at + 76);
		spill_cur_seek(&c, at + 16);
		next = spill_cur_u64le(&c);
		if (next <= at || next > len)
			return;
		at = (size_t)next;
	}
}

/* "Descriptors" are indexes here. */
static ssize_t
read_input(void *ctx, int fd, void *buf, size_t n, off_t at)
{
	const struct input *in = ctx;
	const struct spill_span *s = &in->segment[fd];

	if (at < 0 || (uint64_t)at >= s->len)
		return 0;
	n = SPILL_MIN(n, s->len - (size_t)at);
	memcpy(buf, s->p + at, n);
	return (ssize_t)n;
}

static void
check_ranges(struct spill_image *img)
{
	uint64_t size = spill_image_info(img)->size;
	struct spill_image_bad b;

	for (unsigned k = 0; k < SPILL_BAD_KINDS; k++) {
		uint64_t end = 0, bytes = 0;

		for (size_t i = 0; spill_image_bad_get(img, 1u << k, i, &b);
		     i++) {
			must(b.len > 0 && b.offset >= end);
			must(b.offset < size && b.len <= size - b.offset);
			must(spill_image_is_bad(img, b.offset, 1) & 1u << k);
			end = b.offset + b.len;
			bytes += b.len;
		}
		must(spill_image_bad_bytes(img, 1u << k) == bytes);
	}
}

static void
check_read(struct spill_image *img, uint64_t at)
{
	static uint8_t a[3000], b[sizeof(a)];
	uint64_t size = spill_image_info(img)->size;
	size_t want =
	    (size_t)SPILL_MIN((uint64_t)sizeof(a), at < size ? size - at : 0);
	unsigned bad = 0, again = 0;

	memset(a, 1, sizeof(a));
	memset(b, 2, sizeof(b));
	must(spill_image_read(img, at, a, sizeof(a), &bad) == want);
	must(spill_image_read(img, at, b, sizeof(b), &again) == want);
	must(memcmp(a, b, sizeof(a)) == 0 && bad == again);
}

static void
check(struct spill_image *img)
{
	const struct spill_image_info *info = spill_image_info(img);
	struct spill_image_note note;
	uint64_t from, to, at = 0;

	must(info->size > 0 && info->sector > 0);
	must(info->chunk <= SPILL_IMAGE_CHUNK);
	for (; at < SPILL_MIN(info->size, READ_MAX); at += 2999)
		check_read(img, at);
	check_read(img, info->size - 1);
	check_read(img, info->size / 2);
	check_ranges(img);
	if (info->kind == SPILL_IMAGE_EWF &&
	    spill_image_next_data(img, info->size / 3, &from, &to))
		must(from < to && to <= info->size);
	for (size_t i = 0; spill_image_note_get(img, i, &note); i++)
		must(note.what != NULL);
}

static void
run(struct input *in, const struct spill_image_part *part, size_t n)
{
	struct spill_image_conf conf = { .kind = SPILL_IMAGE_EWF,
		.cache = 1 << 16,
		.pread = read_input,
		.ctx = in };
	struct spill_image *img = NULL;
	const char *why = NULL;

	if (spill_image_open(part, n, &conf, &img, &why) == SPILL_OK)
		check(img);
	else
		must(why != NULL && img == NULL);
	spill_image_free(&img);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	struct spill_cur c;
	struct input in = { 0 };
	struct spill_image_part part[SEGMENTS];
	size_t n = 0;

	must(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	c = spill_cur(copy, size);
	while (n < SEGMENTS && spill_cur_left(&c) > 4) {
		uint32_t word = spill_cur_u32le(&c);
		size_t len = SPILL_MIN(word & 0x7fffffff, spill_cur_left(&c));

		in.segment[n] = spill_cur_bytes(&c, len);
		if (word & 0x80000000)
			repair((uint8_t *)in.segment[n].p, len);
		part[n] =
		    (struct spill_image_part){ (int)n, (unsigned)n + 1, len };
		n++;
	}
	run(&in, part, n);
	free(copy);
	return 0;
}
