/*
 * fat_test.c: boot sectors and tables of FAT12, FAT16 and FAT32, built by hand.
 */
#include <stdio.h>

#include <spill/fat.h>

#include "bytes.h"

/* --- boot sector -------------------------------------------------------- */

/* 16 MiB of FAT16, or 64 MiB of FAT32. */
static void
make_boot(uint8_t b[512], bool fat32)
{
	memset(b, 0, 512);
	memcpy(b, "\xeb\x3c\x90mkfs.fat", 11);
	put16(b + 0x0b, 512);
	b[0x0d] = fat32 ? 1 : 4;
	put16(b + 0x0e, fat32 ? 32 : 1);
	b[0x10] = 2;
	put16(b + 0x11, fat32 ? 0 : 512);
	put16(b + 0x13, fat32 ? 0 : 32768);
	b[0x15] = 0xf8;
	put16(b + 0x16, fat32 ? 0 : 32);
	put32(b + 0x20, fat32 ? 131072 : 0);
	if (fat32) {
		put32(b + 0x24, 1009);
		put32(b + 0x2c, 2);
		put16(b + 0x30, 1);
		put16(b + 0x32, 6);
	}
	b += fat32 ? 0x42 : 0x26;
	b[0] = 0x29;
	put32(b + 1, 0xcafe4711);
	memcpy(b + 5, "SECRET     ", 11);
	b -= fat32 ? 0x42 : 0x26;
	put16(b + 0x1fe, 0xaa55);
}

static void
boot_sectors(void **state)
{
	struct spill_fat_boot x;
	uint8_t b[512];

	(void)state;
	make_boot(b, false);
	assert_int_equal(spill_fat_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.bits, 16);
	assert_int_equal(x.cluster_size, 2048);
	assert_int_equal(x.root_sector, 1 + 64);
	assert_int_equal(x.data_sector, 1 + 64 + 32);
	assert_int_equal(x.clusters, (32768 - 97) / 4);
	assert_int_equal(x.serial, 0xcafe4711);
	assert_memory_equal(x.label, "SECRET     ", 11);
	assert_int_equal(x.active, -1);
	put16(b + 0x13, 2880); /* a floppy disk's worth */
	assert_int_equal(spill_fat_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.bits, 12);
	make_boot(b, true);
	assert_int_equal(spill_fat_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.bits, 32);
	assert_int_equal(x.root_cluster, 2);
	assert_int_equal(x.root_sector, 0);
	assert_int_equal(x.data_sector, 32 + 2018);
	assert_int_equal(x.info_sector, 1);
	assert_int_equal(x.backup_sector, 6);
	assert_memory_equal(x.label, "SECRET     ", 11);
	put16(b + 0x28, 0x81);
	assert_int_equal(spill_fat_boot_read(span_of(b, 512), &x), SPILL_OK);
	assert_int_equal(x.active, 1);
}

HEADER_READER(read_flaw, spill_fat_boot)

static void
make_fat16(uint8_t *b)
{
	make_boot(b, false);
}

static void
make_fat32(uint8_t *b)
{
	make_boot(b, true);
}

static void
hostile_boot_sectors(void **state)
{
	static const struct field of16[] = {
		{ 0x0b, 2, 0, "no such sector size" },
		{ 0x0b, 2, 1, "no such sector size" },
		{ 0x0b, 2, 65535, "no such sector size" },
		{ 0x0b, 2, 32768, "no such sector size" },
		{ 0x0d, 1, 0, "no such cluster size" },
		{ 0x0d, 1, 255, "no such cluster size" },
		{ 0x0e, 2, 0, "no reserved sectors" },
		{ 0x0e, 2, 65535, "the data begins outside" },
		{ 0x10, 1, 0, "no such number of FATs" },
		{ 0x10, 1, 255, "no such number of FATs" },
		{ 0x11, 2, 0, "no room for a root directory" },
		{ 0x11, 2, 1, NULL },
		{ 0x11, 2, 65535, NULL },
		{ 0x13, 2, 0, "no length of the volume" },
		{ 0x13, 2, 1, "the data begins outside" },
		{ 0x13, 2, 97, "the data begins outside" },
		{ 0x13, 2, 98, "no clusters" },
		{ 0x13, 2, 65535, "the FAT is too short for the volume" },
		{ 0x16, 2, 0, "the data begins outside" },
		{ 0x16, 2, 1, "the FAT is too short for the volume" },
		{ 0x16, 2, 65535, "the data begins outside" },
		{ 0x1fe, 2, 0, "no boot signature" },
	};
	static const struct field of32[] = {
		{ 0x20, 4, 0, "no length of the volume" },
		{ 0x20, 4, UINT32_MAX, "the FAT is too short for the volume" },
		{ 0x24, 4, 0, "no length of the FAT" },
		{ 0x24, 4, 1, "the FAT is too short for the volume" },
		{ 0x24, 4, UINT32_MAX, "the data begins outside" },
		{ 0x28, 2, 0x82, "no such active FAT" },
		{ 0x2c, 4, 0, "the root directory is outside the volume" },
		{ 0x2c, 4, 1, "the root directory is outside the volume" },
		{ 0x2c, 4, UINT32_MAX,
		    "the root directory is outside the volume" },
	};
	static const struct header fat16 = { make_fat16, read_flaw, 512, 1 };
	static const struct header fat32 = { make_fat32, read_flaw, 512, 1 };
	struct spill_fat_boot x;
	uint8_t b[512];

	(void)state;
	check_header(&fat16, of16, SPILL_COUNT(of16));
	check_header(&fat32, of32, SPILL_COUNT(of32));
	memset(b, 0, 512);
	assert_int_equal(
	    spill_fat_boot_read(span_of(b, 512), &x), SPILL_EFORMAT);
}

/* --- the table ---------------------------------------------------------- */

static void
links_are(unsigned bits, struct spill_span fat, const char *want)
{
	struct spill_fat_boot boot = { .bits = bits, .clusters = 6 };
	size_t skip = SPILL_MIN((size_t)4 * bits / 8, fat.len);
	struct spill_span part = spill_span("");
	char got[16];

	if (skip > 0)
		part = (struct spill_span){ fat.p + skip, fat.len - skip };
	for (uint32_t i = 0; i < 10; i++) {
		enum spill_fat_link kind, other;
		uint32_t next;
		int rc = spill_fat_link(&boot, fat, i, &kind, &next);
		int again =
		    spill_fat_link_from(&boot, part, 4, i, &other, &next);

		got[i] = rc != SPILL_OK ? 'x' : "FNLBW"[kind];
		assert_int_equal(again, i < 4 ? SPILL_EDAMAGED : rc);
		if (again == SPILL_OK)
			assert_int_equal(other, kind);
		if (rc == SPILL_OK && kind == SPILL_FAT_NEXT)
			assert_int_equal(next, 3);
	}
	got[10] = '\0';
	assert_string_equal(got, want);
}

static void
tables(void **state)
{
	uint8_t b[40] = { 0 };

	(void)state;
	/* 2 -> 3, 3 last, 4 bad, 5 beyond, 6 free, 7 reserved; 8, 9: none */
	memcpy(b, "\xf8\xff\xff\x03\xf0\xff\xf7\x8f\x00\x00\x00\xff", 12);
	links_are(12, span_of(b, 12), "xxNLBWFWxx");
	links_are(12, span_of(b, 11), "xxNLBWFxxx");
	put16(b + 4, 3);
	put16(b + 6, 0xfff8);
	put16(b + 8, 0xfff7);
	put16(b + 10, 8);
	put16(b + 12, 0);
	put16(b + 14, 0xfff6);
	links_are(16, span_of(b, 16), "xxNLBWFWxx");
	put32(b + 8, 0xf0000003);
	put32(b + 12, 0x0fffffff);
	put32(b + 16, 0x0ffffff7);
	put32(b + 20, 1);
	put32(b + 24, 0x30000000);
	put32(b + 28, 0x0ffffff0);
	links_are(32, span_of(b, 32), "xxNLBWFWxx");
	links_are(32, span_of(b, 31), "xxNLBWFxxx");
	links_are(32, span_of(NULL, 0), "xxxxxxxxxx");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_sectors),
		cmocka_unit_test(hostile_boot_sectors),
		cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
