/*
 * image_test.c: raw and split raw images, read errors, what is no image.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ewf_make.h"
#include "util.h"

/* n bytes of the media from an offset on. */
static int
media(uint64_t from, size_t n)
{
	uint8_t *p = malloc(n + 1);
	int fd;

	for (size_t i = 0; i < n; i++)
		p[i] = ewf_media(from + i);
	fd = memory(span_of(p, n));
	free(p);
	return fd;
}

static int
open_one(int fd, uint64_t size, const struct spill_image_conf *conf,
    struct spill_image **img, const char **why)
{
	struct spill_image_part part = { fd, 1, size };

	*why = NULL;
	return spill_image_open(&part, 1, conf, img, why);
}

static void
check_media(struct spill_image *img, uint64_t size, size_t step)
{
	uint8_t *buf = malloc(step);

	assert_int_equal(spill_image_info(img)->size, size);
	for (uint64_t at = 0; at < size + 2; at += step) {
		size_t got = spill_image_read(img, at, buf, step, NULL);

		assert_int_equal(
		    got, at < size ? SPILL_MIN((uint64_t)step, size - at) : 0);
		for (size_t i = 0; i < step; i++)
			assert_int_equal(
			    buf[i], i < got ? ewf_media(at + i) : 0);
	}
	free(buf);
}

static void
odd_sizes(void **state)
{
	static const uint64_t sizes[] = { 1, 511, 512, 513, 4096, 100001 };
	struct spill_image *img = NULL;
	const char *why;
	int fd = memory(span_of("", 0));

	(void)state;
	assert_int_equal(open_one(fd, 0, NULL, &img, &why), SPILL_EFORMAT);
	assert_string_equal(why, "is empty");
	close(fd);
	for (size_t i = 0; i < SPILL_COUNT(sizes); i++) {
		struct spill_image_conf raw = { .kind = SPILL_IMAGE_RAW };

		fd = media(0, (size_t)sizes[i]);
		assert_int_equal(
		    open_one(fd, sizes[i], &raw, &img, &why), SPILL_OK);
		check_media(img, sizes[i], 1000);
		assert_string_equal(spill_image_info(img)->format, "raw");
		assert_int_equal(spill_image_flaws(img), 0);
		assert_int_equal(spill_image_notes(img), sizes[i] % 512 != 0);
		spill_image_free(&img);
		close(fd);
	}
	assert_int_equal(
	    spill_image_open(NULL, 0, NULL, &img, &why), SPILL_EUSAGE);
}

static void
split(void **state)
{
	static const size_t sizes[] = { 1024, 1024, 1024, 100 };
	struct spill_image_part part[4];
	struct spill_image *img = NULL;
	struct spill_image_note note;
	const char *why = NULL;
	uint64_t at = 0;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		part[i] = (struct spill_image_part){ media(at, sizes[i]), i + 1,
			sizes[i] };
		at += sizes[i];
	}
	for (size_t step = 1; step < 4000; step += 511) {
		assert_int_equal(
		    spill_image_open(part, 4, NULL, &img, &why), SPILL_OK);
		check_media(img, at, step);
		assert_string_equal(spill_image_info(img)->format, "split raw");
		assert_int_equal(spill_image_flaws(img), 0);
		spill_image_free(&img);
	}
	/* A gap: what is behind it would be in the wrong place. */
	part[2].number = 4;
	part[3].number = 5;
	assert_int_equal(
	    spill_image_open(part, 4, NULL, &img, &why), SPILL_EDAMAGED);
	assert_string_equal(why, "lacks a piece of a split raw image");
	/* A piece that lost its end. */
	part[2].number = 3;
	part[3].number = 4;
	part[1].size = 1000;
	assert_int_equal(spill_image_open(part, 4, NULL, &img, &why), SPILL_OK);
	assert_int_equal(spill_image_flaws(img), SPILL_IMAGE_DAMAGED);
	assert_true(spill_image_note_get(img, 1, &note));
	assert_int_equal(note.segment, 2);
	spill_image_free(&img);
	for (unsigned i = 0; i < 4; i++)
		close(part[i].fd);
}

static void
holes(void **state)
{
	struct spill_image_part part[2] = { { memory(span_of("", 0)), 1,
						1 << 20 },
		{ memory(span_of("", 0)), 2, 1 << 20 } };
	struct spill_image *img = NULL;
	uint64_t from, to;

	(void)state;
	assert_int_equal(ftruncate(part[0].fd, 1 << 20), 0);
	assert_int_equal(ftruncate(part[1].fd, 1 << 20), 0);
	assert_int_equal(pwrite(part[0].fd, "\1", 1, 70000), 1);
	assert_int_equal(pwrite(part[1].fd, "\1", 1, 0), 1);
	assert_int_equal(spill_image_open(part, 2, NULL, &img, NULL), SPILL_OK);
	assert_true(spill_image_next_data(img, 0, &from, &to));
	assert_int_equal(from, 69632);
	assert_int_equal(to, 73728);
	assert_true(spill_image_next_data(img, 70001, &from, &to));
	assert_int_equal(from, 70001);
	assert_int_equal(to, 73728);
	assert_true(spill_image_next_data(img, to, &from, &to));
	assert_int_equal(from, 1 << 20);
	assert_int_equal(to, (1 << 20) + 4096);
	assert_false(spill_image_next_data(img, to, &from, &to));
	assert_false(spill_image_next_data(img, UINT64_MAX, &from, &to));
	spill_image_free(&img);
	close(part[0].fd);
	close(part[1].fd);
}

/* --- read errors --------------------------------------------------------- */

struct faults {
	off_t from, to; /* unreadable for ever */
	unsigned every; /* each nth call is refused; 0: none */
	int error;
	size_t most; /* bytes a call yields; 0: all */
	unsigned calls;
};

static ssize_t
faulty(void *ctx, int fd, void *buf, size_t n, off_t at)
{
	struct faults *f = ctx;

	f->calls++;
	if (f->every > 0 && f->calls % f->every == 0) {
		errno = f->error;
		return -1;
	}
	if (at < f->to && at + (off_t)n > f->from) {
		errno = f->error;
		return -1;
	}
	return pread(fd, buf, f->most > 0 ? SPILL_MIN(n, f->most) : n, at);
}

static void
check_bad(struct spill_image *img, size_t i, uint64_t from, uint64_t to)
{
	struct spill_image_bad b;

	assert_true(spill_image_bad_get(img, SPILL_BAD_READ, i, &b));
	assert_int_equal(b.offset, from);
	assert_int_equal(b.len, to - from);
	assert_int_equal(b.error, EIO);
}

static void
unreadable(void **state)
{
	static const struct {
		off_t from, to;
		uint64_t bad, end;
	} cases[] = { { 5000, 5001, 4608, 5120 }, { 0, 65536, 0, 65536 },
		{ 511, 1025, 0, 1536 }, { 199999, 200000, 199680, 200000 } };
	const size_t size = 200000;
	int fd = media(0, size);
	const char *why;

	(void)state;
	for (size_t c = 0; c < SPILL_COUNT(cases); c++) {
		struct faults f = {
			.from = cases[c].from, .to = cases[c].to, .error = EIO
		};
		struct spill_image_conf conf = {
			.kind = SPILL_IMAGE_RAW, .pread = faulty, .ctx = &f
		};
		struct spill_image *img = NULL;
		uint8_t *buf = malloc(size);
		unsigned bad = 0;

		assert_int_equal(
		    open_one(fd, size, &conf, &img, &why), SPILL_OK);
		for (unsigned round = 0; round < 2; round++) {
			assert_int_equal(
			    spill_image_read(img, 0, buf, size, &bad), size);
			assert_int_equal(bad, SPILL_BAD_READ);
		}
		check_bad(img, 0, cases[c].bad, cases[c].end);
		assert_false(spill_image_bad_get(
		    img, SPILL_BAD_READ, 1, &(struct spill_image_bad){ 0 }));
		for (size_t i = 0; i < size; i++)
			assert_int_equal(
			    buf[i], i >= cases[c].bad && i < cases[c].end
					? 0
					: ewf_media(i));
		assert_int_equal(
		    spill_image_flaws(img), SPILL_IMAGE_UNREADABLE);
		assert_int_equal(spill_image_is_bad(img, cases[c].end, 1), 0);
		assert_true(spill_image_counts(img).retried > 0);
		assert_int_equal(spill_image_counts(img).lost,
		    2 * ((cases[c].end - cases[c].bad + 511) / 512));
		spill_image_free(&img);
		free(buf);
	}
	close(fd);
}

/* What passes by itself leaves no trace in what is read. */
static void
intermittent(void **state)
{
	static const struct faults cases[] = { { .every = 2, .error = EINTR },
		{ .every = 3, .error = EAGAIN }, { .most = 1 }, { .most = 700 },
		{ .every = 130, .error = EIO } };
	const size_t size = 150000;
	int fd = media(0, size);
	const char *why;

	(void)state;
	for (size_t c = 0; c < SPILL_COUNT(cases); c++) {
		struct faults f = cases[c];
		struct spill_image_conf conf = {
			.kind = SPILL_IMAGE_RAW, .pread = faulty, .ctx = &f
		};
		struct spill_image *img = NULL;

		assert_int_equal(
		    open_one(fd, size, &conf, &img, &why), SPILL_OK);
		check_media(img, size, 40000);
		assert_int_equal(spill_image_flaws(img), 0);
		spill_image_free(&img);
	}
	close(fd);
}

/* Ranges grow, join and do not overlap. */
static void
ranges(void **state)
{
	const size_t size = 1 << 20;
	struct faults f = { .to = INT64_MAX, .error = EIO };
	struct spill_image_conf conf = {
		.kind = SPILL_IMAGE_RAW, .pread = faulty, .ctx = &f
	};
	int fd = media(0, size);
	struct spill_image *img = NULL;
	uint8_t buf[2048];
	const char *why;

	(void)state;
	assert_int_equal(open_one(fd, size, &conf, &img, &why), SPILL_OK);
	spill_image_read(img, 1024, buf, 512, NULL);
	spill_image_read(img, 3072, buf, 512, NULL);
	spill_image_read(img, 512, buf, 100, NULL);
	check_bad(img, 0, 512, 612);
	check_bad(img, 1, 1024, 1536);
	check_bad(img, 2, 3072, 3584);
	assert_int_equal(spill_image_bad_bytes(img, SPILL_BAD_READ), 1124);
	spill_image_read(img, 2560, buf, 2048, NULL);
	check_bad(img, 2, 2560, 4608);
	spill_image_read(img, 600, buf, 500, NULL);
	check_bad(img, 0, 512, 1536);
	check_bad(img, 1, 2560, 4608);
	assert_int_equal(
	    spill_image_bad_bytes(img, SPILL_BAD_READ), 1024 + 2048);
	assert_int_equal(spill_image_is_bad(img, 0, 512), 0);
	assert_int_equal(spill_image_is_bad(img, 0, 513), SPILL_BAD_READ);
	assert_int_equal(spill_image_is_bad(img, 1536, 1024), 0);
	assert_int_equal(spill_image_is_bad(img, 4607, 1), SPILL_BAD_READ);
	assert_int_equal(spill_image_is_bad(img, 4608, UINT64_MAX), 0);
	spill_image_free(&img);
	close(fd);
}

/* Every other sector, far more ranges than are kept apart. */
static void
too_many_ranges(void **state)
{
	const uint64_t size = (uint64_t)(SPILL_IMAGE_RANGES + 100) * 1024;
	struct faults f = { .to = INT64_MAX, .error = EIO };
	struct spill_image_conf conf = {
		.kind = SPILL_IMAGE_RAW, .pread = faulty, .ctx = &f
	};
	int fd = memory(span_of("", 0));
	struct spill_image *img = NULL;
	struct spill_image_bad b;
	const char *why;
	uint8_t c;

	(void)state;
	assert_int_equal(open_one(fd, size, &conf, &img, &why), SPILL_OK);
	for (uint64_t at = 0; at < size; at += 1024)
		spill_image_read(img, at, &c, 1, NULL);
	for (uint64_t at = 0; at < size; at += 1024)
		assert_int_equal(
		    spill_image_is_bad(img, at, 1), SPILL_BAD_READ);
	assert_false(
	    spill_image_bad_get(img, SPILL_BAD_READ, SPILL_IMAGE_RANGES, &b));
	assert_true(spill_image_bad_get(
	    img, SPILL_BAD_READ, SPILL_IMAGE_RANGES - 1, &b));
	assert_int_equal(b.len, 100 * 1024 + 1);
	spill_image_free(&img);
	close(fd);
}

static void
shrinks(void **state)
{
	struct spill_image *img = NULL;
	int fd = media(0, 10000);
	struct spill_image_bad b;
	uint8_t buf[10000];
	const char *why;

	(void)state;
	assert_int_equal(open_one(fd, 10000, NULL, &img, &why), SPILL_OK);
	assert_int_equal(ftruncate(fd, 7001), 0);
	assert_int_equal(
	    spill_image_read(img, 0, buf, sizeof(buf), NULL), 10000);
	assert_true(spill_image_bad_get(img, SPILL_BAD_SHORT, 0, &b));
	assert_int_equal(b.offset, 7001);
	assert_int_equal(b.len, 2999);
	assert_int_equal(buf[7000], ewf_media(7000));
	assert_int_equal(buf[7001], 0);
	assert_int_equal(spill_image_flaws(img), SPILL_IMAGE_CHANGED);
	spill_image_free(&img);
	close(fd);
}

/* An E01 on a disk that fails: chunk by chunk, and tables by their copy. */
static void
unreadable_ewf(void **state)
{
	const struct ewf_make m = { .size = 20480, .pack = EWF_MAKE_STORED };
	struct faults f = { .error = EIO };
	struct spill_image_conf conf = { .pread = faulty, .ctx = &f };
	struct spill_image *img = NULL;
	struct spill_image_bad b;
	struct ewf_set set;
	uint8_t buf[1024];
	unsigned bad;

	(void)state;
	ewf_make(&m, &set);
	f.from = (off_t)set.chunk_at[3] + 600;
	f.to = f.from + 1;
	assert_int_equal(
	    spill_image_open(set.part, 1, &conf, &img, NULL), SPILL_OK);
	for (unsigned c = 0; c < 20; c++)
		spill_image_read(img, c * 1024, buf, 1024, &bad);
	assert_true(spill_image_bad_get(img, SPILL_BAD_READ, 0, &b));
	assert_int_equal(b.offset, 3 * 1024);
	assert_int_equal(b.error, EIO);
	assert_int_equal(b.chunk, 3);
	assert_true(b.len <= 2 * 1024); /* a sector may be of two chunks */
	assert_int_equal(spill_image_flaws(img), SPILL_IMAGE_UNREADABLE);
	spill_image_free(&img);
	ewf_free_set(&set);
}

/* --- what is no image ---------------------------------------------------- */

static void
refused(void **state)
{
	static const struct {
		const char *p;
		size_t n;
		const char *why;
	} cases[] = {
		{ "just a few words\n", 17, "is text, not an image" },
		{ "ADCRYPT\0\1", 9, "is encrypted (AccessData)" },
		{ "EVF2\x0d\x0a\x81\x00", 8,
		    "is an EnCase image of version 2 (Ex01), which is not "
		    "read yet" },
		{ "LVF\x09\x0d\x0a\xff\x00", 8,
		    "is logical evidence (L01), which is not read yet" },
		{ "KDMV\1\0\0\0", 8, "is a VMDK disk, which is not read yet" },
		{ "# Disk DescriptorFile\n", 22,
		    "is the description of a VMDK disk, which is not read "
		    "yet" },
		{ "QFI\xfb\0\0\0\2", 8,
		    "is a QCOW disk, which is not read yet" },
		{ "\x1f\x8b\x08\0", 4, "is compressed (gzip), not an image" },
		{ "PK\x03\x04\0", 5, "is a zip archive, not an image" },
		{ "EVF\x09\x0d\x0a\xff\x00", 8,
		    "is an E01 image without a readable description of its "
		    "size" },
	};
	struct spill_image_conf raw = { .kind = SPILL_IMAGE_RAW };
	struct spill_image *img = NULL;
	const char *why;
	uint8_t tail[1024] = { 0 };
	int fd;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		fd = memory(span_of(cases[i].p, cases[i].n));
		assert_true(open_one(fd, cases[i].n, NULL, &img, &why) < 0);
		assert_string_equal(why, cases[i].why);
		assert_null(img);
		assert_int_equal(
		    open_one(fd, cases[i].n, &raw, &img, &why), SPILL_OK);
		spill_image_free(&img);
		close(fd);
	}
	memcpy(tail + 512, "conectix", 8);
	fd = memory(span_of(tail, sizeof(tail)));
	assert_int_equal(
	    open_one(fd, sizeof(tail), NULL, &img, &why), SPILL_EFORMAT);
	assert_string_equal(why, "is a VHD disk, which is not read yet");
	close(fd);
	fd = memory(span_of("\xeb\x3c\x90mkfs.fat", 11));
	assert_int_equal(open_one(fd, 11, NULL, &img, &why), SPILL_OK);
	spill_image_free(&img);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_sizes),
		cmocka_unit_test(split),
		cmocka_unit_test(holes),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(intermittent),
		cmocka_unit_test(ranges),
		cmocka_unit_test(too_many_ranges),
		cmocka_unit_test(shrinks),
		cmocka_unit_test(unreadable_ewf),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
