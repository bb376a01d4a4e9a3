/*
 * fs_bytes_test.c: the bytes of attributes, by runs that are made up.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../../common/evidence/fs_i.h"

#include "util.h"

#define BLOCK  512u
#define BLOCKS 64u /* of the image */
#define START  (3u * BLOCK) /* of the volume */
#define ROOM   ((size_t)64 << 10)

/* A byte of the volume. */
static uint8_t
content(uint64_t at)
{
	return (uint8_t)(1 + (at / BLOCK * 7 + at % BLOCK) % 255);
}

struct made {
	uint64_t bad, bad_end; /* bytes of the image that cannot be read */
	int fd;
	struct spill_image *image;
	struct ev_disk disk;
	struct ev_fs fs;
	struct ev_object object;
	struct ev_attr *attr;
};

static ssize_t
faulty(void *ctx, int fd, void *buf, size_t n, off_t at)
{
	const struct made *m = ctx;

	if ((uint64_t)at < m->bad_end && (uint64_t)at + n > m->bad) {
		errno = EIO;
		return -1;
	}
	return pread(fd, buf, n, at);
}

static void
make(struct made *m)
{
	static uint8_t raw[BLOCKS * BLOCK];
	struct spill_image_conf conf = {
		.kind = SPILL_IMAGE_RAW, .pread = faulty, .ctx = m
	};
	struct spill_image_part part = { .number = 1, .size = sizeof(raw) };

	for (size_t i = START; i < sizeof(raw); i++)
		raw[i] = content(i - START);
	m->fd = part.fd =
	    memory((struct spill_span){ (char *)raw, sizeof(raw) });
	assert_int_equal(
	    spill_image_open(&part, 1, &conf, &m->image, NULL), SPILL_OK);
	m->disk.image = m->image;
	m->fs.disk = &m->disk;
	m->fs.offset = START;
	m->fs.block_size = BLOCK;
	m->object.kind = EV_FILE;
	m->attr = ev_object_attr(&m->object);
	assert_non_null(m->attr);
}

static void
unmake(struct made *m)
{
	ev_object_release(&m->object);
	spill_image_free(&m->image);
	close(m->fd);
}

/* The byte that must come, by looking at each run. */
static uint8_t
wanted(const struct made *m, uint64_t at)
{
	const struct ev_attr *a = m->attr;
	bool file = m->object.kind == EV_FILE && m->object.facts.has_valid;

	if (at < a->size && ((a->has_init && at >= a->init) ||
				(file && at >= m->object.facts.valid)))
		return 0;
	for (size_t i = 0; i < a->runs; i++) {
		const struct ev_run *r = &m->object.run[a->run + i];

		if (at / BLOCK >= r->offset &&
		    at / BLOCK - r->offset < r->count)
			return content(
			    at + (r->block - r->offset) * (uint64_t)BLOCK);
	}
	return 0;
}

static size_t
take(struct made *m, uint64_t at, uint8_t *buf, size_t n, size_t *lost)
{
	*lost = 0;
	return ev_attr_read(&m->fs, &m->object, m->attr, at, buf, n, lost);
}

/* All reads of some lengths give the bytes of 0 to end, and nothing lost. */
static void
check(struct made *m, uint64_t end)
{
	static const size_t steps[] = { 1, 7, 511, 512, 513, 5000, ROOM };
	static uint8_t buf[ROOM];
	size_t lost;

	for (size_t s = 0; s < SPILL_COUNT(steps); s++)
		for (uint64_t at = 0; at < end; at += steps[s]) {
			size_t n = (size_t)SPILL_MIN(steps[s], end - at);

			memset(buf, 0xee, sizeof(buf));
			assert_int_equal(take(m, at, buf, n, &lost), n);
			assert_int_equal(lost, 0);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(buf[i], wanted(m, at + i));
			assert_int_equal(n < ROOM ? buf[n] : 0xee, 0xee);
		}
}

/* --- runs --------------------------------------------------------------- */

static void
holes(void **state)
{
	struct made m = { 0 };

	(void)state;
	make(&m);
	ev_object_run(&m.object, 2, 9, 1);
	ev_object_run(&m.object, 3, 4, 3);
	ev_object_run(&m.object, 9, 20, 2);
	assert_int_equal(m.attr->runs, 3);
	m.attr->size = m.attr->alloc = 14 * BLOCK;
	assert_int_equal(
	    ev_attr_end(&m.fs, &m.object, m.attr), 11 * (uint64_t)BLOCK);
	check(&m, 14 * BLOCK);
	unmake(&m);
}

static void
nothing_but_a_hole(void **state)
{
	struct made m = { 0 };
	uint8_t buf[8];
	size_t lost;

	(void)state;
	make(&m);
	m.attr->size = 1000;
	check(&m, 1000);
	assert_int_equal(ev_attr_end(&m.fs, &m.object, m.attr), 0);
	m.attr->lost = true;
	assert_int_equal(take(&m, 0, buf, sizeof(buf), &lost), 0);
	assert_int_equal(lost, 0);
	unmake(&m);
}

/* Where a part of the map is missing a hole may be none, and the end is. */
static void
lost_parts(void **state)
{
	struct made m = { 0 };
	uint8_t buf[8 * BLOCK];
	size_t lost;

	(void)state;
	make(&m);
	ev_object_run(&m.object, 0, 5, 1);
	ev_object_run(&m.object, 3, 8, 2);
	m.attr->size = 8 * BLOCK;
	m.attr->lost = true;
	assert_int_equal(take(&m, 0, buf, sizeof(buf), &lost), 5 * BLOCK);
	assert_int_equal(lost, 2 * BLOCK);
	for (size_t i = 0; i < 5 * BLOCK; i++)
		assert_int_equal(buf[i], wanted(&m, i));
	assert_int_equal(take(&m, 5 * BLOCK, buf, 1, &lost), 0);
	unmake(&m);
}

/* Slack is what is on the disk, though it was never written as content. */
static void
never_written(void **state)
{
	static const uint64_t inits[] = { 0, 1, 511, 512, 513, 1499, 1500 };
	struct made m = { 0 };

	(void)state;
	make(&m);
	ev_object_run(&m.object, 0, 10, 2);
	ev_object_run(&m.object, 2, 7, 2);
	m.attr->size = 1500;
	m.attr->alloc = 4 * BLOCK;
	m.attr->has_init = true;
	for (size_t i = 0; i < SPILL_COUNT(inits); i++) {
		m.attr->init = inits[i];
		check(&m, m.attr->alloc);
	}
	/* The file says it itself (exFAT); a folder's says nothing. */
	m.object.facts.has_valid = true;
	m.object.facts.valid = 700;
	check(&m, m.attr->alloc);
	m.object.kind = EV_DIR;
	check(&m, m.attr->alloc);
	unmake(&m);
}

static void
bounds(void **state)
{
	struct made m = { 0 };
	uint8_t buf[4 * BLOCK];
	size_t lost;

	(void)state;
	make(&m);
	/* One leads out of the image, one so far that it cannot be. */
	ev_object_run(&m.object, 0, BLOCKS - 4, 2);
	ev_object_run(&m.object, 4, UINT64_MAX / BLOCK * 2 + 20, 1);
	ev_object_run(&m.object, UINT64_MAX / 2, 1, 1);
	m.attr->size = UINT64_MAX;
	assert_int_equal(take(&m, 0, buf, 2 * BLOCK, &lost), 2 * BLOCK);
	assert_int_equal(lost, BLOCK);
	for (size_t i = 0; i < 2 * BLOCK; i++)
		assert_int_equal(buf[i], i < BLOCK ? wanted(&m, i) : 0);
	assert_int_equal(
	    take(&m, 4 * BLOCK, buf, BLOCK + 100, &lost), BLOCK + 100);
	assert_int_equal(lost, BLOCK);
	assert_int_equal(take(&m, UINT64_MAX - 10, buf, 10, &lost), 10);
	assert_int_equal(buf[0], 0);
	assert_int_equal(ev_attr_end(&m.fs, &m.object, m.attr), UINT64_MAX);
	unmake(&m);
}

static void
behind_the_image(void **state)
{
	struct made m = { 0 };

	(void)state;
	make(&m);
	m.attr->size = 8 * BLOCK;
	assert_int_equal(ev_attr_there(&m.fs, &m.object, m.attr), UINT64_MAX);
	m.attr->lost = true;
	assert_int_equal(ev_attr_there(&m.fs, &m.object, m.attr), 0);
	ev_object_run(&m.object, 0, BLOCKS, 2);
	assert_int_equal(ev_attr_there(&m.fs, &m.object, m.attr), 0);
	ev_object_run(&m.object, 2, 5, 2);
	ev_object_run(&m.object, 4, BLOCKS - 4, 2);
	assert_int_equal(
	    ev_attr_there(&m.fs, &m.object, m.attr), 5 * (uint64_t)BLOCK);
	ev_object_run(&m.object, 6, BLOCKS - 3, 1);
	assert_int_equal(
	    ev_attr_there(&m.fs, &m.object, m.attr), 5 * (uint64_t)BLOCK);
	ev_object_run(&m.object, 7, 1, 1);
	assert_int_equal(
	    ev_attr_there(&m.fs, &m.object, m.attr), 8 * (uint64_t)BLOCK);
	unmake(&m);
}

/* Of a piece that is read at once all counts as lost. */
static void
bad_ranges(void **state)
{
	struct made m = { .bad = START + 6 * BLOCK,
		.bad_end = START + 7 * BLOCK };
	uint8_t buf[4 * BLOCK];
	size_t lost;

	(void)state;
	make(&m);
	ev_object_run(&m.object, 0, 10, 2);
	ev_object_run(&m.object, 2, 5, 2);
	m.attr->size = 4 * BLOCK;
	assert_int_equal(take(&m, 0, buf, sizeof(buf), &lost), sizeof(buf));
	assert_int_equal(lost, 2 * BLOCK);
	for (size_t i = 0; i < sizeof(buf); i++)
		assert_int_equal(buf[i], i < 3 * BLOCK ? wanted(&m, i) : 0);
	assert_int_equal(take(&m, 0, buf, 3 * BLOCK, &lost), 3 * BLOCK);
	assert_int_equal(lost, 0);
	assert_int_equal(take(&m, 3 * BLOCK + 5, buf, 9, &lost), 9);
	assert_int_equal(lost, 9);
	unmake(&m);
}

/* 100,000 runs, each out of the place of the next, from any offset. */
static void
many_runs(void **state)
{
	struct made m = { 0 };
	uint32_t seed = 7;
	uint8_t byte;
	size_t lost;

	(void)state;
	make(&m);
	for (uint64_t i = 0; i < 100000; i++)
		ev_object_run(&m.object, 3 * i, i * 2 % 50, 2);
	assert_int_equal(m.attr->runs, 100000);
	m.attr->size = 300000 * (uint64_t)BLOCK;
	for (unsigned i = 0; i < 20000; i++) {
		uint64_t block = dice(&seed, 300000);
		uint64_t in = dice(&seed, BLOCK);

		assert_int_equal(
		    take(&m, block * BLOCK + in, &byte, 1, &lost), 1);
		assert_int_equal(byte,
		    block % 3 == 2
			? 0
			: content(
			      (block / 3 * 2 % 50 + block % 3) * BLOCK + in));
	}
	unmake(&m);
}

/* --- resident ----------------------------------------------------------- */

static void
check_resident(struct made *m, uint64_t first, uint64_t end)
{
	uint8_t buf[200];
	size_t lost;

	for (size_t at = 0; at <= end; at++)
		for (size_t n = 1; n < sizeof(buf); n += 13) {
			size_t want = (size_t)SPILL_MIN(n, end - at);

			assert_int_equal(take(m, at, buf, n, &lost), want);
			assert_int_equal(lost, 0);
			for (size_t i = 0; i < want; i++)
				assert_int_equal(buf[i],
				    at + i < first
					? content(1000 + at + i)
					: content(5000 + at + i - first));
		}
}

static void
resident(void **state)
{
	struct made m = { 0 };
	uint8_t byte;
	size_t lost;

	(void)state;
	make(&m);
	m.attr->resident = true;
	m.attr->size = 100;
	assert_int_equal(take(&m, 0, &byte, 1, &lost), 0);
	m.attr->placed = true;
	m.attr->at = 1000;
	check_resident(&m, 100, 100);
	assert_int_equal(ev_attr_end(&m.fs, &m.object, m.attr), 100);
	m.attr->rest_from = 60;
	m.attr->rest = 40;
	m.attr->rest_at = 5000;
	check_resident(&m, 60, 100);
	/* The second piece is shorter than the size says, or is not there. */
	m.attr->rest = 30;
	check_resident(&m, 60, 90);
	m.attr->rest = 0;
	check_resident(&m, 60, 60);
	assert_int_equal(ev_attr_end(&m.fs, &m.object, m.attr), 60);
	unmake(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes),
		cmocka_unit_test(nothing_but_a_hole),
		cmocka_unit_test(lost_parts),
		cmocka_unit_test(never_written),
		cmocka_unit_test(bounds),
		cmocka_unit_test(behind_the_image),
		cmocka_unit_test(bad_ranges),
		cmocka_unit_test(many_runs),
		cmocka_unit_test(resident),
	};

	return cmocka_run_group_tests_name("fs_bytes", tests, NULL, NULL);
}
