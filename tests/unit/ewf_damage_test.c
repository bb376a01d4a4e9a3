/*
 * ewf_damage_test.c: E01 sets that are damaged. What is not listed as bad is
 * right, whatever happens; and what is listed is no more than it must be.
 */
#include <unistd.h>

#include "ewf_make.h"
#include "util.h"

#define CHUNK 1024

/* 12 chunks and a half, three segments, tables of two chunks. */
static const struct ewf_make plain = { .size = 12 * CHUNK + 512,
	.per_segment = 5,
	.per_table = 2,
	.pack = EWF_MAKE_MIXED,
	.guid = 1 };

static int
open_parts(
    const struct spill_image_part *part, size_t n, struct spill_image **img)
{
	const char *why = NULL;
	int rc = spill_image_open(part, n, NULL, img, &why);

	if (rc != SPILL_OK)
		assert_non_null(why);
	return rc;
}

/* Every byte is right, or zero and in a list; returns how many are bad. */
static uint64_t
check_honest(struct spill_image *img)
{
	uint64_t size = spill_image_info(img)->size, count = 0;
	uint8_t buf[CHUNK];

	for (uint64_t at = 0; at < size; at += sizeof(buf)) {
		size_t got = spill_image_read(img, at, buf, sizeof(buf), NULL);

		for (size_t i = 0; i < got; i++)
			if (spill_image_is_bad(img, at + i, 1) &
			    ~(unsigned)SPILL_BAD_ACQUIRED) {
				assert_int_equal(buf[i], 0);
				count++;
			} else if (buf[i] != ewf_media(at + i)) {
				fail_msg("byte %llu is wrong and not listed, "
					 "size %llu",
				    (unsigned long long)(at + i),
				    (unsigned long long)size);
			}
	}
	if (count > 0)
		assert_int_not_equal(spill_image_flaws(img), 0);
	return count;
}

static void
check_range(struct spill_image *img, enum spill_bad kind, uint64_t from,
    uint64_t to, unsigned segment)
{
	struct spill_image_bad b;

	assert_true(spill_image_bad_get(img, kind, 0, &b));
	assert_int_equal(b.offset, from);
	assert_int_equal(b.offset + b.len, to);
	assert_int_equal(b.segment, segment);
	assert_false(spill_image_bad_get(img, kind, 1, &b));
	assert_int_equal(spill_image_bad_bytes(img, kind), to - from);
	assert_int_equal(check_honest(img), to - from);
}

/* The set without the parts in a mask. */
static struct spill_image *
open_without(const struct ewf_set *set, unsigned mask)
{
	struct spill_image_part part[EWF_MAKE_SEGMENTS];
	struct spill_image *img = NULL;
	size_t n = 0;

	for (unsigned i = 0; i < set->n; i++)
		if (!(mask >> i & 1))
			part[n++] = set->part[i];
	assert_int_equal(open_parts(part, n, &img), SPILL_OK);
	return img;
}

static void
missing_segments(void **state)
{
	static const struct {
		unsigned mask, from, to, segment, missing;
	} cases[] = { { 1, 0, 5, 1, 1 }, { 2, 5, 10, 2, 1 },
		{ 3, 0, 10, 1, 2 } };
	uint64_t start, end;
	struct ewf_set set;
	struct spill_image *img;

	(void)state;
	ewf_make(&plain, &set);
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		img = open_without(&set, cases[i].mask);
		assert_int_equal(spill_image_flaws(img), SPILL_IMAGE_MISSING);
		assert_int_equal(
		    spill_image_info(img)->missing, cases[i].missing);
		check_range(img, SPILL_BAD_MISSING, cases[i].from * CHUNK,
		    cases[i].to * CHUNK, cases[i].segment);
		assert_true(spill_image_next_data(
		    img, cases[i].from * CHUNK, &start, &end));
		assert_int_equal(start, cases[i].to * CHUNK);
		assert_int_equal(end, plain.size);
		spill_image_free(&img);
	}
	img = open_without(&set, 4);
	assert_int_equal(spill_image_flaws(img),
	    SPILL_IMAGE_MISSING | SPILL_IMAGE_UNFINISHED);
	check_range(img, SPILL_BAD_MISSING, 10 * CHUNK, plain.size, 3);
	assert_false(spill_image_next_data(img, 11 * CHUNK, &start, &end));
	spill_image_free(&img);
	/* First and last: the middle has no certain place. */
	img = open_without(&set, 5);
	check_range(img, SPILL_BAD_MISSING, 0, plain.size, 1);
	spill_image_free(&img);
	ewf_free_set(&set);
}

static void
foreign_segment(void **state)
{
	struct ewf_make other = plain;
	struct spill_image_part part[3];
	struct spill_image *img = NULL;
	struct ewf_set set, set2;

	(void)state;
	other.guid = 2;
	ewf_make(&plain, &set);
	ewf_make(&other, &set2);
	part[0] = set.part[0];
	part[1] = set2.part[1];
	part[2] = set.part[2];
	assert_int_equal(open_parts(part, 3, &img), SPILL_OK);
	assert_int_equal(
	    spill_image_flaws(img), SPILL_IMAGE_MISSING | SPILL_IMAGE_DAMAGED);
	check_range(img, SPILL_BAD_MISSING, 5 * CHUNK, 10 * CHUNK, 2);
	spill_image_free(&img);
	/* Twice the first segment, under the name of the second. */
	part[1] = set.part[0];
	part[1].number = 2;
	assert_int_equal(open_parts(part, 3, &img), SPILL_OK);
	assert_int_equal(
	    spill_image_flaws(img), SPILL_IMAGE_MISSING | SPILL_IMAGE_DAMAGED);
	check_range(img, SPILL_BAD_MISSING, 5 * CHUNK, 10 * CHUNK, 2);
	spill_image_free(&img);
	ewf_free_set(&set);
	ewf_free_set(&set2);
}

/* Without GUIDs, the size tells. */
static void
foreign_size(void **state)
{
	struct ewf_make one = plain, other = plain;
	struct spill_image *img = NULL;
	struct ewf_set set, set2;
	int fd;

	(void)state;
	one.guid = other.guid = 0;
	other.size += 512;
	ewf_make(&one, &set);
	ewf_make(&other, &set2);
	fd = set.part[1].fd;
	set.part[1] = set2.part[1];
	assert_int_equal(open_parts(set.part, 3, &img), SPILL_OK);
	check_range(img, SPILL_BAD_MISSING, 5 * CHUNK, 10 * CHUNK, 2);
	spill_image_free(&img);
	set.part[1].fd = fd;
	ewf_free_set(&set);
	ewf_free_set(&set2);
}

/* Where in its segment a flavour's chunk begins must not matter. */
static void
flipped_chunk(void **state)
{
	struct ewf_make m = plain;
	struct ewf_set set;

	(void)state;
	for (unsigned pack = 0; pack < 2; pack++)
		for (unsigned c = 0; c < 13; c++) {
			struct spill_image *img = NULL;
			unsigned part = c / 5;
			uint64_t end =
			    SPILL_MIN((c + 1) * (uint64_t)CHUNK, m.size);

			m.pack = pack == 0 ? EWF_MAKE_PACKED : EWF_MAKE_STORED;
			ewf_make(&m, &set);
			ewf_flip(set.part[part].fd, set.chunk_at[c] + 7);
			assert_int_equal(
			    open_parts(set.part, set.n, &img), SPILL_OK);
			assert_int_equal(spill_image_flaws(img), 0);
			assert_int_equal(
			    check_honest(img), end - c * (uint64_t)CHUNK);
			check_range(
			    img, SPILL_BAD_CHUNK, c * CHUNK, end, part + 1);
			assert_int_equal(
			    spill_image_flaws(img), SPILL_IMAGE_DAMAGED);
			spill_image_free(&img);
			ewf_free_set(&set);
		}
}

static void
flipped_checksum(void **state)
{
	struct ewf_make m = plain;
	struct spill_image *img = NULL;
	struct ewf_set set;

	(void)state;
	m.pack = EWF_MAKE_STORED;
	ewf_make(&m, &set);
	ewf_flip(set.part[1].fd, set.chunk_at[6] + CHUNK + 3);
	ewf_flip(set.part[1].fd, set.chunk_at[7] + 0);
	assert_int_equal(open_parts(set.part, set.n, &img), SPILL_OK);
	(void)check_honest(img);
	check_range(img, SPILL_BAD_CHUNK, 6 * CHUNK, 8 * CHUNK, 2);
	assert_int_equal(spill_image_counts(img).bad >= 2, true);
	spill_image_free(&img);
	ewf_free_set(&set);
}

/* From the last byte down to the first, one segment after another. */
static void
cut_everywhere(void **state)
{
	(void)state;
	for (unsigned p = 0; p < 3; p++) {
		uint64_t last = 0;
		struct ewf_set set;

		ewf_make(&plain, &set);
		for (uint64_t n = set.part[p].size; n-- > 0;) {
			struct spill_image *img = NULL;
			uint64_t bad;

			assert_int_equal(
			    ftruncate(set.part[p].fd, (off_t)n), 0);
			set.part[p].size = n;
			if (open_parts(set.part, set.n, &img) != SPILL_OK) {
				assert_int_equal(p, 0);
				continue;
			}
			bad = check_honest(img);
			assert_int_not_equal(spill_image_flaws(img), 0);
			/* The more is gone, the more is bad. */
			assert_true(bad >= last);
			assert_true(bad <= 5 * CHUNK);
			last = bad;
			spill_image_free(&img);
		}
		assert_int_equal(last, p < 2 ? 5 * CHUNK : 2 * CHUNK + 512);
		ewf_free_set(&set);
	}
}

/* A cut right behind a chunk leaves that chunk, table or not. */
static void
cut_behind_chunk(void **state)
{
	struct ewf_make m = plain;

	(void)state;
	m.per_table = 0;
	for (unsigned pack = 0; pack < 2; pack++)
		for (unsigned c = 5; c < 9; c++) {
			struct spill_image *img = NULL;
			struct ewf_set set;

			m.pack = pack == 0 ? EWF_MAKE_PACKED : EWF_MAKE_STORED;
			ewf_make(&m, &set);
			set.part[1].size = set.chunk_at[c + 1];
			assert_int_equal(
			    open_parts(set.part, set.n, &img), SPILL_OK);
			check_range(img, SPILL_BAD_SHORT, (c + 1) * CHUNK,
			    10 * CHUNK, 2);
			spill_image_free(&img);
			ewf_free_set(&set);
		}
}

static void
flip_everywhere(void **state)
{
	struct ewf_set set;

	(void)state;
	ewf_make(&plain, &set);
	for (unsigned p = 0; p < 3; p++)
		for (uint64_t at = 0; at < set.part[p].size; at++) {
			struct spill_image *img = NULL;

			ewf_flip(set.part[p].fd, at);
			if (open_parts(set.part, set.n, &img) == SPILL_OK)
				/* At most two chunks have one table. */
				assert_true(check_honest(img) <= 2 * CHUNK);
			else
				assert_int_equal(p, 0);
			spill_image_free(&img);
			ewf_flip(set.part[p].fd, at);
		}
	ewf_free_set(&set);
}

/* A table that is damaged is replaced by its copy; both: found anew. */
static void
damaged_tables(void **state)
{
	static const unsigned offsets[] = { 0, 16, 76, 76 + 24, 76 + 24 + 8 };

	(void)state;
	for (unsigned both = 0; both < 2; both++)
		for (size_t i = 0; i < SPILL_COUNT(offsets); i++) {
			struct spill_image *img = NULL;
			struct ewf_set set;
			int fd;

			ewf_make(&plain, &set);
			fd = set.part[1].fd;
			ewf_flip(fd,
			    ewf_section(&set, 1, "table", 1)->at + offsets[i]);
			if (both)
				ewf_flip(
				    fd, ewf_section(&set, 1, "table2", 1)->at +
					    offsets[i]);
			assert_int_equal(
			    open_parts(set.part, set.n, &img), SPILL_OK);
			if (!both || i < 3)
				assert_int_equal(check_honest(img), 0);
			else
				assert_true(check_honest(img) <= 2 * CHUNK);
			assert_int_equal(
			    spill_image_flaws(img), SPILL_IMAGE_DAMAGED);
			spill_image_free(&img);
			ewf_free_set(&set);
		}
}

/* Set a field of n bytes, and set right the checksum over [from, sum). */
static void
field(const struct ewf_set *set, unsigned part, uint64_t at, unsigned n,
    uint64_t v, uint64_t from, uint64_t sum)
{
	uint8_t p[8];

	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> 8 * i);
	ewf_poke(set->part[part].fd, at, p, n);
	ewf_poke_sum(set->part[part].fd, from, sum);
}

static void
read_all(struct spill_image *img, bool honest)
{
	uint8_t buf[4096];
	uint64_t size = spill_image_info(img)->size;

	if (honest) {
		(void)check_honest(img);
		return;
	}
	for (uint64_t at = 0; at < SPILL_MIN(size, 1u << 20); at += sizeof(buf))
		(void)spill_image_read(img, at, buf, sizeof(buf), NULL);
	if (size > sizeof(buf))
		(void)spill_image_read(
		    img, size - sizeof(buf), buf, sizeof(buf), NULL);
}

/* Each length, count and offset with a right checksum around a wrong value. */
static void
hostile_fields(void **state)
{
	static const struct {
		const char *type;
		unsigned at, n, from, sum;
		bool honest; /* the truth can still be told from the lie */
	} fields[] = {
		{ "sectors", 16, 8, 0, 72, true },
		{ "sectors", 24, 8, 0, 72, true },
		{ "table", 16, 8, 0, 72, true },
		{ "data", 16, 8, 0, 72, true },
		{ "table", 76, 4, 76, 96, false },
		{ "table", 84, 8, 76, 96, true },
		{ "table", 100, 4, 100, 108, true },
		{ "table", 104, 4, 100, 108, true },
		{ "volume", 16, 8, 0, 72, true },
		{ "volume", 80, 4, 76, 76 + 1048, true },
		{ "volume", 84, 4, 76, 76 + 1048, false },
		{ "volume", 88, 4, 76, 76 + 1048, false },
		{ "volume", 92, 8, 76, 76 + 1048, false },
		{ "header", 16, 8, 0, 72, true },
		{ "hash", 16, 8, 0, 72, true },
		{ "done", 16, 8, 0, 72, true },
		{ "error2", 76, 4, 76, 76 + 516, false },
	};
	static const uint32_t errors[][2] = { { 1, 1 } };
	struct ewf_make m = plain;

	(void)state;
	m.errors = errors;
	m.nerrors = 1;
	for (size_t i = 0; i < SPILL_COUNT(fields); i++)
		for (unsigned part = 0; part < 3; part++) {
			const uint64_t values[] = { 0, 1, 2, 76, 0x7fffffff,
				0x80000000, 0xffffffff, INT64_MAX,
				UINT64_MAX - 75, UINT64_MAX };

			for (size_t v = 0; v < SPILL_COUNT(values); v++) {
				struct spill_image *img = NULL;
				const struct ewf_section *s;
				struct ewf_set set;

				ewf_make(&m, &set);
				s = ewf_section(&set, part, fields[i].type, 0);
				if (s != NULL) {
					field(&set, part, s->at + fields[i].at,
					    fields[i].n, values[v],
					    s->at + fields[i].from,
					    s->at + fields[i].sum);
					if (open_parts(set.part, set.n, &img) ==
					    SPILL_OK)
						read_all(img, fields[i].honest);
				}
				spill_image_free(&img);
				ewf_free_set(&set);
			}
		}
}

static void
loops(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct spill_image *img = NULL;
		const struct ewf_section *s;
		struct ewf_set set;
		uint64_t to;

		ewf_make(&plain, &set);
		s = ewf_section(&set, 1, i < 2 ? "table" : "sectors", 1);
		to = i == 0 ? s->at : i == 1 ? 13 : s->at - 1;
		field(&set, 1, s->at + 16, 8, to, s->at, s->at + 72);
		assert_int_equal(open_parts(set.part, set.n, &img), SPILL_OK);
		assert_int_equal(spill_image_flaws(img), SPILL_IMAGE_DAMAGED);
		assert_int_equal(check_honest(img), 0);
		spill_image_free(&img);
		ewf_free_set(&set);
	}
}

/* The stream of chunk 6 unpacks to more than a chunk. */
static void
chunk_bomb(void **state)
{
	struct ewf_make m = plain, big = plain;
	struct spill_image *img = NULL;
	struct ewf_set set, other;
	uint8_t p[600];
	uint64_t len;

	(void)state;
	m.pack = big.pack = EWF_MAKE_PACKED;
	big.per_chunk = 2 * 40;
	big.size = 40 * CHUNK;
	big.per_segment = big.per_table = 0;
	ewf_make(&m, &set);
	ewf_make(&big, &other);
	len = SPILL_MIN(set.chunk_at[7] - set.chunk_at[6], sizeof(p));
	assert_int_equal(
	    pread(other.part[0].fd, p, len, (off_t)other.chunk_at[0]), len);
	ewf_poke(set.part[1].fd, set.chunk_at[6], p, len);
	assert_int_equal(open_parts(set.part, set.n, &img), SPILL_OK);
	(void)check_honest(img);
	check_range(img, SPILL_BAD_CHUNK, 6 * CHUNK, 7 * CHUNK, 2);
	spill_image_free(&img);
	ewf_free_set(&set);
	ewf_free_set(&other);
}

static void
no_done(void **state)
{
	struct ewf_make m = plain;
	struct spill_image *img = NULL;
	struct ewf_set set;

	(void)state;
	m.no_done = true;
	ewf_make(&m, &set);
	assert_int_equal(open_parts(set.part, set.n, &img), SPILL_OK);
	assert_int_equal(check_honest(img), 0);
	assert_int_equal(spill_image_flaws(img),
	    SPILL_IMAGE_UNFINISHED | SPILL_IMAGE_DAMAGED);
	spill_image_free(&img);
	ewf_free_set(&set);
}

/* The file gets shorter while it is read. */
static void
shrinks(void **state)
{
	struct spill_image *img = NULL;
	struct ewf_set set;

	(void)state;
	ewf_make(&plain, &set);
	assert_int_equal(open_parts(set.part, set.n, &img), SPILL_OK);
	assert_int_equal(ftruncate(set.part[1].fd, (off_t)set.chunk_at[7]), 0);
	(void)check_honest(img);
	assert_true(spill_image_is_bad(img, 7 * CHUNK, 3 * CHUNK) != 0);
	assert_true(spill_image_is_bad(img, 0, 5 * CHUNK) == 0);
	assert_int_not_equal(spill_image_flaws(img) & SPILL_IMAGE_CHANGED, 0);
	spill_image_free(&img);
	ewf_free_set(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_segments),
		cmocka_unit_test(foreign_segment),
		cmocka_unit_test(foreign_size),
		cmocka_unit_test(flipped_chunk),
		cmocka_unit_test(flipped_checksum),
		cmocka_unit_test(cut_everywhere),
		cmocka_unit_test(cut_behind_chunk),
		cmocka_unit_test(flip_everywhere),
		cmocka_unit_test(damaged_tables),
		cmocka_unit_test(hostile_fields),
		cmocka_unit_test(loops),
		cmocka_unit_test(chunk_bomb),
		cmocka_unit_test(no_done),
		cmocka_unit_test(shrinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
