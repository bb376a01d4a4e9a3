/*
 * parts_test.c: partition tables, made here, whole and hostile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "disk_make.h"

#include <cmocka.h>

static struct parts t; /* large */

static int
decode(struct memory_disk *m, enum parts_kind kind)
{
	return parts_read(&t, &m->view, kind, 512);
}

/* "number:sector+sectors" of all partitions. */
static const char *
listed(void)
{
	static char text[4096];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < t.n && n < sizeof(text) - 64; i++)
		if (t.v[i].number > 0)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    "%s%u:%llu+%llu", n > 0 ? " " : "", t.v[i].number,
			    (unsigned long long)(t.v[i].offset / 512),
			    (unsigned long long)(t.v[i].length / 512));
	return text;
}

static const char *
oddity(size_t i)
{
	return i < t.odds ? t.odd[i].detail : "";
}

static void
assert_listed(struct memory_disk *m, enum parts_kind kind, const char *want)
{
	assert_int_equal(decode(m, kind), SPILL_OK);
	assert_string_equal(listed(), want);
	assert_string_equal(oddity(0), "");
	parts_release(&t);
}

/* One oddity, of that place. */
static void
assert_odd(struct memory_disk *m, enum parts_kind kind, const char *want,
    uint64_t offset, const char *detail)
{
	assert_int_equal(decode(m, kind), SPILL_OK);
	assert_string_equal(listed(), want);
	assert_string_equal(oddity(0), detail);
	assert_int_equal(t.odd[0].offset, offset);
	assert_int_equal(t.odds, 1);
	parts_release(&t);
}

/* --- DOS ---------------------------------------------------------------- */

/* p1, the extended p3 with p5 and p6. */
static void
make_dos(struct memory_disk *m)
{
	memory_open(m, DISK_BYTES, DISK_BYTES);
	dos_slot(m, 0, 0, 0x07, 64, 100);
	dos_slot(m, 0, 2, 0x0f, 1000, 2000);
	dos_slot(m, 1000, 0, 0x83, 10, 50);
	dos_slot(m, 1000, 1, 0x05, 500, 100);
	dos_slot(m, 1500, 0, 0x83, 20, 60);
}

static void
dos_numbers_are_those_of_linux(void **state)
{
	struct memory_disk m;

	(void)state;
	make_dos(&m);
	assert_listed(&m, PARTS_DOS, "1:64+100 5:1010+50 6:1520+60");
	assert_int_equal(decode(&m, PARTS_DOS), SPILL_OK);
	assert_false(t.doubtful || t.protective);
	assert_int_equal(t.n, 6); /* three tables */
	parts_release(&t);
	m.p[446] = 0x12;
	assert_int_equal(decode(&m, PARTS_DOS), SPILL_OK);
	assert_true(t.doubtful);
	parts_release(&t);
	m.p[510] = 0;
	assert_int_equal(decode(&m, PARTS_DOS), SPILL_EFORMAT);
	memory_free(&m);
}

static void
a_loop_of_extended_tables_ends(void **state)
{
	struct memory_disk m;

	(void)state;
	make_dos(&m);
	dos_slot(&m, 1500, 1, 0x05, 500, 100);
	assert_odd(&m, PARTS_DOS, "1:64+100 5:1010+50 6:1520+60", 1500 * 512,
	    "the extended table at sector 1500 leads back to the one at sector "
	    "1500");
	dos_slot(&m, 1500, 1, 0x05, 0, 100);
	assert_odd(&m, PARTS_DOS, "1:64+100 5:1010+50 6:1520+60", 1500 * 512,
	    "the extended table at sector 1500 leads back to the one at sector "
	    "1000");
	memory_free(&m);
}

static void
a_chain_may_break(void **state)
{
	struct memory_disk m;

	(void)state;
	make_dos(&m);
	m.p[1500 * 512 + 510] = 0;
	assert_odd(&m, PARTS_DOS, "1:64+100 5:1010+50", 1500 * 512,
	    "the extended table at sector 1500 has no signature: the chain "
	    "ends");
	dos_slot(&m, 1000, 1, 0x05, 1900000000, 100);
	assert_int_equal(decode(&m, PARTS_DOS), SPILL_OK);
	assert_string_equal(oddity(0),
	    "the extended table at sector 1000 leads out of the extended "
	    "partition, to sector 1900001000");
	assert_string_equal(oddity(1),
	    "the extended table at sector 1900001000 is behind the end of the "
	    "disk");
	parts_release(&t);
	memory_free(&m);
}

static void
a_tree_of_extended_tables_is_bounded(void **state)
{
	struct memory_disk m;

	(void)state;
	memory_open(&m, DISK_BYTES, DISK_BYTES);
	dos_slot(&m, 0, 0, 0x05, 1, 16000);
	for (uint32_t i = 0; i < 4000; i++) {
		dos_slot(&m, 1 + i, 0, 0x83, 5000, 1);
		dos_slot(&m, 1 + i, 1, 0x05, i + 1, 1);
		dos_slot(&m, 1 + i, 2, 0x05, i + 2, 1);
	}
	assert_int_equal(decode(&m, PARTS_DOS), SPILL_OK);
	assert_int_equal(t.n, PARTS_MAX);
	assert_int_equal(t.rc, SPILL_ELIMIT);
	assert_true(t.odds > PARTS_ODD);
	parts_release(&t);
	memory_free(&m);
}

static void
garbage_in_late_slots_is_left_out(void **state)
{
	struct memory_disk m;

	(void)state;
	make_dos(&m);
	dos_slot(&m, 1000, 3, 0x41, 0x20202020, 0x20202020);
	assert_odd(&m, PARTS_DOS, "1:64+100 5:1010+50 6:1520+60", 1000 * 512,
	    "slot 4 of the extended table at sector 1000 is beyond its place: "
	    "it is left out");
	memory_free(&m);
}

static void
every_dos_field_at_0_1_max(void **state)
{
	static const uint32_t values[] = { 0, 1, INT32_MAX, UINT32_MAX };
	static const size_t tables[] = { 0, 1000, 1500 };

	(void)state;
	for (size_t k = 0; k < 3 * 4 * 2 * SPILL_COUNT(values); k++) {
		struct memory_disk m;
		size_t at = tables[k % 3] * 512 + 446 + 16 * (k / 3 % 4) + 8 +
			    4 * (k / 12 % 2);

		make_dos(&m);
		m.p[at - 4 - 4 * (k / 12 % 2)] = 0x05;
		put32(m.p + at, values[k / 24]);
		if (decode(&m, PARTS_DOS) == SPILL_OK)
			assert_true(t.n <= PARTS_MAX);
		parts_release(&t);
		memory_free(&m);
	}
}

/* --- BSD and Solaris ---------------------------------------------------- */

static void
bsd_label(struct memory_disk *m, size_t sector, unsigned n)
{
	uint8_t *p = m->p + sector * 512, sum[2] = { 0, 0 };

	put32(p, 0x82564557);
	put32(p + 132, 0x82564557);
	put16(p + 138, (uint16_t)n);
	put16(p + 136, 0);
	for (size_t i = 0; i < 148 + 16 * (size_t)n && i < 512; i++)
		sum[i % 2] ^= p[i];
	memcpy(p + 136, sum, 2);
}

static void
bsd_slice(struct memory_disk *m, size_t sector, unsigned i, uint32_t first,
    uint32_t count, uint8_t type)
{
	uint8_t *p = m->p + sector * 512 + 148 + 16 * i;

	put32(p, count);
	put32(p + 4, first);
	p[12] = type;
}

static void
slices_count_behind_logical_partitions(void **state)
{
	struct memory_disk m;

	(void)state;
	make_dos(&m);
	dos_slot(&m, 0, 1, 0xa5, 4000, 1000);
	bsd_slice(&m, 4001, 0, 16, 100, 7);
	bsd_slice(&m, 4001, 1, 116, 100, 1);
	bsd_slice(&m, 4001, 2, 0, 1000, 0);
	bsd_label(&m, 4001, 4);
	assert_listed(&m, PARTS_DOS,
	    "1:64+100 2:4000+1000 5:1010+50 6:1520+60 7:4016+100 8:4116+100");
	bsd_slice(&m, 4001, 3, 900, 101, 7);
	bsd_label(&m, 4001, 4);
	assert_odd(&m, PARTS_DOS,
	    "1:64+100 2:4000+1000 5:1010+50 6:1520+60 7:4016+100 8:4116+100",
	    4001 * 512,
	    "slice 4 of the BSD label in partition 2 is not inside it: it is "
	    "left out");
	memory_free(&m);
}

static void
a_bsd_label_of_a_disk(void **state)
{
	struct memory_disk m;

	(void)state;
	memory_open(&m, DISK_BYTES, DISK_BYTES);
	bsd_slice(&m, 1, 0, 16, 100, 7);
	bsd_slice(&m, 1, 2, 0, DISK_BYTES / 512, 0);
	bsd_slice(&m, 1, 3, 200, 100, 7);
	bsd_label(&m, 1, 8);
	assert_listed(&m, PARTS_BSD, "1:16+100 4:200+100");
	m.p[512 + 136] ^= 1;
	assert_odd(&m, PARTS_BSD, "1:16+100 4:200+100", 512,
	    "the checksum of the BSD label is wrong");
	put16(m.p + 512 + 138, UINT16_MAX);
	assert_odd(&m, PARTS_BSD, "1:16+100 4:200+100", 512,
	    "the BSD label has 65535 slices: of them 22 are read");
	put16(m.p + 512 + 138, 0);
	assert_int_equal(decode(&m, PARTS_BSD), SPILL_EFORMAT);
	memory_free(&m);
}

static void
solaris_counts_its_whole_slice(void **state)
{
	struct memory_disk m;
	uint8_t *p;

	(void)state;
	memory_open(&m, DISK_BYTES, DISK_BYTES);
	dos_slot(&m, 0, 0, 0xbf, 100, 1000);
	p = m.p + 101 * 512;
	put32(p + 12, 0x600ddeee);
	put32(p + 16, 1);
	put16(p + 30, 8);
	put16(p + 72, 2);
	put32(p + 76, 10);
	put32(p + 80, 100);
	put16(p + 72 + 24, 5);
	put32(p + 80 + 24, 1000);
	put16(p + 72 + 36, 4);
	put32(p + 76 + 36, 200);
	put32(p + 80 + 36, 300);
	assert_listed(&m, PARTS_DOS, "1:100+1000 5:110+100 7:300+300");
	memory_free(&m);
}

static void
sun_labels(void **state)
{
	struct memory_disk m;

	(void)state;
	memory_open(&m, DISK_BYTES, DISK_BYTES);
	m.p[141] = 8;
	m.p[143] = 2;
	m.p[151] = 5;
	put32be(m.p + 188, 0x600ddeee);
	m.p[437] = 4;
	m.p[439] = 8;
	put32be(m.p + 448, 1000);
	put32be(m.p + 444 + 16 + 4, DISK_BYTES / 512);
	put32be(m.p + 444 + 24, 50);
	put32be(m.p + 444 + 28, 333);
	m.p[508] = 0xda;
	m.p[509] = 0xbe;
	for (size_t i = 0; i < 510; i++)
		m.p[510 + i % 2] ^= m.p[i];
	assert_listed(&m, PARTS_SUN, "1:0+1000 4:1600+333");
	m.p[300] ^= 1;
	assert_int_equal(decode(&m, PARTS_SUN), SPILL_EFORMAT);
	memory_free(&m);
}

/* --- Apple -------------------------------------------------------------- */

static void
mac_entry(struct memory_disk *m, size_t block, unsigned i, uint32_t map,
    uint32_t first, uint32_t count, const char *type)
{
	uint8_t *p = m->p + i * block;

	memcpy(p, "PM", 2);
	put32be(p + 4, map);
	put32be(p + 8, first);
	put32be(p + 12, count);
	memset(p + 48, 0, 32);
	memcpy(p + 48, type, strlen(type));
}

static void
apple_maps(void **state)
{
	static const size_t blocks[] = { 512, 2048 };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(blocks); i++) {
		struct memory_disk m;
		const char *want =
		    i == 0 ? "2:64+100 4:200+50" : "2:256+400 4:800+200";

		memory_open(&m, DISK_BYTES, DISK_BYTES);
		memcpy(m.p, "ER", 2);
		m.p[2] = (uint8_t)(blocks[i] >> 8);
		mac_entry(&m, blocks[i], 1, 4, 1, 63, "Apple_partition_map");
		mac_entry(&m, blocks[i], 2, 4, 64, 100, "Apple_HFS");
		mac_entry(&m, blocks[i], 3, 4, 164, 36, "Apple_Free");
		mac_entry(&m, blocks[i], 4, 4, 200, 50, "Apple_CoreStorage");
		assert_listed(&m, PARTS_MAC, want);
		m.p[3 * blocks[i]] = 0;
		assert_int_equal(decode(&m, PARTS_MAC), SPILL_OK);
		assert_string_equal(
		    oddity(0), "the Apple partition map ends at entry 3 of 4");
		assert_int_equal(t.odd[0].offset, 3 * blocks[i]);
		parts_release(&t);
		put32be(m.p + blocks[i] + 4, UINT32_MAX);
		assert_int_equal(decode(&m, PARTS_MAC), SPILL_OK);
		assert_int_equal(t.partitions, 1);
		parts_release(&t);
		put32be(m.p + blocks[i] + 4, 0);
		assert_int_equal(decode(&m, PARTS_MAC), SPILL_EFORMAT);
		memory_free(&m);
	}
}

/* --- GPT ---------------------------------------------------------------- */

static const struct gpt_make usual = { 512, DISK_BYTES / 512, 128, 128 };

static void
make_gpt(struct memory_disk *m, const struct gpt_make *g)
{
	memory_open(m, DISK_BYTES, DISK_BYTES);
	gpt_make(m, g);
	gpt_entry(m, g, 0, 100, 199);
	gpt_entry(m, g, 4, 300, 300);
}

static void
gpt_sectors_of_any_size(void **state)
{
	static const struct gpt_make makes[] = {
		{ 512, DISK_BYTES / 512, 128, 128 },
		{ 4096, DISK_BYTES / 4096, 128, 128 },
		{ 512, DISK_BYTES / 512, 6, 256 },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(makes); i++) {
		struct memory_disk m;

		make_gpt(&m, &makes[i]);
		assert_listed(&m, PARTS_GPT,
		    i == 1 ? "1:800+800 5:2400+8" : "1:100+100 5:300+1");
		assert_int_equal(decode(&m, PARTS_DOS), SPILL_OK);
		assert_true(t.protective && !t.foreign && t.partitions == 0);
		parts_release(&t);
		memory_free(&m);
	}
}

static void
the_backup_stands_in(void **state)
{
	struct memory_disk m;

	(void)state;
	make_gpt(&m, &usual);
	m.p[512 + 50] ^= 1;
	assert_int_equal(decode(&m, PARTS_GPT), SPILL_OK);
	assert_string_equal(t.name, "GUID Partition Table, from its backup");
	assert_string_equal(listed(), "1:100+100 5:300+1");
	assert_string_equal(
	    oddity(0), "the primary GPT header has a wrong checksum");
	assert_string_equal(
	    oddity(1), "the primary GPT is damaged: its backup is used");
	parts_release(&t);
	m.p[512 + 50] ^= 1;
	m.p[1024 + 32] ^= 1;
	assert_int_equal(decode(&m, PARTS_GPT), SPILL_OK);
	assert_string_equal(listed(), "1:100+100 5:300+1");
	assert_string_equal(
	    oddity(0), "the checksum of the primary GPT's entries is wrong");
	assert_int_equal(t.odd[0].offset, 1024);
	assert_int_equal(t.odd[0].length, 128 * 128);
	parts_release(&t);
	memset(m.p + 512, 0, 512);
	assert_odd(&m, PARTS_GPT, "1:100+100 5:300+1", DISK_BYTES - 512,
	    "the primary GPT is missing: its backup is used");
	memory_free(&m);
}

static void
both_may_be_damaged(void **state)
{
	struct memory_disk m;

	(void)state;
	make_gpt(&m, &usual);
	m.p[512 + 50] ^= 1;
	m.p[DISK_BYTES - 512 + 50] ^= 1;
	assert_int_equal(decode(&m, PARTS_GPT), SPILL_OK);
	assert_string_equal(t.name, "GUID Partition Table");
	assert_string_equal(listed(), "1:100+100 5:300+1");
	assert_int_equal(t.odds, 2);
	parts_release(&t);
	memory_free(&m);
}

static void
primary_and_backup_may_differ(void **state)
{
	struct memory_disk m;

	(void)state;
	make_gpt(&m, &usual);
	gpt_header(&m, &usual, true)[60] ^= 1;
	gpt_seal(&m, &usual, true);
	assert_odd(&m, PARTS_GPT, "1:100+100 5:300+1", DISK_BYTES - 512,
	    "the primary and the backup GPT differ: the primary one is used");
	memset(gpt_header(&m, &usual, true), 0, 512);
	assert_odd(
	    &m, PARTS_GPT, "1:100+100 5:300+1", 512, "there is no backup GPT");
	put64(m.p + 512 + 32, 1 << 20);
	gpt_seal(&m, &usual, false);
	assert_odd(&m, PARTS_GPT, "1:100+100 5:300+1", 512,
	    "there is no backup GPT: it would be behind the end of the disk");
	memory_free(&m);
}

static void
partitions_may_be_impossible(void **state)
{
	struct memory_disk m;

	(void)state;
	make_gpt(&m, &usual);
	gpt_entry(&m, &usual, 1, 50, 49);
	assert_odd(&m, PARTS_GPT, "1:100+100 5:300+1", 1024 + 128,
	    "partition 2 ends before it begins: it is left out");
	gpt_entry(&m, &usual, 1, 50, INT64_MAX);
	assert_int_equal(decode(&m, PARTS_GPT), SPILL_OK);
	assert_string_equal(listed(), "1:100+100 5:300+1");
	assert_string_equal(oddity(0),
	    "partition 2 is outside the sectors that the GPT has for "
	    "partitions");
	assert_string_equal(oddity(1),
	    "partition 2, sectors 50+9223372036854775758, is larger than a "
	    "disk can be: it is left out");
	parts_release(&t);
	memory_free(&m);
}

/* Both headers: neither can stand in for the other. */
static void
every_gpt_field_at_0_1_max(void **state)
{
	static const struct {
		size_t at, n;
	} fields[] = { { 12, 4 }, { 24, 8 }, { 32, 8 }, { 40, 8 }, { 48, 8 },
		{ 72, 8 }, { 80, 4 }, { 84, 4 } };
	static const uint64_t values[] = { 0, 1, INT64_MAX, UINT64_MAX };

	(void)state;
	for (size_t k = 0; k < SPILL_COUNT(fields) * 4; k++) {
		struct memory_disk m;
		size_t at = fields[k / 4].at;

		make_gpt(&m, &usual);
		for (int b = 0; b < 2; b++) {
			uint8_t *h = gpt_header(&m, &usual, b);

			if (fields[k / 4].n == 8)
				put64(h + at, values[k % 4]);
			else
				put32(h + at, (uint32_t)values[k % 4]);
			gpt_seal(&m, &usual, b);
		}
		assert_int_equal(decode(&m, PARTS_GPT), SPILL_OK);
		if (at >= 72)
			assert_true(t.odds > 0);
		if (at >= 80 && values[k % 4] != 1)
			assert_int_equal(t.partitions, 0);
		parts_release(&t);
		memory_free(&m);
	}
}

static void
a_gpt_of_absurd_sizes_is_told(void **state)
{
	struct memory_disk m;

	(void)state;
	make_gpt(&m, &usual);
	put32(m.p + 512 + 84, 0);
	gpt_seal(&m, &usual, false);
	assert_int_equal(decode(&m, PARTS_GPT), SPILL_OK);
	assert_string_equal(listed(), "1:100+100 5:300+1");
	assert_string_equal(
	    oddity(0), "the primary GPT header has entries of 0 bytes");
	parts_release(&t);
	put32(m.p + 512 + 84, 128);
	put32(m.p + 512 + 80, UINT32_MAX);
	gpt_seal(&m, &usual, false);
	assert_int_equal(decode(&m, PARTS_GPT), SPILL_OK);
	assert_string_equal(listed(), "1:100+100 5:300+1");
	assert_string_equal(
	    oddity(0), "the primary GPT header has 4294967295 entries");
	parts_release(&t);
	memory_free(&m);
}

static void
more_partitions_than_are_kept(void **state)
{
	static const struct gpt_make many = { 512, DISK_BYTES / 512, 2048,
		128 };
	struct memory_disk m;

	(void)state;
	memory_open(&m, DISK_BYTES, DISK_BYTES);
	gpt_make(&m, &many);
	for (uint32_t i = 0; i < many.count; i++)
		gpt_entry(&m, &many, i, 2000 + i, 2000 + i);
	assert_int_equal(decode(&m, PARTS_GPT), SPILL_OK);
	assert_int_equal(t.n, PARTS_MAX);
	assert_int_equal(t.rc, SPILL_ELIMIT);
	parts_release(&t);
	memory_free(&m);
}

/* --- cut ---------------------------------------------------------------- */

static void
a_disk_cut_anywhere(void **state)
{
	struct memory_disk m, all[3];

	(void)state;
	make_dos(&all[0]);
	make_gpt(&all[1], &usual);
	memory_open(&all[2], DISK_BYTES, DISK_BYTES);
	memcpy(all[2].p, "ER\2", 3);
	mac_entry(&all[2], 512, 1, 4, 1, 63, "Apple_partition_map");
	bsd_label(&all[2], 1, 4);
	for (size_t i = 0; i < 3; i++) {
		for (size_t n = 0; n < 3000; n++) {
			m.p = exact(all[i].p, n);
			m.n = n;
			m.view = (struct disk_view){ memory_read, &m, n };
			for (int k = 0; k < PARTS_KINDS; k++) {
				(void)decode(&m, (enum parts_kind)k);
				parts_release(&t);
			}
			free(m.p);
		}
		memory_free(&all[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dos_numbers_are_those_of_linux),
		cmocka_unit_test(a_loop_of_extended_tables_ends),
		cmocka_unit_test(a_chain_may_break),
		cmocka_unit_test(a_tree_of_extended_tables_is_bounded),
		cmocka_unit_test(garbage_in_late_slots_is_left_out),
		cmocka_unit_test(every_dos_field_at_0_1_max),
		cmocka_unit_test(slices_count_behind_logical_partitions),
		cmocka_unit_test(a_bsd_label_of_a_disk),
		cmocka_unit_test(solaris_counts_its_whole_slice),
		cmocka_unit_test(sun_labels),
		cmocka_unit_test(apple_maps),
		cmocka_unit_test(gpt_sectors_of_any_size),
		cmocka_unit_test(the_backup_stands_in),
		cmocka_unit_test(both_may_be_damaged),
		cmocka_unit_test(primary_and_backup_may_differ),
		cmocka_unit_test(partitions_may_be_impossible),
		cmocka_unit_test(every_gpt_field_at_0_1_max),
		cmocka_unit_test(a_gpt_of_absurd_sizes_is_told),
		cmocka_unit_test(more_partitions_than_are_kept),
		cmocka_unit_test(a_disk_cut_anywhere),
	};

	return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
