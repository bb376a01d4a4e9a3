/*
 * ewf_test.c: E01 and S01 sets that are whole.
 */
#include "ewf_make.h"
#include "util.h"

static struct spill_image *
open_set(const struct ewf_set *set)
{
	struct spill_image *img = NULL;
	const char *why = "";

	assert_int_equal(
	    spill_image_open(set->part, set->n, NULL, &img, &why), SPILL_OK);
	return img;
}

/* All of it, in reads of a length that fits nothing. */
static void
check_bytes(struct spill_image *img, uint64_t size)
{
	uint8_t buf[777];
	unsigned bad = 7;

	assert_int_equal(spill_image_info(img)->size, size);
	for (uint64_t at = 0; at < size; at += sizeof(buf)) {
		size_t got = spill_image_read(img, at, buf, sizeof(buf), &bad);

		assert_int_equal(
		    got, SPILL_MIN((uint64_t)sizeof(buf), size - at));
		assert_int_equal(bad, 0);
		for (size_t i = 0; i < sizeof(buf); i++)
			assert_int_equal(
			    buf[i], i < got ? ewf_media(at + i) : 0);
	}
	assert_int_equal(spill_image_read(img, size, buf, 9, &bad), 0);
	assert_int_equal(spill_image_read(img, UINT64_MAX, buf, 9, &bad), 0);
}

static void
check_verify(struct spill_image *img, const uint8_t md5[16])
{
	struct spill_image_hashes h[3];

	for (unsigned i = 0; i < 3; i++) {
		struct spill_image_pass pass = { .threads = 2 * i,
			.block = i * 1000 };

		assert_int_equal(
		    spill_image_verify(img, &pass, &h[i]), SPILL_OK);
		assert_memory_equal(h[i].md5, md5, 16);
		assert_memory_equal(&h[i], &h[0], sizeof(h[0]));
	}
}

static const struct ewf_make flavours[] = {
	{ .size = 20480 },
	{ .size = 20480, .pack = EWF_MAKE_STORED },
	{ .size = 19968, .pack = EWF_MAKE_MIXED },
	{ .size = 19968, .pack = EWF_MAKE_STORED, .per_table = 7 },
	{ .size = 512 },
	{ .size = 512, .pack = EWF_MAKE_STORED, .no_hash = true },
	{ .size = 20480, .per_segment = 6, .per_table = 4, .guid = 9 },
	{ .size = 19968,
	    .per_segment = 7,
	    .per_table = 3,
	    .based = true,
	    .pack = EWF_MAKE_MIXED,
	    .header2 = true },
	{ .size = 20480, .per_segment = 5, .no_table2 = true },
	{ .size = 19968, .per_segment = 5, .per_table = 2, .smart = true },
	{ .size = 40960, .sector = 2048, .per_chunk = 3, .header2 = true },
	{ .size = 20480, .per_segment = 3, .no_data = true },
};

static void
whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(flavours); i++) {
		const struct ewf_make *m = &flavours[i];
		struct ewf_set set;
		struct spill_image *img;

		ewf_make(m, &set);
		img = open_set(&set);
		check_bytes(img, m->size);
		check_verify(img, set.md5);
		assert_int_equal(spill_image_info(img)->segments, set.n);
		assert_int_equal(spill_image_info(img)->has_md5, !m->no_hash);
		assert_string_equal(
		    spill_image_info(img)->format, m->smart ? "S01" : "E01");
		assert_int_equal(spill_image_flaws(img), 0);
		assert_int_equal(spill_image_notes(img), 0);
		assert_int_equal(spill_image_counts(img).errors, 0);
		spill_image_free(&img);
		assert_null(img);
		ewf_free_set(&set);
	}
}

/* With a cache of nearly nothing, and read backwards. */
static void
small_cache(void **state)
{
	const struct ewf_make m = { .size = 60 * 1024, .per_segment = 20 };
	struct spill_image_conf conf = { .cache = 1 };
	struct spill_image *img = NULL;
	struct ewf_set set;

	(void)state;
	ewf_make(&m, &set);
	assert_int_equal(
	    spill_image_open(set.part, set.n, &conf, &img, NULL), SPILL_OK);
	for (unsigned round = 0; round < 2; round++)
		for (uint64_t at = m.size; at-- > 0;) {
			uint8_t b;

			assert_int_equal(
			    spill_image_read(img, at, &b, 1, NULL), 1);
			assert_int_equal(b, ewf_media(at));
		}
	/* Cached: not unpacked anew for each byte. */
	assert_in_range(spill_image_counts(img).chunks, 60, 120);
	spill_image_free(&img);
	ewf_free_set(&set);
}

/* Chunks of many tables, now here now there: each is read once. */
static void
tables_stay(void **state)
{
	const struct ewf_make m = { .size = 80 * 1024, .per_table = 1 };
	struct spill_image_conf conf = { .cache = 1 };
	struct spill_image *img = NULL;
	struct ewf_set set;
	uint64_t reads;
	uint8_t b;

	(void)state;
	ewf_make(&m, &set);
	assert_int_equal(
	    spill_image_open(set.part, 1, &conf, &img, NULL), SPILL_OK);
	for (unsigned i = 0; i < 80; i++)
		(void)spill_image_read(img, i * 1024, &b, 1, NULL);
	reads = spill_image_counts(img).reads;
	for (unsigned i = 0; i < 80; i++) {
		assert_int_equal(
		    spill_image_read(img, i * 1024, &b, 1, NULL), 1);
		assert_int_equal(b, ewf_media(i * 1024));
	}
	assert_int_equal(spill_image_counts(img).reads - reads, 80);
	spill_image_free(&img);
	ewf_free_set(&set);
}

static void
check_field(const struct spill_image_info *info, enum spill_image_field f,
    const char *s)
{
	assert_int_equal(info->field[f].len, strlen(s));
	if (*s != '\0')
		assert_memory_equal(info->field[f].p, s, strlen(s));
}

static void
check_time(struct spill_time t, const char *want)
{
	char text[SPILL_TIME_TEXT] = "";

	(void)spill_time_format(t, text);
	assert_string_equal(text, want);
}

static void
metadata(void **state)
{
	struct ewf_make m = { .size = 2048, .guid = 0xab };
	const struct spill_image_info *info;
	struct ewf_set set;
	struct spill_image *img;

	(void)state;
	ewf_make(&m, &set);
	img = open_set(&set);
	info = spill_image_info(img);
	check_field(info, SPILL_IMAGE_CASE, "case 7");
	check_field(info, SPILL_IMAGE_EXHIBIT, "item 3");
	check_field(info, SPILL_IMAGE_REMARKS, "found\x1b[1m");
	check_field(info, SPILL_IMAGE_SERIAL, "");
	check_field(info, SPILL_IMAGE_SOFTWARE, "4.2");
	check_time(info->acquired, "2019-03-05T10:20:30");
	check_time(info->system, "2019-03-05T10:20:31");
	assert_int_equal(info->sector, 512);
	assert_int_equal(info->chunk, 1024);
	assert_int_equal(info->media, 1);
	assert_true(info->has_guid && info->guid[0] == 0xab);
	assert_memory_equal(info->md5, set.md5, 16);
	spill_image_free(&img);
	ewf_free_set(&set);

	m.header2 = true;
	m.guid = 0;
	ewf_make(&m, &set);
	img = open_set(&set);
	info = spill_image_info(img);
	check_field(info, SPILL_IMAGE_CASE, "case 8");
	check_field(info, SPILL_IMAGE_EXHIBIT, "\xc3\xa4");
	check_field(info, SPILL_IMAGE_REMARKS, "");
	check_field(info, SPILL_IMAGE_SERIAL, "SN9");
	check_time(info->acquired, "2019-03-05T10:20:30Z");
	assert_false(info->has_guid || info->has_sha1);
	spill_image_free(&img);
	ewf_free_set(&set);
}

/* EnCase 6.7: behind 2 GiB all 32 bits are the offset of stored chunks. */
static void
large_segment(void **state)
{
	const struct ewf_make m = {
		.size = 8 * 1024, .pack = EWF_MAKE_STORED, .far = 0x7fffff00
	};
	struct ewf_set set;
	struct spill_image *img;

	(void)state;
	ewf_make(&m, &set);
	assert_true(set.part[0].size > (uint64_t)1 << 31);
	img = open_set(&set);
	check_bytes(img, m.size);
	assert_int_equal(spill_image_flaws(img), 0);
	spill_image_free(&img);
	ewf_free_set(&set);
}

static void
acquisition_errors(void **state)
{
	static const uint32_t errors[][2] = { { 3, 2 }, { 5, 1 }, { 30, 100 } };
	const struct ewf_make m = {
		.size = 20480, .errors = errors, .nerrors = 3
	};
	struct spill_image_bad b;
	struct ewf_set set;
	struct spill_image *img;
	unsigned bad;
	uint8_t buf[512];

	(void)state;
	ewf_make(&m, &set);
	img = open_set(&set);
	assert_int_equal(spill_image_flaws(img), SPILL_IMAGE_ACQUIRED);
	assert_true(spill_image_bad_get(img, SPILL_BAD_ACQUIRED, 0, &b));
	assert_int_equal(b.offset, 3 * 512);
	assert_int_equal(b.len, 3 * 512);
	assert_true(spill_image_bad_get(img, SPILL_BAD_ACQUIRED, 1, &b));
	assert_int_equal(b.offset, 30 * 512);
	assert_int_equal(b.len, 20480 - 30 * 512);
	assert_false(spill_image_bad_get(img, SPILL_BAD_ACQUIRED, 2, &b));
	assert_int_equal(spill_image_read(img, 512, buf, 512, &bad), 512);
	assert_int_equal(bad, 0);
	assert_int_equal(spill_image_read(img, 1025, buf, 512, &bad), 512);
	assert_int_equal(bad, SPILL_BAD_ACQUIRED);
	assert_int_equal(buf[0], ewf_media(1025));
	spill_image_free(&img);
	ewf_free_set(&set);
}

static void
wrong_hash(void **state)
{
	const struct ewf_make m = { .size = 2048, .wrong_md5 = 1 };
	struct spill_image_hashes h;
	struct spill_image_note note;
	struct ewf_set set;
	struct spill_image *img;

	(void)state;
	ewf_make(&m, &set);
	img = open_set(&set);
	assert_int_equal(spill_image_flaws(img), 0);
	assert_int_equal(spill_image_verify(img, NULL, &h), SPILL_OK);
	assert_memory_equal(h.md5, set.md5, 16);
	assert_int_equal(spill_image_flaws(img), SPILL_IMAGE_MISMATCH);
	assert_true(spill_image_note_get(img, 0, &note));
	assert_int_equal(note.flaw, SPILL_IMAGE_MISMATCH);
	assert_false(spill_image_note_get(img, 1, &note));
	spill_image_free(&img);
	ewf_free_set(&set);
}

/* Segments in any order, and without numbers from their names. */
static void
any_order(void **state)
{
	const struct ewf_make m = { .size = 20480, .per_segment = 5 };
	struct spill_image_part part[4];
	struct ewf_set set;
	struct spill_image *img = NULL;

	(void)state;
	ewf_make(&m, &set);
	for (unsigned i = 0; i < 4; i++) {
		part[i] = set.part[3 - i];
		part[i].number = 0;
	}
	assert_int_equal(spill_image_open(part, 4, NULL, &img, NULL), SPILL_OK);
	check_bytes(img, m.size);
	assert_int_equal(spill_image_flaws(img), 0);
	spill_image_free(&img);
	ewf_free_set(&set);
}

static int
stop_at_third(
    void *ctx, uint64_t offset, const uint8_t *p, size_t n, unsigned bad)
{
	unsigned *calls = ctx;

	(void)p;
	(void)bad;
	assert_int_equal(offset, 1000 / 512 * 512 + *calls * 1024);
	assert_int_equal(n, 1024);
	return ++*calls == 3 ? SPILL_ELIMIT : SPILL_OK;
}

static bool
stop_progress(void *ctx, uint64_t done)
{
	uint64_t *last = ctx;

	assert_true(done > *last);
	*last = done;
	return done < 4096;
}

static void
pass_ends(void **state)
{
	const struct ewf_make m = { .size = 20480 };
	unsigned calls = 0;
	uint64_t last = 0;
	struct spill_image_sink sink = { stop_at_third, &calls };
	struct spill_image_pass pass = {
		.from = 512, .block = 1, .threads = 3
	};
	struct ewf_set set;
	struct spill_image *img;

	(void)state;
	ewf_make(&m, &set);
	img = open_set(&set);
	assert_int_equal(spill_image_pass(img, &pass, &sink, 1), SPILL_ELIMIT);
	assert_int_equal(calls, 3);
	pass = (struct spill_image_pass){
		.progress = stop_progress, .ctx = &last, .block = 1024
	};
	assert_int_equal(spill_image_pass(img, &pass, NULL, 0), SPILL_END);
	assert_int_equal(last, 4096);
	pass.from = m.size;
	assert_int_equal(spill_image_pass(img, &pass, NULL, 0), SPILL_OK);
	spill_image_free(&img);
	ewf_free_set(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(small_cache),
		cmocka_unit_test(tables_stay),
		cmocka_unit_test(metadata),
		cmocka_unit_test(large_segment),
		cmocka_unit_test(acquisition_errors),
		cmocka_unit_test(wrong_hash),
		cmocka_unit_test(any_order),
		cmocka_unit_test(pass_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
