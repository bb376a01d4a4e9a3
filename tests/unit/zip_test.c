/*
 * zip_test.c: zip by its directory and its local headers: whole, damaged and
 * made to mislead.
 */
#include "zip_make.h"

#include <time.h>

#include <spill/ondisk.h>

#include "../../common/content/unpack_i.h"

static struct zip_make zip;
static struct unpack_log zlog;

static int
setup(void **state)
{
	(void)state;
	zfree(&zip);
	zlog = (struct unpack_log){ 0 };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	zfree(&zip);
	unpack_log_free(&zlog);
	return 0;
}

/* From memory, and by read() alone: the lines are the same. */
static void
run(struct spill_span bytes)
{
	struct spill_unpack_sink sink = unpack_log_sink(&zlog);
	static const struct spill_unpack_conf conf;
	struct unpack_counted c;
	char *lines;

	unpack_counted(&c, bytes);
	unpack_log_clear(&zlog);
	assert_int_equal(spill_unpack_zip.run(&c.src, &conf, &sink), SPILL_OK);
	lines = strdup(spill_buf_str(&zlog.text));
	assert_int_equal(
	    unpack_run(&spill_unpack_zip, bytes, NULL, &zlog), SPILL_OK);
	assert_string_equal(spill_buf_str(&zlog.text), lines);
	free(lines);
}

static void
unpacks_to(const char *lines)
{
	zlog.plain = true;
	run(zdone(&zip));
	assert_unpacked(&zlog, lines);
}

#define PART(n, t)                                           \
	(struct zip_part)                                    \
	{                                                    \
		.name = SPILL_SPAN(n), .text = SPILL_SPAN(t) \
	}

static struct zip_part
deflated(struct zip_part p)
{
	p.method = 8;
	return p;
}

/* Two members and a folder. */
static void
make_three(void)
{
	zadd(&zip, PART("one.txt", "the first text"));
	zadd(&zip, PART("sub/", ""));
	zadd(&zip, deflated(PART("sub/two.txt", "text text text text text")));
}

#define ONE "file one.txt size=14 crc=1494dffe: \"the first text\" ok\n"
#define SUB "dir sub/ size=0 crc=00000000: skipped\n"
#define TWO                                              \
	"file sub/two.txt size=24 crc=722bfd26: \"text " \
	"text text text text\" ok\n"

static void
whole(void **state)
{
	(void)state;
	make_three();
	unpacks_to(ONE SUB TWO);
	assert_int_equal(zlog.flaws, 0);
}

static void
not_wanted(void **state)
{
	(void)state;
	make_three();
	zlog.no_content = true;
	unpacks_to("file one.txt size=14 crc=1494dffe: skipped\n" SUB
		   "file sub/two.txt size=24 crc=722bfd26: skipped\n");
	zlog.no_content = false;
	zlog.stop = 5;
	run(spill_buf_as_span(&zip.b));
	assert_unpacked(&zlog,
	    "file one.txt size=14 crc=1494dffe: \"the first text\" "
	    "skipped\n" SUB
	    "file sub/two.txt size=24 crc=722bfd26: \"text text text "
	    "text text\" skipped\n");
	zlog.fail_at = 2;
	assert_int_equal(unpack_run(&spill_unpack_zip,
			     spill_buf_as_span(&zip.b), NULL, &zlog),
	    SPILL_EIO);
	assert_int_equal(zlog.members, 2);
}

/* What ends before the cut is there, whole. */
static void
cut_at_every_byte(void **state)
{
	struct spill_span all;

	(void)state;
	make_three();
	all = zdone(&zip);
	zlog.plain = true;
	for (size_t cut = 0; cut < all.len; cut++) {
		struct spill_span s = { all.p, cut };
		int rc = unpack_run(&spill_unpack_zip, s, NULL, &zlog);

		assert_int_equal(rc, cut < 4 ? SPILL_EFORMAT : SPILL_OK);
		if (rc != SPILL_OK)
			continue;
		if (cut < all.len)
			assert_true(zlog.flaws > 0);
		for (size_t i = 0; i < zip.n; i++) {
			const struct zip_part *p = &zip.part[i];
			char want[40];

			if (p->packed + p->packed_len > cut)
				continue;
			(void)snprintf(want, sizeof(want), "%s %s ",
			    p->text.len > 0 ? "file" : "dir", p->name.p);
			assert_string_not_equal(unpack_line(&zlog, want), "");
			if (p->text.len > 0)
				assert_non_null(
				    strstr(unpack_line(&zlog, want), "\" ok"));
		}
	}
}

/* A field of any header that is off loses no content, unless it is one that
 * the content hangs on in both lists. */
static void
fields_off(void **state)
{
	static const struct {
		unsigned at, len;
		bool end; /* of the end record */
		bool vital; /* of the directory: it says what the content is */
	} fields[] = { { 8, 2, false, true }, { 10, 2, false, true },
		{ 16, 4, false, true }, { 20, 4, false, true },
		{ 24, 4, false, true }, { 28, 2, false, false },
		{ 30, 2, false, false }, { 32, 2, false, false },
		{ 34, 2, false, false }, { 38, 4, false, false },
		{ 42, 4, false, false }, { 4, 2, true, false },
		{ 6, 2, true, false }, { 8, 2, true, false },
		{ 10, 2, true, false }, { 12, 4, true, false },
		{ 16, 4, true, false }, { 20, 2, true, false } };
	static const uint64_t values[] = { 0, 1, UINT64_MAX };
	struct spill_span all;

	(void)state;
	make_three();
	all = zdone(&zip);
	zlog.plain = true;
	for (size_t i = 0; i < SPILL_COUNT(fields); i++)
		for (size_t v = 0; v < SPILL_COUNT(values); v++) {
			char *p = exact(all.p, all.len);
			size_t at = fields[i].at +
				    (size_t)(fields[i].end ? zip.end : zip.dir);

			memcpy(p + at, &values[v], fields[i].len);
			run(span_of(p, all.len));
			assert_true(zlog.bytes < 2 * all.len);
			if (!fields[i].vital)
				assert_non_null(
				    strstr(spill_buf_str(&zlog.text),
					"\"the first text\""));
			assert_non_null(strstr(spill_buf_str(&zlog.text),
			    "\"text text text text text\" ok"));
			free(p);
		}
}

/* The same of a local header: the directory has all that is needed. */
static void
local_fields_off(void **state)
{
	static const struct {
		unsigned at, len;
	} fields[] = { { 0, 4 }, { 4, 2 }, { 6, 2 }, { 8, 2 }, { 10, 4 },
		{ 14, 4 }, { 18, 4 }, { 22, 4 } };
	static const uint64_t values[] = { 0, 1, UINT64_MAX };
	struct spill_span all;

	(void)state;
	make_three();
	all = zdone(&zip);
	zlog.plain = true;
	for (size_t i = 0; i < SPILL_COUNT(fields); i++)
		for (size_t v = 0; v < SPILL_COUNT(values); v++) {
			char *p = exact(all.p, all.len);

			memcpy(p + fields[i].at, &values[v], fields[i].len);
			run(span_of(p, all.len));
			assert_non_null(strstr(spill_buf_str(&zlog.text), ONE));
			free(p);
		}
}

static void
any_byte(void **state)
{
	struct spill_span all;

	(void)state;
	make_three();
	all = zdone(&zip);
	zlog.quiet = true;
	for (size_t i = 0; i < all.len; i++)
		for (unsigned v = 0; v < 256; v += 17) {
			char *p = exact(all.p, all.len);

			p[i] = (char)v;
			(void)unpack_run(&spill_unpack_zip, span_of(p, all.len),
			    NULL, &zlog);
			assert_true(zlog.bytes < 1 << 20);
			free(p);
		}
}

static void
lists_differ(void **state)
{
	struct zip_part p = PART("a.exe", "evil");

	(void)state;
	p.local_name = SPILL_SPAN("a.txt");
	p.local_crc = 0x12345678;
	zadd(&zip, p);
	unpacks_to("flaw anomaly 0x0+35: name 'a.exe' in the directory, "
		   "'a.txt' in the local header; CRC-32 8dfb3152 in the "
		   "directory, 12345678 in the local header\n"
		   "file a.exe size=4 crc=8dfb3152: \"evil\" ok\n");
}

static void
bad_crc(void **state)
{
	struct zip_part p = PART("a", "text");

	(void)state;
	p.crc = p.local_crc = 0x01020304;
	zadd(&zip, p);
	p = deflated(PART("b", "text"));
	p.size = 3;
	zadd(&zip, p);
	unpacks_to("file a size=4 crc=01020304: \"text\" partial: CRC-32 is "
		   "3b8ba7c7, its header says 01020304\n"
		   "file b size=3 crc=3b8ba7c7: \"text\" partial: 4 bytes "
		   "came, its header says 3\n");
}

/* What the directory hides, what stands before and between, two zips one
 * behind the other. */
static void
unlisted(void **state)
{
	struct zip_part p = deflated(PART("hidden", "hidden text"));
	struct spill_span s;
	struct spill_buf two = SPILL_BUF_INIT(1 << 20);

	(void)state;
	zadd(&zip, PART("a", "aa"));
	p.unlisted = true;
	zadd(&zip, p);
	zadd(&zip, PART("c", "cc"));
	unpacks_to("file a size=2 crc=078a19d7: \"aa\" ok\n"
		   "file c size=2 crc=dbb21a79: \"cc\" ok\n"
		   "flaw anomaly 0x21+36: a member that the central directory "
		   "does not list\n"
		   "file hidden size=11 crc=c932cd75: \"hidden text\" ok\n");
	s = spill_buf_as_span(&zip.b);
	spill_buf_puts(&two, "MZ, or whatever a program begins with");
	spill_buf_span(&two, s);
	spill_buf_span(&two, s);
	run(spill_buf_as_span(&two));
	assert_int_equal(zlog.members, 6);
	assert_int_equal(zlog.flaws, 2);
	spill_buf_release(&two);
}

static void
no_directory(void **state)
{
	struct zip_part p = deflated(PART("c", "streamed and deflated"));
	struct spill_span s;

	(void)state;
	zadd(&zip, PART("a", "aa"));
	p.streamed = true;
	zadd(&zip, p);
	p.bare = true;
	p.name = SPILL_SPAN("d");
	zadd(&zip, p);
	p.method = 0;
	p.bare = false;
	p.name = SPILL_SPAN("e");
	zadd(&zip, p);
	zadd(&zip, PART("f", "ff"));
	s = spill_buf_as_span(&zip.b);
	zlog.plain = true;
	run(s);
	assert_unpacked(&zlog,
	    "flaw damaged 0x10e+0: no end of central directory\n"
	    "file a size=2 crc=078a19d7: \"aa\" ok\n"
	    "file c: \"streamed and deflated\" ok\n"
	    "file d: \"streamed and deflated\" ok\n"
	    "file e: \"streamed and deflated\" ok\n"
	    "file f size=2 crc=d6af1ab3: \"ff\" ok\n");
	assert_int_equal(s.len, 0x10e);
}

/* A local header that is gone: its content ends where the next begins. */
static void
header_lost(void **state)
{
	struct zip_part p = PART("a", "the text of a");
	struct spill_span s;

	(void)state;
	p.extra = SPILL_SPAN("\xfe\xca\x04\x00what");
	zadd(&zip, p);
	zadd(&zip, PART("b", "b"));
	s = zdone(&zip);
	memset(zip.b.p, 0, 39);
	zlog.plain = true;
	run(s);
	assert_unpacked(&zlog,
	    "flaw damaged 0x0+0: no local header of 'a' here\n"
	    "file a size=13 crc=0e2694fe: \"the text of a\" ok\n"
	    "file b size=1 crc=71beeff9: \"b\" ok\n");
}

/* --- overlaps ----------------------------------------------------------- */

/* One kernel under 60,000 names: it is read once. */
static void
one_kernel_many_names(void **state)
{
	static char zeros[1 << 20];
	static const struct spill_unpack_conf conf;
	struct zip_part p = { .name = SPILL_SPAN("n"),
		.method = 8,
		.text = { zeros, sizeof(zeros) } };
	struct spill_unpack_sink sink = unpack_log_sink(&zlog);
	struct unpack_counted c;

	(void)state;
	zadd(&zip, p);
	zip.dir = zip.b.len;
	for (unsigned i = 0; i < 60000; i++)
		zcentral(&zip, &zip.part[0]);
	zend(&zip, zip.dir, 60000);
	zlog.quiet = true;
	unpack_counted(&c, spill_buf_as_span(&zip.b));
	assert_int_equal(spill_unpack_zip.run(&c.src, &conf, &sink), SPILL_OK);
	assert_int_equal(zlog.members, 60000);
	assert_int_equal(zlog.bytes, sizeof(zeros));
	assert_int_equal(zlog.flaws, 1);
	assert_true(c.read < 20 * zip.b.len);
}

/* Each is stored, and holds the next with its header, as a chain of boxes:
 * only the last is as small as it says. */
static void
boxes_within_boxes(void **state)
{
	struct zip_part p = PART("x", "kernel");
	uint64_t at[8], end;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		p.name.p = &"abcdefgh"[i];
		at[i] = zip.b.len;
		zadd(&zip, p);
		zip.b.len = (size_t)zip.part[i].packed; /* over its text */
	}
	spill_buf_puts(&zip.b, "kernel");
	end = zip.b.len;
	for (unsigned i = 0; i < 8; i++) {
		struct zip_part *q = &zip.part[i];

		q->text = span_of(zip.b.p + q->packed, end - q->packed);
		q->text.p = memcpy(malloc(q->text.len), q->text.p, q->text.len);
		q->packed_len = q->text.len;
		q->at = at[i];
	}
	run(zdone(&zip));
	assert_int_equal(zlog.members, 8);
	assert_non_null(strstr(spill_buf_str(&zlog.text), "\"kernel\" ok\n"));
	assert_true(zlog.bytes <= 2 * end);
	assert_non_null(strstr(
	    spill_buf_str(&zlog.text), "7 members begin inside of others"));
	for (unsigned i = 0; i < 8; i++)
		free((char *)(uintptr_t)zip.part[i].text.p);
}

/* A false member that lies over all others hides none of them. */
static void
wrapper_hides_nothing(void **state)
{
	struct zip_part all = PART("all", "x");

	(void)state;
	zadd(&zip, all);
	zadd(&zip, deflated(PART("secret", "secret secret secret secret")));
	zadd(&zip, PART("plain", "plain text"));
	zip.part[0].packed_len = zip.b.len - zip.part[0].packed;
	zip.part[0].size = zip.part[0].csize = (uint32_t)zip.part[0].packed_len;
	run(zdone(&zip));
	assert_non_null(strstr(
	    spill_buf_str(&zlog.text), "\"secret secret secret secret\" ok"));
	assert_non_null(strstr(spill_buf_str(&zlog.text), "\"plain text\" ok"));
}

/* --- what members are --------------------------------------------------- */

static void
names(void **state)
{
	static const char *const raw[] = { "../../x", "/abs", "C:\\x", "..\\x",
		"x/../../y", ".", "same", "same", "\x81\x40\x83\x65",
		"caf\x82.txt", "na\xc3\xafve" };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(raw); i++)
		zadd(&zip, (struct zip_part){ .name = spill_span(raw[i]) });
	zadd(&zip, PART("nul\0inside", ""));
	zadd(&zip, PART("", "no name"));
	zadd(&zip, (struct zip_part){
		       .name = SPILL_SPAN("\xff\xfe"), .flags = 1 << 11 });
	unpacks_to("file ../../x size=0 crc=00000000: ok\n"
		   "file /abs size=0 crc=00000000: ok\n"
		   "file C:\\x size=0 crc=00000000: ok\n"
		   "file ..\\x size=0 crc=00000000: ok\n"
		   "file x/../../y size=0 crc=00000000: ok\n"
		   "file . size=0 crc=00000000: ok\n"
		   "file same size=0 crc=00000000: ok\n"
		   "file same size=0 crc=00000000: ok\n"
		   "file \\x81@\\x83e size=0 crc=00000000 note=name in CP932 "
		   "(guess): ok\n"
		   "file caf\\x82.txt size=0 crc=00000000 note=name in CP437 "
		   "or another 8-bit charset (guess): ok\n"
		   "file na\xc3\xafve size=0 crc=00000000 note=name in UTF-8 "
		   "(guess): ok\n"
		   "file nul\\x00inside size=0 crc=00000000: ok\n"
		   "file size=7 crc=01e1db57: \"no name\" ok\n"
		   "file \\xff\\xfe size=0 crc=00000000 note=name is said to "
		   "be in UTF-8, and is not: ok\n");
}

static void
long_name(void **state)
{
	static char name[UINT16_MAX];

	(void)state;
	memset(name, 'n', sizeof(name));
	zadd(&zip, (struct zip_part){ .name = span_of(name, sizeof(name)),
		       .text = SPILL_SPAN("t") });
	run(zdone(&zip));
	assert_int_equal(zlog.members, 1);
	assert_non_null(strstr(spill_buf_str(&zlog.text), "nnn size=1 "));
	assert_int_equal(zlog.flaws, 0);
}

/* The Unicode path: with the CRC of the name that it is for, or another. */
static void
unicode_path(void **state)
{
	static char extra[] = "\x75\x70\x09\x00\x01....\xc3\xa9.t";
	struct zip_part p = PART("\x82.t", "");
	uint32_t crc = zcrc(p.name);

	(void)state;
	memcpy(extra + 5, &crc, 4);
	p.extra = span_of(extra, 13);
	zadd(&zip, p);
	unpacks_to("file \\x82.t title=\xc3\xa9.t size=0 crc=00000000 "
		   "note=name in CP437 or another 8-bit charset (guess): ok\n");
}

static struct zip_part
unix_part(const char *name, const char *text, unsigned mode)
{
	return (struct zip_part){ .name = spill_span(name),
		.text = spill_span(text),
		.made = 3 << 8 | 20,
		.attr = mode << 16 };
}

static void
kinds(void **state)
{
	(void)state;
	zadd(&zip, unix_part("l", "../../etc/passwd", 0120777));
	zadd(&zip, unix_part("l", "a file through the link", 0100644));
	zadd(&zip, unix_part("dev", "", 0020600));
	zadd(&zip, unix_part("pipe", "", 0010600));
	zadd(&zip, unix_part("suid", "", 0104755));
	zadd(&zip, unix_part("folder", "", 0040755));
	run(zdone(&zip));
	assert_unpacked(&zlog,
	    "link l -> ../../etc/passwd size=16 crc=df406b03 mode=777: "
	    "\"../../etc/passwd\" ok\n"
	    "file l size=23 crc=bdeeff02 mode=644: \"a file through the "
	    "link\" ok\n"
	    "special dev size=0 crc=00000000 mode=600: ok\n"
	    "special pipe size=0 crc=00000000 mode=600: ok\n"
	    "file suid size=0 crc=00000000 mode=4755: ok\n"
	    "dir folder size=0 crc=00000000 mode=755: skipped\n");
}

static void
encrypted(void **state)
{
	struct zip_part p = PART("secret", "123456789012ciphertext");

	(void)state;
	p.flags = 1;
	p.size = 10;
	zadd(&zip, p);
	p.method = 99;
	p.extra = SPILL_SPAN("\x01\x99\x07\x00\x02\x00"
			     "AE\x03\x08\x00");
	zadd(&zip, p);
	unpacks_to("file secret size=10 crc=cb24141d encrypted "
		   "note=encrypted by PKZIP's cipher: encrypted\n"
		   "file secret size=10 encrypted "
		   "note=encrypted by AES; compressed by Deflate: "
		   "encrypted\n");
}

static void
methods(void **state)
{
	struct zip_part p = PART("a", "whatever");

	(void)state;
	p.method = 9;
	zadd(&zip, p);
	p.method = 77;
	zadd(&zip, p);
	p.method = 14; /* a dictionary of 4 GiB */
	p.text = SPILL_SPAN("\x05\x02\x05\x00\x5d\xff\xff\xff\xff\x00\x00\x00");
	zadd(&zip, p);
	unpacks_to("file a size=8 crc=4e1143b3 note=compressed by Deflate64: "
		   "unsupported: compression method 9, Deflate64\n"
		   "file a size=8 crc=4e1143b3: unsupported: compression "
		   "method 77\n"
		   "file a size=12 crc=f183056c note=compressed by LZMA: "
		   "unsupported: needs a dictionary of 4294967295 bytes, the "
		   "limit is 268435456\n"
		   "flaw limit 0x4e+0: needs a dictionary of 4294967295 "
		   "bytes, the limit is 268435456\n");
}

/* --- times -------------------------------------------------------------- */

static void
time_is(struct zip_part p, const char *want)
{
	zfree(&zip);
	p.name = SPILL_SPAN("t");
	zadd(&zip, p);
	run(zdone(&zip));
	assert_string_equal(
	    unpack_line(&zlog, "file t size=0 crc=00000000"), want);
}

static void
times_checked(void)
{
	static const char ut[] = "\x55\x54\x05\x00\x01\x00\x00\x00\x40";
	static char nt[] = "\x0a\x00\x20\x00....\x01\x00\x18\x00"
			   "\x87\xd6\x12\x00\x00\x00\x00\x00"
			   "\x00\x00\x00\x00\x00\x00\x00\x00"
			   "\x00\x80\x3e\xd5\xde\xb1\x9d\x01";
	struct zip_part p = { 0 };

	p.date = 0x5863; /* 2024-03-03 */
	p.time = 0x6000; /* 12:00:00 */
	time_is(p, "file t size=0 crc=00000000 "
		   "modified=2024-03-03T12:00:00: ok");
	p.extra = span_of(ut, sizeof(ut) - 1);
	time_is(p, "file t size=0 crc=00000000 "
		   "modified=2004-01-10T13:37:04Z: ok");
	p.extra = span_of(nt, sizeof(nt) - 1);
	time_is(p, "file t size=0 crc=00000000 "
		   "born=1970-01-01T00:00:00.0000000Z "
		   "modified=1601-01-01T00:00:00.1234567Z "
		   "accessed=1601-01-01T00:00:00.0000000Z: ok");
	p = (struct zip_part){ .date = 0xfe21, .time = 0 };
	time_is(p, "file t size=0 crc=00000000 "
		   "modified=2107-01-01T00:00:00: ok");
	p = (struct zip_part){ .date = 0x0021,
		.time = 25 << 11 | 61 << 5 | 31 };
	time_is(p, "file t size=0 crc=00000000 note=DOS time 0021 cfbf is "
		   "none: ok");
	time_is((struct zip_part){ .time = 1 },
	    "file t size=0 crc=00000000 note=DOS time 0000 0001 is none: ok");
	time_is((struct zip_part){ 0 }, "file t size=0 crc=00000000: ok");
}

static void
times_in_any_zone(void **state)
{
	(void)state;
	times_checked();
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	times_checked();
	setenv("TZ", "UTC0", 1);
	tzset();
}

/* --- many, large, failing ----------------------------------------------- */

static void
put_end64(struct zip_make *m, uint64_t dir, uint64_t count)
{
	uint64_t at = m->b.len;

	zput(&m->b, 0x06064b50, 4);
	zput(&m->b, 44, 8);
	zput(&m->b, 45, 4);
	zput(&m->b, 0, 8);
	zput(&m->b, count, 8);
	zput(&m->b, count, 8);
	zput(&m->b, at - dir, 8);
	zput(&m->b, dir, 8);
	zput(&m->b, 0x07064b50, 4);
	zput(&m->b, 0, 4);
	zput(&m->b, at, 8);
	zput(&m->b, 1, 4);
	zput(&m->b, 0x06054b50, 4);
	zput(&m->b, 0, 4);
	zput(&m->b, UINT32_MAX, 4);
	zput(&m->b, UINT64_MAX, 8);
	zput(&m->b, 0, 2);
}

/* 70,000 empty members, which 16 bits cannot count. */
static void
many_members(void **state)
{
	enum { COUNT = 70000 };
	struct zip_part p = PART("e", "");
	static uint64_t at[COUNT];
	const struct spill_unpack_conf little = { .memory = 1 << 20 };

	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		zip.n = 0;
		zadd(&zip, p);
		at[i] = zip.part[0].at;
	}
	zip.dir = zip.b.len;
	for (unsigned i = 0; i < COUNT; i++) {
		zip.part[0].at = at[i];
		zcentral(&zip, &zip.part[0]);
	}
	put_end64(&zip, zip.dir, COUNT);
	zlog.quiet = true;
	run(spill_buf_as_span(&zip.b));
	assert_int_equal(zlog.members, COUNT);
	assert_int_equal(zlog.flaws, 0);
	zlog.quiet = false;
	assert_int_equal(unpack_run(&spill_unpack_zip,
			     spill_buf_as_span(&zip.b), &little, &zlog),
	    SPILL_OK);
	assert_non_null(strstr(unpack_line(&zlog, "flaw limit"),
	    "members do not fit into memory"));
}

/* [APP] 4.5.3: sizes and offset in the zip64 field alone. */
static void
zip64_fields(void **state)
{
	struct zip_part p = PART("big", "small after all");
	struct spill_buf extra = SPILL_BUF_INIT(100);
	struct spill_span s;

	(void)state;
	zput(&extra, 1, 2);
	zput(&extra, 16, 2);
	zput(&extra, p.text.len, 8);
	zput(&extra, p.text.len, 8);
	p.extra = spill_buf_as_span(&extra);
	p.size = p.csize = UINT32_MAX;
	zadd(&zip, p);
	zip.dir = zip.b.len;
	zcentral(&zip, &zip.part[0]);
	put_end64(&zip, zip.dir, 1);
	s = spill_buf_as_span(&zip.b);
	zlog.plain = true;
	run(s);
	assert_unpacked(&zlog, "file big size=15 crc=ea808b69: \"small after "
			       "all\" ok\n");
	spill_buf_release(&extra);
}

/* 32 MiB of zeros in 32 KiB: the sink has enough after 1 MiB, and what
 * follows is listed. */
static void
bomb(void **state)
{
	struct zip_part p = { .name = SPILL_SPAN("bomb"), .method = 8 };
	char *zeros = calloc(1, 32 << 20);

	(void)state;
	assert_non_null(zeros);
	p.text = span_of(zeros, 32 << 20);
	zadd(&zip, p);
	zadd(&zip, PART("after", "the bomb"));
	zlog.stop = 1 << 20;
	zlog.plain = true;
	run(zdone(&zip));
	assert_true(zlog.bytes < (1 << 20) + (256 << 10));
	assert_non_null(
	    strstr(unpack_line(&zlog, "file bomb size=33554432 "), " skipped"));
	assert_non_null(
	    strstr(unpack_line(&zlog, "file after "), "\"the bomb\" ok"));
	free(zeros);
}

/* Whichever read fails, the run ends with that. */
static void
read_errors(void **state)
{
	static const struct spill_unpack_conf conf;
	struct spill_unpack_sink sink = unpack_log_sink(&zlog);
	struct unpack_counted c;
	struct spill_span s;
	unsigned fail_at = 0;
	int rc;

	(void)state;
	make_three();
	s = zdone(&zip);
	do {
		unpack_counted(&c, s);
		c.fail_at = ++fail_at;
		unpack_log_clear(&zlog);
		rc = spill_unpack_zip.run(&c.src, &conf, &sink);
		zlog.open = false;
		assert_true(rc == SPILL_EIO || c.calls < fail_at);
	} while (rc == SPILL_EIO);
	assert_int_equal(rc, SPILL_OK);
	assert_true(fail_at > 5);
}

/* A zip behind something else is found by its end. */
static void
behind_others(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	struct spill_src src;

	(void)state;
	make_three();
	spill_buf_puts(&b, "%PDF-1.4 <html>");
	src = spill_src_of(spill_buf_as_span(&b));
	assert_null(spill_unpack_behind(&src));
	spill_buf_span(&b, zdone(&zip));
	src = spill_src_of(spill_buf_as_span(&b));
	assert_ptr_equal(spill_unpack_behind(&src), &spill_unpack_zip);
	assert_null(spill_unpack_find(spill_buf_as_span(&b), NULL));
	zlog.plain = true;
	run(spill_buf_as_span(&b));
	assert_unpacked(&zlog, ONE SUB TWO);
	spill_buf_release(&b);
}

/* Streams of Office hold whole zips, pieces of some, and whatever looks like a
 * header: only the whole ones are told, each by its own directory. */
static void
inside_others(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	struct spill_span s;
	struct spill_src src;

	(void)state;
	make_three();
	s = zdone(&zip);
	spill_buf_puts(&b, "a record, with PK\3\4 in it, then ");
	spill_buf_span(&b, s);
	spill_buf_puts(&b, "another: PK\5\6");
	spill_buf_span(&b, s);
	spill_buf_span(&b, (struct spill_span){ s.p, s.len / 2 });
	spill_buf_puts(&b, "PK\5\6 and what ends the stream");
	src = spill_src_of(spill_buf_as_span(&b));
	assert_ptr_equal(spill_unpack_behind(&src), &spill_unpack_zip);
	zlog.plain = true;
	run(spill_buf_as_span(&b));
	assert_unpacked(&zlog, ONE SUB TWO ONE SUB TWO);
	spill_buf_release(&b);
}

/* A zip in records of another format, as the theme of a workbook: its parts
 * do not fit together any more. */
static void
pieces_in_others(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	struct spill_span s;
	struct spill_src src;

	(void)state;
	make_three();
	s = zdone(&zip);
	for (size_t cut = 1; cut < s.len - 1; cut++) {
		spill_buf_reset(&b);
		spill_buf_puts(&b, "theme:");
		spill_buf_span(&b, (struct spill_span){ s.p, cut });
		spill_buf_puts(&b, "<continue>");
		spill_buf_span(
		    &b, (struct spill_span){ s.p + cut, s.len - cut });
		src = spill_src_of(spill_buf_as_span(&b));
		assert_null(spill_unpack_behind(&src));
	}
	spill_buf_release(&b);
}

static void
none_at_all(void **state)
{
	(void)state;
	assert_int_equal(unpack_run(&spill_unpack_zip,
			     SPILL_SPAN("just some text"), NULL, &zlog),
	    SPILL_EFORMAT);
	assert_int_equal(
	    unpack_run(&spill_unpack_zip, SPILL_SPAN(""), NULL, &zlog),
	    SPILL_EFORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole),
		TEST(not_wanted),
		TEST(cut_at_every_byte),
		TEST(fields_off),
		TEST(local_fields_off),
		TEST(any_byte),
		TEST(lists_differ),
		TEST(bad_crc),
		TEST(unlisted),
		TEST(no_directory),
		TEST(header_lost),
		TEST(one_kernel_many_names),
		TEST(boxes_within_boxes),
		TEST(wrapper_hides_nothing),
		TEST(names),
		TEST(long_name),
		TEST(unicode_path),
		TEST(kinds),
		TEST(encrypted),
		TEST(methods),
		TEST(times_in_any_zone),
		TEST(many_members),
		TEST(zip64_fields),
		TEST(bomb),
		TEST(read_errors),
		TEST(behind_others),
		TEST(inside_others),
		TEST(pieces_in_others),
		TEST(none_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
