/*
 * lost_foreign_test.c: what is not read here is known by what its format says
 * of itself, and by nothing less.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "../../common/evidence/lost_i.h"
#include "../../common/evidence/ondisk_i.h"

#include "disk_make.h"

#include <cmocka.h>

#define START ((size_t)512 * 1024) /* of the volumes that are made */
#define SIZE  ((size_t)8 << 20) /* of the disk */
#define MIB   ((size_t)1 << 20)

/* --- makers: p is the first byte of a volume ----------------------------- */

/* 2 MiB in two groups of 256 blocks of 4 KiB. */
static void
make_xfs(uint8_t *p)
{
	for (unsigned i = 0; i < 2; i++, p += MIB) {
		memcpy(p, "XFSB", 4);
		put32be(p + 4, 4096);
		put32be(p + 12, 512);
		put32be(p + 84, 256);
		put32be(p + 88, 2);
		put16be(p + 102, 512);
		memcpy(p + 512, "XAGF\0\0\0\1", 8);
		put32be(p + 512 + 8, i);
	}
}

static void
make_btrfs_at(uint8_t *p, uint64_t place)
{
	memset(p, 0, 4096);
	put64(p + 48, place);
	memcpy(p + 64, "_BHRfS_M", 8);
	put64(p + 209, 4 * MIB);
	put32(p, ~spill_crc32c(UINT32_MAX, p + 32, 4096 - 32));
}

static void
make_btrfs(uint8_t *p)
{
	make_btrfs_at(p + 65536, 65536);
	/* Another place than 64 MiB, for a small disk. */
	make_btrfs_at(p + MIB, MIB);
}

static void
make_refs(uint8_t *p)
{
	memcpy(p, "\0\0\0ReFS\0\0\0\0", 11);
	memcpy(p + 16, "FSRS", 4);
	put64(p + 24, 4096);
	put32(p + 32, 512);
	put32(p + 36, 8);
}

static void
make_f2fs(uint8_t *p)
{
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *s = p + 1024 + i * 4096;

		put32(s, 0xf2f52010);
		put16(s + 4, 1);
		put32(s + 16, 12);
		put64(s + 36, 512);
	}
}

static void
make_squash(uint8_t *p)
{
	memcpy(p, "hsqs", 4);
	put32(p + 12, 131072);
	put16(p + 20, 4);
	put16(p + 22, 17);
	put16(p + 28, 4);
	put64(p + 40, 2 * MIB);
}

static void
make_udf(uint8_t *p)
{
	memcpy(p + 32768, "\0BEA01\1", 7);
	memcpy(p + 34816, "\0NSR02\1", 7);
}

/* 16 + 1000 * 2 sectors, and 2 behind. */
static void
make_hfs(uint8_t *p)
{
	p += 1024;
	memcpy(p, "BD", 2);
	put16be(p + 14, 3);
	put16be(p + 18, 1000);
	put32be(p + 20, 1024);
	put16be(p + 28, 16);
	memcpy(p - 1024 + 2016 * 512, p, 512);
}

static void
make_lvm(uint8_t *p)
{
	p += 512;
	memcpy(p, "LABELONE", 8);
	put64(p + 8, 1);
	put32(p + 20, 32);
	memcpy(p + 24, "LVM2 001", 8);
	put64(p + 64, 2 * MIB);
}

static void
make_raid(uint8_t *p)
{
	p += 4096;
	put32(p, 0xa92b4efc);
	put32(p + 4, 1);
	put64(p + 128, 2048);
	put64(p + 136, 2048);
	put64(p + 144, 8);
}

static void
make_swap(uint8_t *p)
{
	put32(p + 1024, 1);
	put32(p + 1028, 511);
	memcpy(p + 4086, "SWAPSPACE2", 10);
}

static void
make_core_storage(uint8_t *p)
{
	put32(p + 4, UINT32_MAX);
	put16(p + 8, 1);
	put16(p + 10, 0x10);
	put64(p + 64, 2 * MIB);
	memcpy(p + 88, "CS", 2);
	put32(p + 90, 1);
	put32(p, spill_crc32c(UINT32_MAX, p + 8, 504));
	memcpy(p + 2 * MIB - 512, p, 512);
}

struct kind {
	const char *what;
	uint64_t length;
	size_t sign; /* byte of the sector it is in, in the volume */
	size_t copy; /* of that of its copy, 0: there is none that is told */
	size_t proof; /* a byte without which it is none */
	bool holds, encrypted;
	void (*make)(uint8_t *p);
};

static const struct kind kinds[] = {
	{ "XFS", 2 * MIB, 0, MIB, 512, .make = make_xfs },
	{ "Btrfs", 4 * MIB, 65536, MIB, 65536 + 1000, .make = make_btrfs },
	{ "ReFS", 2 * MIB, 0, 0, 17, .make = make_refs },
	{ "F2FS", 2 * MIB, 1024, 5120, 1024 + 16, .make = make_f2fs },
	{ "SquashFS", 2 * MIB, 0, 0, 22, .make = make_squash },
	{ "UDF", 0, 32768, 0, 34817, .make = make_udf },
	{ "HFS", 2018 * 512, 1024, 0, 2016 * 512, .make = make_hfs },
	{ "LVM physical volume", 2 * MIB, 512, 0, 512 + 24, .holds = true,
	    .make = make_lvm },
	{ "Linux software RAID", 2 * MIB, 4096, 0, 4096 + 4, .holds = true,
	    .make = make_raid },
	{ "swap space", 2 * MIB, 3584, 0, 1024, .make = make_swap },
	{ "CoreStorage volume (FileVault)", 2 * MIB, 0, 0, 300,
	    .encrypted = true, .make = make_core_storage },
};

static bool
look(struct memory_disk *m, size_t place, struct lost *l)
{
	size_t at = START + place;

	return lost_at(&m->view, at, m->p + at, l);
}

static void
make(struct memory_disk *m, const struct kind *k)
{
	memory_open(m, SIZE, SIZE);
	k->make(m->p + START);
}

/* --- tests ---------------------------------------------------------------- */

/* The check value that all descriptions of CRC-32C give. */
static void
the_checksum_is_crc32c(void **state)
{
	(void)state;
	assert_int_equal(
	    ~spill_crc32c(UINT32_MAX, (const uint8_t *)"123456789", 9),
	    0xe3069283u);
}

static void
each_is_known_by_its_sign(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
		const struct kind *k = &kinds[i];
		struct memory_disk m;
		struct lost l = { 0 };

		make(&m, k);
		assert_true(look(&m, k->sign, &l));
		assert_string_equal(l.what, k->what);
		assert_int_equal(l.start, START);
		assert_int_equal(l.length, k->length);
		assert_int_equal(l.fixes, 0);
		assert_int_equal(l.holds, k->holds);
		assert_int_equal(l.encrypted, k->encrypted);
		m.p[START + k->proof] ^= 0x41;
		l.start = 0;
		assert_false(
		    look(&m, k->sign, &l) && l.start == START && l.fixes == 0);
		memory_free(&m);
	}
}

static void
each_is_known_by_its_copy(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
		const struct kind *k = &kinds[i];
		struct memory_disk m;
		struct lost l = { 0 };

		if (k->copy == 0)
			continue;
		make(&m, k);
		memset(m.p + START + k->sign, 0, 512);
		assert_true(look(&m, k->copy, &l));
		assert_string_equal(l.what, k->what);
		assert_int_equal(l.start, START);
		assert_int_equal(l.length, k->length);
		assert_int_equal(l.fixes, 1);
		assert_int_equal(l.fix[0].at, START + k->sign);
		assert_int_equal(l.fix[0].from, START + k->copy);
		memory_free(&m);
	}
}

/* The copy in the last sector, of which the format does not say that it is
 * one: no volume of that length could begin there. */
static void
a_copy_at_the_end_of_the_disk(void **state)
{
	static const size_t which[] = { 2, 10 };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(which); i++) {
		const struct kind *k = &kinds[which[i]];
		struct memory_disk m;
		struct lost l = { 0 };

		memory_open(&m, START + k->length, START + k->length);
		k->make(m.p + START);
		memmove(m.p + START + k->length - 512, m.p + START, 512);
		memset(m.p + START, 0, 512);
		assert_true(look(&m, k->length - 512, &l));
		assert_int_equal(l.start, START);
		assert_int_equal(l.fixes, 1);
		memory_free(&m);
	}
}

/* Whatever a byte of a sign becomes, what is found fits the disk. */
static void
each_byte_of_a_sign_at_0_1_max(void **state)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0xff };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
		const struct kind *k = &kinds[i];
		struct memory_disk m;

		make(&m, k);
		for (size_t at = 0; at < 512 * SPILL_COUNT(values); at++) {
			uint8_t *p = m.p + START + k->sign + at / 4;
			uint8_t was = *p;
			struct lost l = { 0 };

			*p = values[at % 4];
			if (look(&m, k->sign, &l))
				assert_true(
				    l.start < SIZE && l.length < INT64_MAX);
			*p = was;
		}
		memory_free(&m);
	}
}

static void
a_disk_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
		const struct kind *k = &kinds[i];
		struct memory_disk m;
		struct lost l;

		make(&m, k);
		for (size_t n = 0; n < 8192; n += 64) {
			m.view.size = START + k->sign + 512 + n;
			(void)look(&m, k->sign, &l);
		}
		memory_free(&m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_checksum_is_crc32c),
		cmocka_unit_test(each_is_known_by_its_sign),
		cmocka_unit_test(each_is_known_by_its_copy),
		cmocka_unit_test(a_copy_at_the_end_of_the_disk),
		cmocka_unit_test(each_byte_of_a_sign_at_0_1_max),
		cmocka_unit_test(a_disk_cut_anywhere),
	};

	return cmocka_run_group_tests_name("lost foreign", tests, NULL, NULL);
}
