/*
 * lost_test.c: boot sectors and superblocks that lead to a volume, and those
 * that do not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "../../common/evidence/lost_i.h"

#include "disk_make.h"

#include <cmocka.h>

#define START ((size_t)512 * 1024) /* of the volumes that are made */
#define SIZE  ((size_t)24 << 20) /* of the disk */

/* --- volumes ------------------------------------------------------------ */

/* 2 MiB: boot sector, its copy behind, the record of $MFT in between. */
static void
make_ntfs(struct memory_disk *m)
{
	uint8_t *p = m->p + START;

	memcpy(p, "\xeb\x52\x90NTFS    ", 11);
	put16(p + 0x0b, 512);
	p[0x0d] = 8;
	p[0x15] = 0xf8;
	put64(p + 0x28, 4095);
	put64(p + 0x30, 4);
	put64(p + 0x38, 2);
	p[0x40] = 0xf6;
	p[0x44] = 1;
	put16(p + 0x1fe, 0xaa55);
	memcpy(p + 4095 * 512, p, 512);
	memcpy(p + 4 * 4096, "FILE", 4);
	p[4 * 4096 + 22] = 1;
}

static void
make_fat(struct memory_disk *m, bool large)
{
	uint8_t *p = m->p + START;

	memcpy(p, "\xeb\x3c\x90mkfs.fat", 11);
	put16(p + 0x0b, 512);
	p[0x0d] = large ? 1 : 4;
	put16(p + 0x0e, large ? 32 : 1);
	p[0x10] = 2;
	put16(p + 0x11, large ? 0 : 512);
	p[0x15] = 0xf8;
	put16(p + 0x16, large ? 0 : 32);
	put32(p + 0x20, 32768);
	put32(p + 0x24, large ? 260 : 0);
	put32(p + 0x2c, large ? 2 : 0);
	put16(p + 0x32, large ? 6 : 0);
	put16(p + 0x1fe, 0xaa55);
	memcpy(p + (large ? 32 : 1) * 512, "\xf8\xff\xff\xff", 4);
	if (!large)
		return;
	p[32 * 512 + 3] = 0x0f;
	memcpy(p + 6 * 512, p, 512);
}

/* 20 MiB of ext2 in blocks of 1 KiB: group 1 has a copy of the superblock. */
static void
make_ext(struct memory_disk *m)
{
	uint8_t *p = m->p + START, *s = p + 1024, *g = p + 2048;

	put32(s, 3 * 1024);
	put32(s + 4, 20480);
	put32(s + 0x14, 1);
	put32(s + 0x20, 8192);
	put32(s + 0x24, 8192);
	put32(s + 0x28, 1024);
	put16(s + 0x38, 0xef53);
	put32(s + 0x4c, 1);
	put32(s + 0x54, 11);
	put16(s + 0x58, 128);
	memset(s + 0x68, 0x5e, 16);
	put32(g, 3);
	put32(g + 4, 4);
	put32(g + 8, 5);
	put16(p + 5 * 1024 + 128, 0x41ed);
	memcpy(p + 8193 * 1024, s, 2048);
	put16(p + 8193 * 1024 + 0x5a, 1);
}

static void
make_luks(struct memory_disk *m)
{
	uint8_t *p = m->p + START;

	memcpy(p, "LUKS\xba\xbe\0\1aes", 11);
	memcpy(p + 40, "xts-plain64", 11);
	memcpy(p + 168, "01234567-89ab", 13);
}

static void
make_iso(struct memory_disk *m)
{
	uint8_t *p = m->p + START + 32768, *root = m->p + START + 20 * 2048;

	memcpy(p, "\1CD001\1", 7);
	p[80] = p[87] = 100;
	p[156] = 34;
	p[158] = p[165] = 20;
	root[0] = 136; /* with names of Rock Ridge */
	memcpy(root + 2, p + 158, 8);
}

static void
make_hfs(struct memory_disk *m)
{
	uint8_t *p = m->p + START + 1024;

	memcpy(p, "H+\0\4", 4);
	p[42] = 0x10; /* blocks of 4 KiB, 512 of them */
	p[46] = 2;
	p[272 + 19] = 8;
	memcpy(m->p + START + (2 << 20) - 1024, p, 512);
	p = m->p + START + 8 * 4096;
	p[8] = 1;
	p[11] = 3;
	p[32] = 0x10;
}

static void
make_ufs(struct memory_disk *m)
{
	uint8_t *p = m->p + START + 8192;

	put32(p + 8, 32);
	put32(p + 12, 40);
	put32(p + 36, 2048);
	put32(p + 52, 1024);
	put32(p + 1372, 0x011954);
	memcpy(m->p + START + 32 * 1024, p, 1376);
	put32(m->p + START + 40 * 1024 + 4, 0x090255);
}

struct kind {
	const char *what;
	uint64_t length;
	size_t sign; /* sector of it, in the volume */
	size_t copy; /* of its copy, 0: there is none */
	size_t proof; /* byte of what it leads to */
	size_t at, len; /* bytes of which there is a copy */
	void (*make)(struct memory_disk *m);
};

static void
make_fat16(struct memory_disk *m)
{
	make_fat(m, false);
}

static void
make_fat32(struct memory_disk *m)
{
	make_fat(m, true);
}

static const struct kind kinds[] = {
	{ "NTFS", 4096 * 512, 0, 4095, 4 * 4096, 0, 512, make_ntfs },
	{ "FAT16", 32768 * 512, 0, 0, 512, 0, 0, make_fat16 },
	{ "FAT32", 32768 * 512, 0, 6, 32 * 512, 0, 512, make_fat32 },
	{ "ext2", 20480 * 1024, 2, 8193 * 2, 5 * 1024 + 129, 1024, 1024,
	    make_ext },
	{ "ISO 9660", 100 * 2048, 64, 0, 20 * 2048 + 2, 0, 0, make_iso },
	{ "HFS+", 2 << 20, 2, 4094, 8 * 4096 + 8, 1024, 512, make_hfs },
	{ "UFS1", 2 << 20, 18, 66, 40 * 1024 + 4, 8192, 1536, make_ufs },
	{ "LUKS container", 0, 0, 0, 8, 0, 0, make_luks },
};

static bool
look(struct memory_disk *m, size_t sector, struct lost *l)
{
	size_t at = START + sector * 512;

	return lost_at(&m->view, at, m->p + at, l);
}

static void
make(struct memory_disk *m, const struct kind *k)
{
	memory_open(m, SIZE, SIZE);
	k->make(m);
}

/* --- tests -------------------------------------------------------------- */

static void
each_is_known_by_its_sign(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
		const struct kind *k = &kinds[i];
		struct memory_disk m;
		struct lost l;

		make(&m, k);
		assert_true(look(&m, k->sign, &l));
		assert_string_equal(l.what, k->what);
		assert_int_equal(l.start, START);
		assert_int_equal(l.length, k->length);
		assert_int_equal(l.fixes, 0);
		assert_int_equal(lost_length(&m.view, START), k->length);
		m.p[START + k->proof] ^= 0x40;
		if (k->what[0] == 'L')
			m.p[START + k->proof] = 1;
		assert_false(look(&m, k->sign, &l) && l.start == START &&
			     k->what[0] != 'e');
		memory_free(&m);
	}
}

/* The copy of a whole volume is that volume; of a damaged one it is used. */
static void
each_is_known_by_its_copy(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
		const struct kind *k = &kinds[i];
		struct memory_disk m;
		struct lost l;

		if (k->copy == 0)
			continue;
		make(&m, k);
		assert_true(look(&m, k->copy, &l));
		assert_int_equal(l.start, START);
		memset(m.p + START + k->at, 0, k->len);
		assert_true(look(&m, k->copy, &l));
		assert_string_equal(l.what, k->what);
		assert_int_equal(l.start, START);
		assert_int_equal(l.length, k->length);
		assert_int_equal(l.fixes, 1);
		assert_int_equal(l.fix[0].at, START + k->at);
		assert_int_equal(l.fix[0].len, k->len);
		/* As far behind the sign as the sign is behind its begin. */
		assert_int_equal(l.fix[0].from + k->sign * 512 - k->at,
		    START + k->copy * 512);
		memory_free(&m);
	}
}

static void
a_copy_is_looked_for_where_it_should_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
		const struct kind *k = &kinds[i];
		struct memory_disk m;
		struct lost l = { 0 };

		if (k->copy == 0 || k->what[0] == 'U')
			continue;
		make(&m, k);
		assert_true(
		    !lost_copy_of(&m.view, START, k->length, NULL, &l) ||
		    k->what[0] == 'H');
		memset(m.p + START + k->sign * 512, 0, 512);
		assert_true(lost_copy_of(&m.view, START, k->length, NULL, &l));
		assert_string_equal(l.what, k->what);
		assert_false(
		    lost_copy_of(&m.view, START + 512, k->length, NULL, &l));
		memory_free(&m);
	}
}

/* A volume of two groups that has lost its root, superblock and all. */
static void
two_copies_stand_for_a_root(void **state)
{
	struct memory_disk m;
	struct lost l;
	uint8_t *p;

	(void)state;
	memory_open(&m, SIZE + (16 << 20), SIZE + (16 << 20));
	make_ext(&m);
	p = m.p + START;
	put32(p + 1024 + 4, 30000);
	put32(p + 8193 * 1024 + 4, 30000);
	memcpy(p + 24577 * 1024, p + 8193 * 1024, 2048);
	put16(p + 24577 * 1024 + 0x5a, 3);
	memset(p, 0, 1 << 20);
	assert_true(look(&m, 8193 * 2, &l));
	assert_int_equal(l.start, START);
	assert_int_equal(l.fixes, 2);
	assert_int_equal(l.fix[1].at, START + 2048);
	assert_int_equal(l.fix[1].from, START + 8194 * 1024);
	assert_int_equal(l.fix[1].len, 4 * 32);
	p[24577 * 1024 + 0x68] ^= 1;
	assert_false(look(&m, 8193 * 2, &l));
	memory_free(&m);
}

struct found {
	size_t n;
	char text[256];
	bool skip;
};

static int
on_found(void *ctx, const struct lost *l, uint64_t *next)
{
	struct found *f = ctx;
	size_t n = strlen(f->text);

	(void)snprintf(f->text + n, sizeof(f->text) - n, "%s@%llu ", l->what,
	    (unsigned long long)(l->start / 512));
	f->n++;
	if (f->skip)
		*next = SPILL_MAX(*next, l->start + l->length);
	return SPILL_OK;
}

static void
a_search_finds_what_is_there(void **state)
{
	static const struct lost_range all = { 0, SIZE };
	static const struct lost_range parts[] = { { 0, START - 512 },
		{ START + 100, SIZE } };
	struct found f = { .skip = true };
	struct memory_disk m;
	struct lost_search s = {
		.disk = &m.view, .found = on_found, .ctx = &f
	};

	(void)state;
	make(&m, &kinds[0]);
	assert_int_equal(lost_search(&s, &all, 1), SPILL_OK);
	assert_string_equal(f.text, "NTFS@1024 ");
	f = (struct found){ 0 };
	assert_int_equal(lost_search(&s, &all, 1), SPILL_OK);
	assert_string_equal(f.text, "NTFS@1024 NTFS@1024 ");
	f = (struct found){ 0 };
	assert_int_equal(lost_search(&s, parts, 2), SPILL_OK);
	assert_string_equal(f.text, "NTFS@1024 ");
	memory_free(&m);
}

/* Whatever a byte of a sign becomes, what is found fits the disk. */
static void
each_byte_of_a_sign_at_0_1_max(void **state)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0xff };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(kinds); i++) {
		const struct kind *k = &kinds[i];
		size_t n = k->what[0] == 'e' ? 1024 : 512;
		struct memory_disk m;

		make(&m, k);
		for (size_t at = 0; at < n * SPILL_COUNT(values); at++) {
			uint8_t *p = m.p + START + k->sign * 512 + at / 4;
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
		for (size_t n = 0; n < 4096; n++) {
			m.view.size = START + k->sign * 512 + 512 + n;
			(void)look(&m, k->sign, &l);
			m.view.size = START + k->proof + n % 16;
			(void)look(&m, k->sign, &l);
		}
		memory_free(&m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_known_by_its_sign),
		cmocka_unit_test(each_is_known_by_its_copy),
		cmocka_unit_test(a_copy_is_looked_for_where_it_should_be),
		cmocka_unit_test(two_copies_stand_for_a_root),
		cmocka_unit_test(a_search_finds_what_is_there),
		cmocka_unit_test(each_byte_of_a_sign_at_0_1_max),
		cmocka_unit_test(a_disk_cut_anywhere),
	};

	return cmocka_run_group_tests_name("lost", tests, NULL, NULL);
}
