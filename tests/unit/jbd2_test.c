/*
 * jbd2_test.c: journals of ext3 and ext4, built by hand.
 */
#include <spill/jbd2.h>

#include "bytes.h"

#define BLOCK 1024

static void
putbe(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * (n - 1 - i));
}

static void
make_head(uint8_t b[BLOCK], unsigned type, uint32_t sequence)
{
	memset(b, 0, BLOCK);
	putbe(b, 0xc03b3998, 4);
	putbe(b + 4, type, 4);
	putbe(b + 8, sequence, 4);
}

static void
make_super(uint8_t b[BLOCK])
{
	make_head(b, 4, 0);
	putbe(b + 0x0c, 4096, 4);
	putbe(b + 0x10, 1024, 4);
	putbe(b + 0x14, 1, 4);
	putbe(b + 0x18, 77, 4);
	putbe(b + 0x1c, 5, 4);
	putbe(b + 0x28, SPILL_JBD2_REVOKE | SPILL_JBD2_64BIT, 4);
	memset(b + 0x30, 0xab, 16);
}

static void
superblock(void **state)
{
	struct spill_jbd2_super s;
	uint8_t b[BLOCK];

	(void)state;
	make_super(b);
	assert_int_equal(spill_jbd2_super_read(span_of(b, BLOCK), &s), 0);
	assert_true(s.version == 2 && s.block_size == 4096);
	assert_true(s.first == 1 && s.end == 1024);
	assert_true(s.sequence == 77 && s.start == 5 && s.incompat == 3);
	assert_int_equal(s.uuid[15], 0xab);
	putbe(b + 0x28, SPILL_JBD2_FAST_COMMIT, 4);
	assert_int_equal(spill_jbd2_super_read(span_of(b, BLOCK), &s), 0);
	assert_int_equal(s.end, 1024 - 256);
	putbe(b + 0x54, 100, 4);
	assert_int_equal(spill_jbd2_super_read(span_of(b, BLOCK), &s), 0);
	assert_int_equal(s.end, 924);
	putbe(b + 4, 3, 4); /* the first version has no features */
	assert_int_equal(spill_jbd2_super_read(span_of(b, BLOCK), &s), 0);
	assert_true(s.version == 1 && s.incompat == 0 && s.end == 1024);
	for (size_t n = 0; n < BLOCK; n++) {
		uint8_t *p = exact(b, n);

		assert_int_equal(spill_jbd2_super_read(span_of(p, n), &s),
		    n < 8 ? SPILL_EFORMAT : SPILL_EDAMAGED);
		assert_int_equal(s.end, 0);
		free(p);
	}
}

/* C06 */
static void
hostile_superblocks(void **state)
{
	static const struct {
		size_t at;
		uint32_t v;
	} bad[] = { { 0x0c, 0 }, { 0x0c, 512 }, { 0x0c, 4097 },
		{ 0x0c, 131072 }, { 0x0c, UINT32_MAX }, { 0x10, 0 },
		{ 0x10, 1 }, { 0x14, 0 }, { 0x14, 1024 },
		{ 0x14, UINT32_MAX } };
	struct spill_jbd2_super s;
	uint8_t b[BLOCK];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(bad); i++) {
		make_super(b);
		putbe(b + bad[i].at, bad[i].v, 4);
		assert_int_equal(spill_jbd2_super_read(span_of(b, BLOCK), &s),
		    SPILL_EDAMAGED);
		assert_true(s.first == 0 && s.end == 0);
	}
	make_super(b);
	putbe(b + 4, 1, 4);
	assert_int_equal(
	    spill_jbd2_super_read(span_of(b, BLOCK), &s), SPILL_EFORMAT);
}

/* "block[e][d]=checksum " of each. */
static const char *
tags_of(struct spill_span raw, uint32_t incompat)
{
	static struct spill_buf out = SPILL_BUF_INIT(1 << 16);
	struct spill_jbd2_super s = { .incompat = incompat };
	struct spill_jbd2_tags it = spill_jbd2_tags(raw, &s);
	struct spill_jbd2_tag t;

	spill_buf_reset(&out);
	while (spill_jbd2_tags_next(&it, &t) == SPILL_OK)
		spill_buf_printf(&out, "%llu%s%s=%x ",
		    (unsigned long long)t.block, t.escaped ? "e" : "",
		    t.deleted ? "d" : "", t.checksum);
	return spill_buf_str(&out);
}

static void
tags(void **state)
{
	static const struct {
		uint32_t incompat;
		unsigned size; /* of a tag */
		const char *want;
	} forms[] = {
		{ 0, 8, "17=beef 18e=beef 19d=beef " },
		{ SPILL_JBD2_64BIT, 12,
		    "4294967313=beef 4294967314e=beef 4294967315d=beef " },
		{ SPILL_JBD2_CSUM_V2, 10, "17=beef 18e=beef 19d=beef " },
		{ SPILL_JBD2_CSUM_V2 | SPILL_JBD2_64BIT, 14,
		    "4294967313=beef 4294967314e=beef 4294967315d=beef " },
		{ SPILL_JBD2_CSUM_V3, 16,
		    "17=deadbeef 18e=deadbeef 19d=deadbeef " },
		{ SPILL_JBD2_CSUM_V3 | SPILL_JBD2_64BIT, 16,
		    "4294967313=deadbeef 4294967314e=deadbeef "
		    "4294967315d=deadbeef " },
	};
	static const unsigned flags[] = { 0, 1 | 2, 4 | 2 | 8 };
	uint8_t b[BLOCK];

	(void)state;
	for (size_t f = 0; f < SPILL_COUNT(forms); f++) {
		bool v3 = (forms[f].incompat & SPILL_JBD2_CSUM_V3) != 0;
		size_t at = 12;

		make_head(b, 1, 9);
		for (unsigned i = 0; i < 3; i++) {
			putbe(b + at, 17 + i, 4);
			putbe(b + at + 4, v3 ? flags[i] : 0xbeef, v3 ? 4 : 2);
			if (v3)
				putbe(b + at + 12, 0xdeadbeef, 4);
			else
				putbe(b + at + 6, flags[i], 2);
			if (forms[f].size > 10)
				putbe(b + at + 8, 1, 4);
			at += forms[f].size + (i == 0 ? 16 : 0);
		}
		assert_string_equal(
		    tags_of(span_of(b, BLOCK), forms[f].incompat),
		    forms[f].want);
		/* Cut: those that are whole. */
		for (size_t n = 0; n < at; n++) {
			uint8_t *p = exact(b, n);
			const char *got =
			    tags_of(span_of(p, n), forms[f].incompat);

			assert_memory_equal(got, forms[f].want, strlen(got));
			assert_true(n < at || strlen(got) > 0);
			free(p);
		}
	}
	/* None says that it is the last. */
	make_head(b, 1, 9);
	for (size_t at = 12; at + 8 <= BLOCK; at += 8)
		putbe(b + at + 6, 2, 2);
	assert_int_equal(
	    strlen(tags_of(span_of(b, BLOCK), 0)), (BLOCK - 12) / 8 * 4);
}

static void
checksums_of_copies(void **state)
{
	struct spill_jbd2_super s = { .incompat = SPILL_JBD2_CSUM_V3 };
	struct spill_jbd2_tag t = { .checksum = 0x27b4ac42 };
	struct spill_span copy = SPILL_SPAN("123456789");

	(void)state;
	assert_false(spill_jbd2_copy_is_wrong(copy, &s, &t, 1));
	assert_true(spill_jbd2_copy_is_wrong(copy, &s, &t, 2));
	t.checksum ^= 1u << 31;
	assert_true(spill_jbd2_copy_is_wrong(copy, &s, &t, 1));
	s.incompat = SPILL_JBD2_CSUM_V2;
	t.checksum = 0xac42;
	assert_false(spill_jbd2_copy_is_wrong(copy, &s, &t, 1));
	s.incompat = 0;
	t.checksum = 0;
	assert_false(spill_jbd2_copy_is_wrong(copy, &s, &t, 1));
}

static void
heads(void **state)
{
	uint32_t sequence = 1;
	uint8_t b[BLOCK];

	(void)state;
	make_head(b, 1, 9);
	assert_int_equal(spill_jbd2_head(span_of(b, BLOCK), &sequence),
	    SPILL_JBD2_DESCRIPTOR);
	assert_int_equal(sequence, 9);
	make_head(b, 2, 10);
	assert_int_equal(
	    spill_jbd2_head(span_of(b, BLOCK), &sequence), SPILL_JBD2_COMMIT);
	make_head(b, 5, 11);
	assert_int_equal(
	    spill_jbd2_head(span_of(b, BLOCK), &sequence), SPILL_JBD2_REVOKED);
	make_head(b, 6, 12);
	assert_int_equal(
	    spill_jbd2_head(span_of(b, BLOCK), &sequence), SPILL_JBD2_DATA);
	b[0] = 0;
	assert_int_equal(
	    spill_jbd2_head(span_of(b, 11), &sequence), SPILL_JBD2_DATA);
	assert_int_equal(sequence, 11); /* untouched */
	make_head(b, 2, 10);
	putbe(b + 0x30, 1717406430, 8);
	putbe(b + 0x38, 5, 4);
	assert_iso(spill_jbd2_commit_time(span_of(b, BLOCK)),
	    "2024-06-03T09:20:30.000000005Z");
	putbe(b + 0x38, 1000000000, 4);
	assert_iso(spill_jbd2_commit_time(span_of(b, BLOCK)), "");
	assert_iso(spill_jbd2_commit_time(span_of(b, 50)), "");
}

static size_t
count_revokes(const uint8_t *b, size_t n, uint32_t incompat, uint64_t *sum)
{
	struct spill_jbd2_super s = { .incompat = incompat };
	struct spill_jbd2_revokes it = spill_jbd2_revokes(span_of(b, n), &s);
	uint64_t block;
	size_t count = 0;

	*sum = 0;
	while (spill_jbd2_revokes_next(&it, &block) == SPILL_OK) {
		count++;
		*sum += block;
	}
	return count;
}

static void
revokes(void **state)
{
	uint8_t b[BLOCK];
	uint64_t sum;

	(void)state;
	make_head(b, 5, 9);
	putbe(b + 12, 16 + 2 * 8, 4);
	putbe(b + 16, 5, 8);
	putbe(b + 24, 7, 8);
	assert_int_equal(count_revokes(b, BLOCK, SPILL_JBD2_64BIT, &sum), 2);
	assert_int_equal(sum, 12);
	assert_int_equal(count_revokes(b, BLOCK, 0, &sum), 4);
	putbe(b + 12, UINT32_MAX, 4);
	assert_int_equal(count_revokes(b, BLOCK, SPILL_JBD2_64BIT, &sum), 126);
	assert_int_equal(count_revokes(b, BLOCK,
			     SPILL_JBD2_64BIT | SPILL_JBD2_CSUM_V3, &sum),
	    125);
	putbe(b + 12, 0, 4);
	assert_int_equal(count_revokes(b, BLOCK, 0, &sum), 0);
	for (size_t n = 0; n < 32; n++) {
		uint8_t *p = exact(b, n);

		(void)count_revokes(p, n, 0, &sum);
		free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(superblock),
		cmocka_unit_test(hostile_superblocks),
		cmocka_unit_test(tags),
		cmocka_unit_test(checksums_of_copies),
		cmocka_unit_test(heads),
		cmocka_unit_test(revokes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
