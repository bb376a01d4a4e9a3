/*
 * archive_words_test.c: what is said of archives of which a part is missing,
 * or whose methods are not known here.
 */
#include "unpack_util.h"

#include <string.h>
#include <zlib.h>

#include "../../common/content/unpack_i.h"

static struct spill_buf b = SPILL_BUF_INIT(64 << 20);
static struct unpack_log alog;

static int
teardown(void **state)
{
	(void)state;
	spill_buf_release(&b);
	unpack_log_free(&alog);
	alog = (struct unpack_log){ 0 };
	return 0;
}

static bool
has(const char *text)
{
	return strstr(spill_buf_str(&alog.text), text) != NULL;
}

/* A file of the test data; skipped without. */
static void
run_shared(const struct spill_unpack *u, const char *name)
{
	char path[200];

	(void)snprintf(path, sizeof(path), "archives/libarchive/%s", name);
	spill_buf_reset(&b);
	if (!unpack_shared(path, &b))
		skip();
	unpack_log_clear(&alog);
	assert_int_equal(
	    unpack_run(u, spill_buf_as_span(&b), NULL, &alog), SPILL_OK);
}

static void
volumes(void **state)
{
	static const char said[] =
	    ": one volume of several: what is on the others is not here\n";

	(void)state;
	run_shared(
	    &spill_unpack_rar, "test_read_format_rar_multivolume.part0001.rar");
	assert_true(has(said));
	run_shared(
	    &spill_unpack_rar, "test_read_format_rar_multivolume.part0004.rar");
	assert_true(has(said));
	run_shared(&spill_unpack_rar5,
	    "test_read_format_rar5_multiarchive.part01.rar");
	assert_true(has(said));
	run_shared(&spill_unpack_rar5,
	    "test_read_format_rar5_multiarchive.part08.rar");
	assert_true(has(said));
	run_shared(&spill_unpack_rar, "test_read_format_rar_ppmd_lzss_"
				      "conversion.rar");
	assert_false(has("volume"));
	run_shared(&spill_unpack_rar5, "test_read_format_rar5_win32.rar");
	assert_false(has("volume"));
}

static void
part_of_7z(void **state)
{
	(void)state;
	run_shared(&spill_unpack_sevenzip, "test_read_format_7zip_copy.7z");
	assert_int_equal(alog.flaws, 0);
	b.len -= 1;
	unpack_log_clear(&alog);
	assert_int_equal(unpack_run(&spill_unpack_sevenzip,
			     spill_buf_as_span(&b), NULL, &alog),
	    SPILL_OK);
	assert_true(has("the first of several parts\n"));
}

/* [APP] 8.5.3 of zip: the mark of what is spread over disks. */
static void
part_of_zip(void **state)
{
	static const struct spill_span first = { "PK\7\10PK\3\4\24\0\0\0\0\0"
						 "\0\0\0\0\0\0\0\0\5\0\0\0"
						 "\5\0\0\0\1\0\0\0xab",
		37 };

	(void)state;
	assert_int_equal(
	    unpack_run(&spill_unpack_zip, first, NULL, &alog), SPILL_OK);
	assert_true(has("flaw damaged 0x25+0: the first of several disks: the "
			"central directory is on the last\n"));
	assert_true(has("file x "));
}

static void
methods(void **state)
{
	(void)state;
	run_shared(&spill_unpack_sevenzip, "test_read_format_7zip_zstd.7z");
	assert_true(has(" unsupported: a codec that is not read here\n"));
	assert_false(has("damaged"));
	assert_false(has("behind 0 bytes"));
	run_shared(&spill_unpack_sevenzip,
	    "test_read_format_7zip_encryption_header.7z");
	assert_true(has("flaw encrypted"));
	assert_true(has("its list of members is encrypted\n"));
}

/* A tar of two members, the first of 32 MiB. */
static struct spill_span
make_tgz(void)
{
	static const size_t sizes[] = { 32 << 20, 1 };
	struct spill_buf tar = SPILL_BUF_INIT(64 << 20);
	z_stream z = { 0 };

	for (size_t i = 0; i < SPILL_COUNT(sizes); i++) {
		size_t len = 512 + (sizes[i] + 511) / 512 * 512;
		char *p = spill_buf_room(&tar, len);
		unsigned sum = 8 * ' ';

		assert_non_null(p);
		memset(p, 0, len);
		tar.len += len;
		p[0] = (char)('a' + i);
		memcpy(p + 100, "0000644", 7);
		(void)snprintf(p + 124, 12, "%011o", (unsigned)sizes[i]);
		p[156] = '0';
		for (size_t k = 0; k < 512; k++)
			sum += (uint8_t)p[k];
		(void)snprintf(p + 148, 8, "%06o", sum);
	}
	b.max = 64 << 20;
	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 31, 9, 0), Z_OK);
	z.next_in = (z_const Bytef *)tar.p;
	z.avail_in = (unsigned)tar.len;
	z.avail_out = (unsigned)deflateBound(&z, tar.len);
	z.next_out = (Bytef *)spill_buf_room(&b, z.avail_out);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b.len = z.total_out;
	(void)deflateEnd(&z);
	spill_buf_release(&tar);
	return spill_buf_as_span(&b);
}

/* Whoever has enough of a member need not wait for what is behind it. */
static void
enough(void **state)
{
	struct spill_unpack_sink sink = unpack_log_sink(&alog);
	static const struct spill_unpack_conf conf;
	struct unpack_counted c;

	(void)state;
	unpack_counted(&c, make_tgz());
	alog.stop = 1 << 20;
	assert_int_equal(spill_unpack_gzip.run(&c.src, &conf, &sink), SPILL_OK);
	assert_int_equal(alog.members, 1);
	assert_true(has("flaw limit 0x0+0: no member is looked for behind the "
			"one that is cut\n"));
	assert_true(c.read <= b.len / 2 + (128 << 10));
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, teardown)
	const struct CMUnitTest tests[] = {
		T(volumes),
		T(part_of_7z),
		T(part_of_zip),
		T(methods),
		T(enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
