/*
 * ewf_hostile_test.c: E01 sets that are made to cost much or to mislead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <libdeflate.h>

#include <cmocka.h>

#include "ewf_make.h"

#define CHUNK 1024
#define CPU_S 8 /* what is quadratic needs far more */

/* One segment in memory, made section by section. */
struct raw {
	uint8_t *p;
	size_t n, cap;
};

static void
le(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void
sum(uint8_t *p, size_t n)
{
	le(p + n, libdeflate_adler32(1, p, n), 4);
}

/* Room for a section of n bytes; *at is where they are. */
static uint8_t *
section(struct raw *r, const char *type, size_t n)
{
	bool last = strcmp(type, "done") == 0;
	uint8_t *d;

	if (r->cap - r->n < 76 + n) {
		r->cap = 2 * r->cap + 76 + n;
		r->p = realloc(r->p, r->cap);
		assert_non_null(r->p);
	}
	d = r->p + r->n;
	memset(d, 0, 76 + n);
	memcpy(d, type, strlen(type));
	le(d + 16, last ? r->n : r->n + 76 + n, 8);
	le(d + 24, last ? 0 : 76 + n, 8);
	sum(d, 72);
	r->n += 76 + n;
	return d + 76;
}

static void
volume(struct raw *r, uint64_t sectors, unsigned per_chunk)
{
	uint8_t *v = section(r, "volume", 1052);

	v[0] = 1;
	le(v + 4, sectors, 4);
	le(v + 8, per_chunk, 4);
	le(v + 12, 512, 4);
	le(v + 16, sectors, 8);
	sum(v, 1048);
}

/* Header and volume: chunks of one sector of 512 bytes. */
static void
begin(struct raw *r, uint64_t sectors)
{
	*r = (struct raw){ .p = malloc(4096), .n = 13, .cap = 4096 };
	memcpy(r->p, "EVF\x09\x0d\x0a\xff\x00\x01\x01\x00\x00\x00", 13);
	volume(r, sectors, 1);
}

static struct spill_image *
open_raw(struct raw *r)
{
	struct spill_image_part part = { .number = 1, .size = r->n };
	struct spill_image *img = NULL;

	part.fd = memfd_create("segment", MFD_CLOEXEC);
	ewf_poke(part.fd, 0, r->p, r->n);
	assert_int_equal(
	    spill_image_open(&part, 1, NULL, &img, NULL), SPILL_OK);
	close(part.fd);
	free(r->p);
	return img;
}

static void
refuse_raw(struct raw *r)
{
	struct spill_image_part part = { .number = 1, .size = r->n };
	struct spill_image *img = NULL;

	part.fd = memfd_create("segment", MFD_CLOEXEC);
	ewf_poke(part.fd, 0, r->p, r->n);
	assert_true(spill_image_open(&part, 1, NULL, &img, NULL) < 0);
	close(part.fd);
	free(r->p);
}

static double
cpu(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t
pack(const void *p, size_t n, uint8_t *out, size_t max)
{
	struct libdeflate_compressor *z = libdeflate_alloc_compressor(6);
	size_t len = libdeflate_zlib_compress(z, p, n, out, max);

	libdeflate_free_compressor(z);
	assert_true(len > 0);
	return len;
}

/* Chunks without a table, each in a section of its own. */
static void
many_lost_tables(void **state)
{
	const size_t n = (size_t)1 << 18;
	static const uint8_t zeros[512];
	uint8_t packed[64];
	size_t len = pack(zeros, sizeof(zeros), packed, sizeof(packed));
	struct spill_image *img;
	struct raw r;
	double from;

	(void)state;
	begin(&r, n);
	for (size_t i = 0; i < n; i++)
		memcpy(section(&r, "sectors", len), packed, len);
	(void)section(&r, "done", 0);
	from = cpu();
	img = open_raw(&r);
	assert_true(cpu() - from < CPU_S);
	assert_int_equal(spill_image_bad_bytes(img, SPILL_BAD_CHUNK), 0);
	assert_int_equal(spill_image_flaws(img), SPILL_IMAGE_DAMAGED);
	spill_image_free(&img);
}

/* The size comes behind the first chunks; with it chunks of another length,
 * which nothing that was made for those before may be used for. */
static void
size_comes_later(void **state)
{
	static const uint8_t zeros[512];
	uint8_t packed[64], buf[4096];
	size_t len = pack(zeros, sizeof(zeros), packed, sizeof(packed));

	(void)state;
	for (unsigned per_chunk = 1; per_chunk < 5; per_chunk += 3) {
		struct spill_image *img;
		struct raw r;

		begin(&r, 0);
		memcpy(section(&r, "sectors", len), packed, len);
		(void)section(&r, "session", 0);
		memcpy(section(&r, "sectors", len), packed, len);
		volume(&r, 8, per_chunk);
		(void)section(&r, "done", 0);
		if (per_chunk == 1) {
			img = open_raw(&r);
			assert_int_equal(spill_image_info(img)->size, 4096);
			assert_int_equal(spill_image_info(img)->chunk, 512);
			assert_int_equal(
			    spill_image_read(img, 0, buf, sizeof(buf), NULL),
			    sizeof(buf));
			spill_image_free(&img);
		} else {
			refuse_raw(&r);
		}
	}
}

/* Acquisition errors from the last to the first, none beside another. */
static void
many_errors(void **state)
{
	const uint32_t n = (uint32_t)1 << 18;
	struct spill_image *img;
	struct spill_image_bad b;
	struct raw r;
	double from;
	uint8_t *e;

	(void)state;
	begin(&r, 2 * (uint64_t)n);
	e = section(&r, "error2", 520 + (size_t)n * 8 + 4);
	le(e, n, 4);
	sum(e, 516);
	for (uint32_t i = 0; i < n; i++) {
		le(e + 520 + (size_t)i * 8, 2 * (n - 1 - i), 4);
		le(e + 520 + (size_t)i * 8 + 4, 1, 4);
	}
	sum(e + 520, (size_t)n * 8);
	(void)section(&r, "done", 0);
	from = cpu();
	img = open_raw(&r);
	assert_true(cpu() - from < CPU_S);
	for (uint32_t i = 0; i < n; i++) {
		assert_true(
		    spill_image_bad_get(img, SPILL_BAD_ACQUIRED, i, &b));
		assert_int_equal(b.offset, (uint64_t)i * 1024);
		assert_int_equal(b.len, 512);
	}
	assert_false(spill_image_bad_get(img, SPILL_BAD_ACQUIRED, n, &b));
	spill_image_free(&img);
}

/* Case data that unpack to a thousand times their length and say nothing. */
static void
many_headers(void **state)
{
	const size_t n = 60000, text = (size_t)1 << 20;
	uint8_t *zeros = calloc(1, text), packed[4096];
	size_t len = pack(zeros, text, packed, sizeof(packed));
	struct spill_image *img;
	struct raw r;
	double from;

	(void)state;
	free(zeros);
	begin(&r, 1);
	for (size_t i = 0; i < n; i++)
		memcpy(section(&r, "header", len), packed, len);
	(void)section(&r, "done", 0);
	from = cpu();
	img = open_raw(&r);
	assert_true(cpu() - from < 2);
	assert_true(spill_image_flaws(img) & SPILL_IMAGE_DAMAGED);
	spill_image_free(&img);
}

/* Large chunks must not make a large cache of a small one. */
static void
cache_of_two_chunks(void **state)
{
	const struct ewf_make m = { .size = 4 * CHUNK };
	struct spill_image_conf conf = { .cache = 2 * CHUNK };
	struct spill_image *img = NULL;
	struct ewf_set set;
	uint8_t b;

	(void)state;
	ewf_make(&m, &set);
	assert_int_equal(
	    spill_image_open(set.part, 1, &conf, &img, NULL), SPILL_OK);
	for (unsigned i = 0; i < 12; i++)
		assert_int_equal(
		    spill_image_read(img, i % 4 * CHUNK, &b, 1, NULL), 1);
	assert_int_equal(spill_image_counts(img).chunks, 12);
	spill_image_free(&img);
	ewf_free_set(&set);
}

/* Every byte is right, or zero and in a list; returns how many are bad. */
static uint64_t
check_honest(struct spill_image *img)
{
	uint64_t size = spill_image_info(img)->size, count = 0;

	for (uint64_t at = 0; at < size; at++) {
		unsigned bad;
		uint8_t b;

		assert_int_equal(spill_image_read(img, at, &b, 1, &bad), 1);
		assert_int_equal(b, bad != 0 ? 0 : ewf_media(at));
		count += bad != 0;
	}
	return count;
}

/* One wrong entry of a table that has no copy costs one chunk. */
static void
wrong_entry(void **state)
{
	const struct ewf_make m = { .size = 12 * CHUNK, .smart = true };

	(void)state;
	for (unsigned bit = 0; bit < 32; bit++) {
		struct spill_image *img = NULL;
		struct ewf_set set;
		uint64_t at;
		uint8_t b;

		ewf_make(&m, &set);
		at = ewf_section(&set, 0, "table", 0)->at + 76 + 24 + 4 * 4 +
		     bit / 8;
		assert_int_equal(pread(set.part[0].fd, &b, 1, (off_t)at), 1);
		b ^= (uint8_t)(1u << bit % 8);
		ewf_poke(set.part[0].fd, at, &b, 1);
		assert_int_equal(
		    spill_image_open(set.part, 1, NULL, &img, NULL), SPILL_OK);
		assert_int_equal(check_honest(img), CHUNK);
		spill_image_free(&img);
		ewf_free_set(&set);
	}
}

static const struct ewf_make three = {
	.size = 12 * CHUNK + 512, .per_segment = 5, .per_table = 2, .guid = 1
};

/* Two segments have one number: that of the name goes before. */
static void
foreign_with_a_number_that_is_taken(void **state)
{
	struct ewf_make m = three;
	struct spill_image_part part[3];
	struct spill_image *img = NULL;
	struct ewf_set set, other;

	(void)state;
	ewf_make(&m, &set);
	m.guid = 2;
	ewf_make(&m, &other);
	part[0] = set.part[0];
	part[1] = other.part[2];
	part[1].number = 2;
	part[2] = set.part[2];
	assert_int_equal(spill_image_open(part, 3, NULL, &img, NULL), SPILL_OK);
	assert_int_equal(check_honest(img), 5 * CHUNK);
	assert_int_equal(
	    spill_image_bad_bytes(img, SPILL_BAD_MISSING), 5 * CHUNK);
	assert_int_equal(
	    spill_image_flaws(img), SPILL_IMAGE_MISSING | SPILL_IMAGE_DAMAGED);
	spill_image_free(&img);
	ewf_free_set(&set);
	ewf_free_set(&other);
}

/* The size, or 0, into every description of it. */
static void
set_sectors(const struct ewf_set *set, uint64_t sectors)
{
	static const char *const types[] = { "volume", "data" };
	uint8_t v[8];

	le(v, sectors, 8);
	for (unsigned p = 0; p < set->n; p++) {
		const struct ewf_section *s =
		    ewf_section(set, p, types[p > 0], 0);

		ewf_poke(set->part[p].fd, s->at + 76 + 16, v, 8);
		ewf_poke_sum(set->part[p].fd, s->at + 76, s->at + 76 + 1048);
	}
}

/*
 * A gap, and a size that is not known or too small to tell how long it is:
 * what is behind it has no place.
 */
static void
gap_without_a_size(void **state)
{
	static const uint64_t sectors[] = { 0, 8, 12, 14 };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(sectors); i++) {
		struct spill_image_part part[2];
		struct spill_image *img = NULL;
		struct ewf_set set;
		uint64_t bad;

		ewf_make(&three, &set);
		set_sectors(&set, sectors[i]);
		part[0] = set.part[0];
		part[1] = set.part[2];
		assert_int_equal(
		    spill_image_open(part, 2, NULL, &img, NULL), SPILL_OK);
		bad = check_honest(img);
		assert_int_equal(
		    bad, sectors[i] > 10 ? (sectors[i] - 10) * 512 : 0);
		assert_true(spill_image_flaws(img) & SPILL_IMAGE_MISSING);
		spill_image_free(&img);
		ewf_free_set(&set);
	}
}

/* S01 has its tables in front: what a cut took is known from the start. */
static void
smart_cut(void **state)
{
	struct ewf_make m = three;

	(void)state;
	m.smart = true;
	m.guid = 0;
	for (unsigned c = 5; c < 10; c++)
		for (unsigned less = 0; less < 2; less++) {
			struct spill_image *img = NULL;
			struct spill_image_bad b = { 0 };
			struct ewf_set set;

			ewf_make(&m, &set);
			set.part[1].size =
			    (c < 9 ? set.chunk_at[c + 1]
				   : ewf_section(&set, 1, "next", 0)->at) -
			    less;
			assert_int_equal(
			    ftruncate(set.part[1].fd, (off_t)set.part[1].size),
			    0);
			assert_int_equal(
			    spill_image_open(set.part, set.n, NULL, &img, NULL),
			    SPILL_OK);
			assert_true(
			    spill_image_bad_get(img, SPILL_BAD_SHORT, 0, &b) ||
			    (c == 9 && less == 0));
			assert_int_equal(check_honest(img), b.len);
			/* Chunks 5, 7 and 9 end where the next begins. */
			assert_int_equal(
			    b.len, (9 - c + (less & c & 1)) * CHUNK);
			spill_image_free(&img);
			ewf_free_set(&set);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_lost_tables),
		cmocka_unit_test(size_comes_later),
		cmocka_unit_test(many_errors),
		cmocka_unit_test(many_headers),
		cmocka_unit_test(cache_of_two_chunks),
		cmocka_unit_test(wrong_entry),
		cmocka_unit_test(foreign_with_a_number_that_is_taken),
		cmocka_unit_test(gap_without_a_size),
		cmocka_unit_test(smart_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
