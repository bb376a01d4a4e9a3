/*
 * archive_test.c: tar, cpio, ar, gzip and the other compressed files, made by
 * hand.
 */
#include "unpack_util.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <spill/sniff.h>

#include "../../common/content/unpack_i.h"

static struct spill_buf b;
static struct unpack_log alog;

static int
setup(void **state)
{
	(void)state;
	b = SPILL_BUF_INIT(256 << 20);
	alog = (struct unpack_log){ 0 };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	spill_buf_release(&b);
	unpack_log_free(&alog);
	return 0;
}

/* By the first format that says yes; from memory and by read() alone. */
static int
run(struct spill_span bytes)
{
	static const struct spill_unpack_conf conf;
	struct spill_unpack_sink sink = unpack_log_sink(&alog);
	struct spill_span head = bytes;
	const struct spill_unpack *u;
	struct unpack_counted c;
	char *lines;
	int rc;

	head.len = SPILL_MIN(head.len, SPILL_SNIFF_HEAD);
	u = spill_unpack_find(head, NULL);
	unpack_log_clear(&alog);
	if (u == NULL)
		return SPILL_END;
	unpack_counted(&c, bytes);
	rc = u->run(&c.src, &conf, &sink);
	lines = strdup(spill_buf_str(&alog.text));
	assert_int_equal(unpack_run(u, bytes, NULL, &alog), rc);
	assert_string_equal(spill_buf_str(&alog.text), lines);
	free(lines);
	return rc;
}

static void
unpacks_to(const char *lines)
{
	assert_int_equal(run(spill_buf_as_span(&b)), SPILL_OK);
	assert_unpacked(&alog, lines);
}

static bool
has(const char *text)
{
	return strstr(spill_buf_str(&alog.text), text) != NULL;
}

/* --- tar ---------------------------------------------------------------- */

static char *
field(size_t at)
{
	return b.p + b.len - 512 + at;
}

static void
seal(void)
{
	unsigned sum = 0;

	memset(field(148), ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += (uint8_t)*field(i);
	(void)snprintf(field(148), 8, "%06o", sum);
}

static void
tar_header(const char *name, size_t size, char type, const char *target)
{
	char *p = spill_buf_room(&b, 512);

	assert_non_null(p);
	memset(p, 0, 512);
	b.len += 512;
	memcpy(field(0), name, strnlen(name, 100));
	memcpy(field(100), "0000644", 7);
	memcpy(field(108), "0001750", 7);
	memcpy(field(116), "0001751", 7);
	(void)snprintf(field(124), 12, "%011o", (unsigned)size);
	memcpy(field(136), "14627303020", 11);
	*field(156) = type;
	memcpy(field(157), target, strnlen(target, 100));
	memcpy(field(257), "ustar\00000", 8);
	seal();
}

static void
tar_data(const char *text, size_t n)
{
	spill_buf_put(&b, text, n);
	while (b.len % 512 != 0)
		spill_buf_putc(&b, '\0');
}

static void
tar_add(const char *name, const char *text)
{
	tar_header(name, strlen(text), '0', "");
	tar_data(text, strlen(text));
}

static void
tar_end(void)
{
	for (unsigned i = 0; i < 1024; i++)
		spill_buf_putc(&b, '\0');
}

#define WHO  " mode=644 uid=1000 gid=1001"
#define WHEN " modified=2024-06-03T09:00:00Z"
#define AS   WHO WHEN

static void
tar_kinds(void **state)
{
	(void)state;
	tar_add("a.txt", "text of a");
	tar_header("d/", 0, '5', "");
	tar_header("l", 0, '2', "../../etc/passwd");
	tar_add("l", "through the link");
	tar_header("h", 0, '1', "/etc/shadow");
	tar_header("dev", 0, '3', "");
	tar_header("pipe", 0, '6', "");
	tar_header("suid", 0, '0', "");
	memcpy(field(100), "0004755", 7);
	seal();
	tar_end();
	unpacks_to(
	    "file a.txt size=9" AS ": \"text of a\" ok\n"
	    "dir d/ size=0" AS ": skipped\n"
	    "link l -> ../../etc/passwd size=0" AS ": skipped\n"
	    "file l size=16" AS ": \"through the link\" ok\n"
	    "link h -> /etc/shadow size=0" AS ": skipped\n"
	    "special dev size=0" AS ": skipped\n"
	    "special pipe size=0" AS ": skipped\n"
	    "file suid size=0 mode=4755 uid=1000 gid=1001" WHEN ": ok\n");
}

static void
pax(const char *records)
{
	tar_header("PaxHeader", strlen(records), 'x', "");
	tar_data(records, strlen(records));
}

/* Bytes as they are: no charset, no normal form. "e\xcc\x81" is what a Mac
 * writes for e with acute. */
static void
tar_names(void **state)
{
	(void)state;
	tar_add("caf\xe9", "1");
	tar_add("../../x", "2");
	tar_add("/abs", "3");
	tar_add("C:\\x", "4");
	pax("16 path=e\xcc\x81.txt\n");
	tar_add("short", "5");
	pax("13 path=\xff\xfe.t\n");
	tar_add("short", "6");
	tar_add("same", "7");
	tar_add("same", "8");
	tar_end();
	alog.plain = true;
	unpacks_to("file caf\\xe9 size=1 note=name in CP437 or another 8-bit "
		   "charset (guess): \"1\" ok\n"
		   "file ../../x size=1: \"2\" ok\n"
		   "file /abs size=1: \"3\" ok\n"
		   "file C:\\x size=1: \"4\" ok\n"
		   "file e\xcc\x81.txt size=1 note=name in UTF-8 (guess): "
		   "\"5\" ok\n"
		   "file \\xff\\xfe.t size=1 note=name in CP437 or another "
		   "8-bit charset (guess): \"6\" ok\n"
		   "file same size=1: \"7\" ok\n"
		   "file same size=1: \"8\" ok\n");
}

static void
tar_times(void **state)
{
	(void)state;
	pax("30 mtime=1717405200.123456789\n");
	tar_add("a", "");
	tar_end();
	unpacks_to("file a size=0" WHO
		   " modified=2024-06-03T09:00:00.123456789Z: ok\n");
}

static void
tar_cut(void **state)
{
	size_t all;

	(void)state;
	tar_add("one", "first text");
	tar_add("two", "second text");
	all = b.len;
	tar_end();
	alog.plain = true;
	for (size_t cut = 512; cut < all; cut += 17) {
		assert_int_equal(run(span_of(b.p, cut)), SPILL_OK);
		assert_non_null(strstr(unpack_line(&alog, "file one size=10"),
		    cut >= 522 ? "\"first text\"" : "partial"));
		if (cut > 1024)
			assert_true(alog.flaws > 0 || alog.members == 2);
		if (cut >= 1536 + 11)
			assert_non_null(
			    strstr(unpack_line(&alog, "file two size=11"),
				"\"second text\""));
	}
}

/* A header of which a byte is off: what is before and behind is there. */
static void
tar_damaged(void **state)
{
	(void)state;
	tar_add("one", "1");
	tar_add("two", "2");
	tar_add("three", "3");
	tar_end();
	alog.plain = true;
	b.p[1024 + 200] ^= 1;
	unpacks_to("file one size=1: \"1\" ok\n"
		   "flaw damaged 0x400+1024: Damaged tar archive\n"
		   "file three size=1: \"3\" ok\n");
	memset(b.p + 1024, 0, 512); /* as an end mark, and text behind it */
	unpacks_to("file one size=1: \"1\" ok\n"
		   "flaw anomaly 0x800+0: members behind the end of the "
		   "archive\n"
		   "file three size=1: \"3\" ok\n");
}

static void
tar_behind_end(void **state)
{
	(void)state;
	tar_add("one", "1");
	tar_end();
	tar_add("old", "what was on the tape before");
	tar_end();
	tar_data("rubbish", 7);
	alog.plain = true;
	unpacks_to("file one size=1: \"1\" ok\n"
		   "flaw anomaly 0x800+0: members behind the end of the "
		   "archive\n"
		   "file old size=27: \"what was on the tape before\" ok\n"
		   "flaw anomaly 0x1000+512: bytes behind the end of the "
		   "archive that are no members\n");
}

/* Sizes that nobody can hold: what follows is found all the same. */
static void
tar_sizes(void **state)
{
	(void)state;
	pax("12 size=-10\n");
	tar_add("negative", "n");
	tar_add("after", "a");
	pax("28 size=9223372036854775807\n");
	tar_add("huge", "h");
	tar_add("last", "l");
	tar_end();
	alog.plain = true;
	assert_int_equal(run(spill_buf_as_span(&b)), SPILL_OK);
	assert_true(has("file after size=1: \"a\" ok\n"));
	assert_true(
	    has("file last size=1: \"l\" ok\n") || has("file huge size="));
	assert_true(has("flaw damaged 0x"));
}

/* An old GNU sparse file of 8 EiB with a byte at its end: zeros come until
 * the sink has enough. */
static void
tar_sparse(void **state)
{
	(void)state;
	tar_header("sparse", 3, 'S', "");
	memcpy(field(257), "ustar  \0", 8);
	memcpy(field(386), "00000000000", 11); /* data at 0, 1 byte */
	memcpy(field(398), "00000000001", 11);
	memcpy(field(410), "77777777775", 11); /* and at 8 GiB - 3 */
	memcpy(field(422), "00000000002", 11);
	memcpy(field(483), "77777777777", 11);
	seal();
	tar_data("abc", 3);
	tar_add("after", "a");
	tar_end();
	alog.plain = true;
	alog.stop = 1 << 20;
	unpacks_to("file sparse size=8589934591: 1048577 bytes skipped\n"
		   "file after size=1: \"a\" ok\n");
	assert_int_equal(alog.content.len, 1);
}

static void
tar_sparse_content(void **state)
{
	(void)state;
	tar_header("sparse", 2, 'S', "");
	memcpy(field(257), "ustar  \0", 8);
	memcpy(field(386), "00000000004", 11);
	memcpy(field(398), "00000000002", 11);
	memcpy(field(483), "00000000010", 11);
	seal();
	tar_data("xy", 2);
	tar_end();
	alog.plain = true;
	unpacks_to("file sparse size=8: "
		   "\"\\x00\\x00\\x00\\x00xy\\x00\\x00\" ok\n");
}

/* Headers that all ask for a megabyte that is not theirs: each block is read
 * some times, not thousands. */
static void
tar_hostile_headers(void **state)
{
	struct timespec from, to;

	(void)state;
	for (unsigned i = 0; i < 16384; i++)
		tar_header("x", 1 << 19, 'x', "");
	alog.quiet = true;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	assert_int_equal(run(spill_buf_as_span(&b)), SPILL_OK);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	assert_true(to.tv_sec - from.tv_sec < 30);
	assert_true(alog.flaws > 0);
}

/* --- other archives that are simple to make ------------------------------ */

static void
cpio_add(const char *name, unsigned mode, const char *text)
{
	spill_buf_printf(&b,
	    "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x"
	    "%08x%08zx%08x%s",
	    1, mode, 10, 11, 1, 0x665d84a0, strlen(text), 0, 0, 0, 0,
	    strlen(name) + 1, 0, name);
	do
		spill_buf_putc(&b, '\0');
	while (b.len % 4 != 0);
	spill_buf_puts(&b, text);
	while (b.len % 4 != 0)
		spill_buf_putc(&b, '\0');
}

static void
cpio(void **state)
{
	(void)state;
	cpio_add("../caf\xe9", 0100600, "text");
	cpio_add("l", 0120777, "target");
	cpio_add("cut", 0100600, "whole");
	unpacks_to("file ../caf\\xe9 size=4 mode=600 uid=10 gid=11 "
		   "modified=2024-06-03T08:53:52Z note=name in CP437 or "
		   "another 8-bit charset (guess): \"text\" ok\n"
		   "link l -> target size=6 mode=777 uid=10 gid=11 "
		   "modified=2024-06-03T08:53:52Z: skipped\n"
		   "file cut size=5 mode=600 uid=10 gid=11 "
		   "modified=2024-06-03T08:53:52Z: \"whole\" ok\n"
		   "flaw damaged 0x170+0: its structure is damaged\n");
}

static void
ar(void **state)
{
	(void)state;
	spill_buf_puts(&b, "!<arch>\n"
			   "a.txt/          1717405200  0     0     100644  "
			   "5         `\n"
			   "hello\n");
	unpacks_to(
	    "file a.txt size=5 mode=644 uid=0 gid=0" WHEN ": \"hello\" ok\n");
}

/* A header of rar 5 with its CRC; the first byte of h is its length. */
static void
rar5_header(const char *h, size_t n)
{
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)h, (unsigned)n);

	spill_buf_put(&b, &crc, 4);
	spill_buf_put(&b, h, n);
}

#define RAR5(h) rar5_header(h, sizeof(h) - 1)

/* The first is encrypted, where libarchive stops; the second is listed. */
static void
rar5_headers(void **state)
{
	(void)state;
	spill_buf_put(&b, "Rar!\x1a\x07\x01", 8);
	RAR5("\x03\x01\x00\x00");
	RAR5("\x17\x02\x03\x05\x04\x04\x09\x20\x11\x22\x33\x44\x80\x00\x01"
	     "\x03one\x04\x01\x00\x00\x00");
	spill_buf_puts(&b, "9999");
	RAR5("\x11\x02\x02\x02\x04\x02\x20\x55\x66\x77\x01\x00\x00\x04"
	     "two\xff");
	spill_buf_puts(&b, "22");
	alog.plain = true;
	assert_int_equal(run(spill_buf_as_span(&b)), SPILL_OK);
	assert_string_equal(unpack_line(&alog, "file one "),
	    "file one size=9 crc=44332211 encrypted: encrypted");
	assert_non_null(
	    strstr(unpack_line(&alog, "file two"), "size=2 crc=01776655"));
}

/* 7z 7zFormat.txt: one file by LZMA, whose dictionary is as large as asked
 * for. */
static void
make_7z(uint32_t dict)
{
	static const char head[] = "\x01\x04\x06\x00\x01\x09\x14\x00"
				   "\x07\x0b\x01\x00\x01\x23\x03\x01\x01\x05"
				   "\x5d....\x0c\x40\x00\x08\x0a\x01....\x00"
				   "\x00\x05\x01\x11\x05\x00"
				   "a\x00\x00\x00\x00\x00";
	char h[sizeof(head) - 1], start[20] = { 0 };
	uint32_t crc;

	memcpy(h, head, sizeof(h));
	memcpy(h + 19, &dict, 4);
	start[0] = 20;
	start[8] = sizeof(h);
	crc = (uint32_t)crc32(0, (Bytef *)h, sizeof(h));
	memcpy(start + 16, &crc, 4);
	crc = (uint32_t)crc32(0, (Bytef *)start, 20);
	spill_buf_put(&b, "7z\xbc\xaf\x27\x1c\x00\x04", 8);
	spill_buf_put(&b, &crc, 4);
	spill_buf_put(&b, start, 20);
	spill_buf_puts(&b, "\x01 twenty bytes of it");
	spill_buf_put(&b, h, sizeof(h));
}

/* In a child with 512 MiB of address space: the dictionary cannot be had, and
 * that is what is said. */
static void
dictionary_of_7z(void **state)
{
	const struct rlimit small = { 512 << 20, 512 << 20 };
	pid_t pid;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip(); /* it needs more than that for itself */
#endif
	make_7z(3U << 29);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		alog.plain = true;
		(void)setrlimit(RLIMIT_AS, &small);
		(void)unpack_run(
		    &spill_unpack_sevenzip, spill_buf_as_span(&b), NULL, &alog);
		fprintf(stderr, "%s", spill_buf_str(&alog.text));
		_exit(has("file a size=64: unsupported: ") && has("flaw limit ")
			  ? 0
			  : 1);
	}
	assert_int_equal(exit_status(pid), 0);
}

/* --- compressed files ---------------------------------------------------- */

static void
gzip_put(const char *text, size_t n, const char *name, uint32_t time)
{
	gz_header h = { .name = (Bytef *)(uintptr_t)name, .time = time };
	z_stream z = { 0 };
	char *p;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, 0), Z_OK);
	if (name != NULL)
		assert_int_equal(deflateSetHeader(&z, &h), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (unsigned)n;
	z.avail_out = (unsigned)deflateBound(&z, n) + 100;
	p = spill_buf_room(&b, z.avail_out);
	assert_non_null(p);
	z.next_out = (Bytef *)p;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b.len += z.total_out;
	(void)deflateEnd(&z);
}

static void
gzip(void **state)
{
	(void)state;
	gzip_put("first ", 6, "caf\xe9.txt", 1717405200);
	gzip_put("second", 6, "other", 0);
	unpacks_to("file caf\\xe9.txt" WHEN " note=name in CP437 or another "
		   "8-bit charset (guess): \"first second\" ok\n");
	spill_buf_puts(&b, "stray");
	assert_int_equal(run(spill_buf_as_span(&b)), SPILL_OK);
	assert_true(has("\"first second\" ok\nflaw anomaly 0x"));
	assert_true(has("+5: bytes behind the compressed data\n"));
}

static void
gzip_damaged(void **state)
{
	size_t one;

	(void)state;
	gzip_put("the first text", 14, NULL, 0);
	one = b.len;
	gzip_put("the second text", 15, NULL, 0);
	b.p[one - 8] ^= 1; /* its CRC */
	unpacks_to("file: \"the first textthe second text\" partial: incorrect "
		   "data check behind 0 bytes\n");
	b.p[12] = (char)0xff;
	assert_int_equal(run(spill_buf_as_span(&b)), SPILL_OK);
	assert_true(has("the second text\" partial: "));
}

static void
gzip_cut(void **state)
{
	(void)state;
	gzip_put("some text that is cut", 21, "n", 0);
	for (size_t cut = 4; cut < b.len; cut++) {
		assert_int_equal(run(span_of(b.p, cut)), SPILL_OK);
		assert_int_equal(alog.members, 1);
		assert_int_equal(alog.how, SPILL_MEMBER_PARTIAL);
		if (cut > b.len - 8)
			assert_true(has("\"some text that is cut\" partial"));
	}
}

/* A disk image of zeros is no empty tar. */
static void
gzip_of_zeros(void **state)
{
	char *zeros = calloc(1, 4 << 20);

	(void)state;
	assert_non_null(zeros);
	gzip_put(zeros, 4 << 20, NULL, 0);
	free(zeros);
	unpacks_to("file: 4194304 bytes ok\n");
}

/* 10,000 members of a tar.gz: one decompression, the source is read once. */
static void
tar_gz(void **state)
{
	static const struct spill_unpack_conf conf;
	struct spill_unpack_sink sink = unpack_log_sink(&alog);
	struct unpack_counted c;
	char name[20];
	struct spill_buf tar;

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		(void)snprintf(name, sizeof(name), "member-%u", i);
		tar_add(name, name);
	}
	tar_end();
	tar = b;
	b = SPILL_BUF_INIT(256 << 20);
	gzip_put(tar.p, tar.len, "all.tar", 0);
	spill_buf_release(&tar);
	alog.plain = true;
	unpack_counted(&c, spill_buf_as_span(&b));
	assert_int_equal(spill_unpack_gzip.run(&c.src, &conf, &sink), SPILL_OK);
	assert_int_equal(alog.members, 10000);
	assert_int_equal(alog.flaws, 0);
	assert_true(has("file member-9999 size=11: \"member-9999\" ok\n"));
	assert_true(c.read < b.len + 1000);
}

/* What a decompressor would need is known before it is given any memory. */
static void
dictionaries(void **state)
{
	static const struct spill_unpack_conf conf = { .memory = 1 << 20 };
	static const struct {
		struct spill_span s;
		const char *need;
	} all[] = {
		{ S("\x5d\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		    "\x00\x00\x00\x00\x00"),
		    "4294967295" },
		{ S("\xfd"
		    "7zXZ\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x25"),
		    "1610612736" },
		{ S("LZIP\x01\x1d\x00\x00"), "536870912" },
		{ S("\x28\xb5\x2f\xfd\x00\xa0"), "1073741824" },
	};
	char want[300];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(all); i++) {
		const struct spill_unpack *u =
		    spill_unpack_find(all[i].s, NULL);

		assert_non_null(u);
		assert_int_equal(
		    unpack_run(u, all[i].s, &conf, &alog), SPILL_OK);
		(void)snprintf(want, sizeof(want),
		    "flaw limit 0x0+0: needs a dictionary of %s bytes, the "
		    "limit is 1048576\n"
		    "file: unsupported: needs a dictionary of %s bytes, the "
		    "limit is 1048576\n",
		    all[i].need, all[i].need);
		assert_unpacked(&alog, want);
	}
}

/* Formats that only programs read: named, and no program is started. */
static void
unread(void **state)
{
	static const struct spill_span all[] = { S("LRZI\x00\x06..."),
		S("\x89LZO\x00\r\n\x1a\n..."), S("GRZipII\x00\x02\x04:)..."),
		S("!BDN...."), S("\x78\x9f\x3e\x22\x01\x00"),
		S("ITSF\x03\x00\x00\x00"), S("WARC/1.0\r\n"), S("KDMV\x01..."),
		/* signed data with a content */
		S("0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0"
		  "\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09\x2a"
		  "\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80") };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(all); i++) {
		assert_int_equal(run(all[i]), SPILL_OK);
		assert_int_equal(alog.members, 0);
		assert_non_null(
		    strstr(unpack_line(&alog, "flaw unsupported 0x0+"),
			"a format that is not read here"));
	}
}

/* Those of footers, of trailers, and what only a key opens. */
static void
unread_by_the_end(void **state)
{
	static const struct {
		struct spill_span bytes;
		const char *said; /* NULL: nothing is told */
	} all[] = {
		{ S("0\x82\x01\x60\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
		    "\x03\xa0"),
		    "CMS: it is encrypted\n" },
		/* a detached signature, and a list of hashes */
		{ S("0\x20\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0"
		    "\x20\x30\x1e\x02\x01\x01\x31\x00\x30\x0b\x06\x09\x2a"
		    "\x86\x48\x86\xf7\x0d\x01\x07\x01\x31\x00"),
		    NULL },
		{ S("%PDF-1.4\nxref\n0 1\n0000000000 65535 f "
		    "\ntrailer\n<</Size "
		    "1/Encrypt 5 0 R>>\nstartxref\n9\n%%EOF\n"),
		    "PDF: it is encrypted\n" },
		{ S("%PDF-1.5\n7 0 obj<</Type/XRef/Encrypt 5 0 R>>stream "
		    "startxref\n9\n%%EOF\n"),
		    "PDF: it is encrypted\n" },
		{ S("%PDF-1.5\n7 0 obj<</EncryptMetadata true>>stream "
		    "/Encrypt 5 startxref\n9\n%%EOF\n"),
		    NULL },
		{ S("%PDF-1.4\nstartxref\n99999999999999999999\n"), NULL },
		{ S("%PDF-1.4\nstartxref"), NULL },
	};
	char image[600] = "x\x01sbb";
	struct spill_src src;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(all); i++) {
		src = spill_src_of(all[i].bytes);
		if (all[i].said == NULL) {
			assert_null(spill_unpack_behind(&src));
			continue;
		}
		assert_ptr_equal(
		    spill_unpack_behind(&src), &spill_unpack_unread);
		assert_int_equal(
		    unpack_run(&spill_unpack_unread, all[i].bytes, NULL, &alog),
		    SPILL_OK);
		assert_true(has("flaw encrypted 0x0+"));
		assert_true(has(all[i].said));
	}
	memcpy(image + 88, "koly\0\0\0\4", 8);
	src = spill_src_of((struct spill_span){ image, sizeof(image) });
	assert_ptr_equal(spill_unpack_behind(&src), &spill_unpack_unread);
	image[88] = 'K';
	assert_null(spill_unpack_behind(&src));
}

static void
stopped(void **state)
{
	(void)state;
	tar_add("a", "text a");
	tar_add("b", "text b");
	tar_end();
	alog.plain = true;
	alog.no_content = true;
	unpacks_to("file a size=6: skipped\nfile b size=6: skipped\n");
	alog.fail_at = 2;
	assert_int_equal(
	    unpack_run(&spill_unpack_tar, spill_buf_as_span(&b), NULL, &alog),
	    SPILL_EIO);
	alog.fail_at = 0;
	alog.no_content = false;
	alog.stop = 3;
	unpacks_to("file a size=6: \"text a\" skipped\n"
		   "file b size=6: \"text b\" skipped\n");
}

static void
read_errors(void **state)
{
	static const struct spill_unpack_conf conf;
	static const struct spill_unpack *const all[] = { &spill_unpack_tar,
		&spill_unpack_cpio, &spill_unpack_sevenzip, &spill_unpack_gzip,
		&spill_unpack_xz, &spill_unpack_ar, &spill_unpack_iso };
	struct spill_unpack_sink sink = unpack_log_sink(&alog);
	struct unpack_counted c;

	(void)state;
	tar_add("a", "text");
	for (size_t i = 0; i < SPILL_COUNT(all); i++) {
		unpack_counted(&c, spill_buf_as_span(&b));
		c.fail_at = 1;
		unpack_log_clear(&alog);
		assert_int_equal(all[i]->run(&c.src, &conf, &sink), SPILL_EIO);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tar_kinds),
		TEST(tar_names),
		TEST(tar_times),
		TEST(tar_cut),
		TEST(tar_damaged),
		TEST(tar_behind_end),
		TEST(tar_sizes),
		TEST(tar_sparse),
		TEST(tar_sparse_content),
		TEST(tar_hostile_headers),
		TEST(cpio),
		TEST(ar),
		TEST(rar5_headers),
		TEST(dictionary_of_7z),
		TEST(gzip),
		TEST(gzip_damaged),
		TEST(gzip_cut),
		TEST(gzip_of_zeros),
		TEST(tar_gz),
		TEST(dictionaries),
		TEST(unread),
		TEST(unread_by_the_end),
		TEST(stopped),
		TEST(read_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
