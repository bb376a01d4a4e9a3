/*
 * ole_test.c: compound files: what is in sound ones, and what is left of
 * damaged ones.
 */
#include <wchar.h>

#include "../../fixtures/ole.h"
#include "bytes.h"
#include "unpack_util.h"

#include <spill/ole.h>

static struct unpack_log log_;

static int
teardown(void **state)
{
	(void)state;
	unpack_log_free(&log_);
	memset(&log_, 0, sizeof(log_));
	return 0;
}

struct file {
	uint8_t *p;
	size_t len;
};

static const char *
run(const struct file *f)
{
	assert_int_equal(
	    unpack_run(&spill_unpack_ole, span_of(f->p, f->len), NULL, &log_),
	    SPILL_OK);
	return spill_buf_str(&log_.text);
}

static uint32_t
get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static unsigned
shift_of(const struct file *f)
{
	return f->p[30];
}

static uint8_t *
sector(const struct file *f, uint32_t id)
{
	return f->p + (((size_t)id + 1) << shift_of(f));
}

/* Of small files: the directory and the FAT are in one piece each. */
static uint8_t *
entry(const struct file *f, unsigned id)
{
	return sector(f, get32(f->p + 48)) + (size_t)id * 128;
}

static uint8_t *
fat(const struct file *f, uint32_t id)
{
	return sector(f, get32(f->p + 76)) + (size_t)id * 4;
}

static uint8_t *
mini_fat(const struct file *f, uint32_t id)
{
	return sector(f, get32(f->p + 60)) + (size_t)id * 4;
}

/* Any bytes, no 64 of them alike. */
static void
pattern(uint8_t *p, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i += 4)
		put32(p + i, seed + (uint32_t)i);
}

#define FIRST  5000
#define SECOND 9000

/* Entries: 1 memo (mini), 2 first, 3 second (sectors in turn), 4 a storage,
 * 5 an empty stream and 6 a text in it. */
static struct file
sample(unsigned version)
{
	static uint8_t data[SECOND];
	struct ole_make *o = ole_make(version);
	struct file f;

	(void)ole_make_add(o, 0, L"memo", "EXERCISE", 8);
	pattern(data, SECOND, 0);
	(void)ole_make_add(o, 0, L"first", data, FIRST);
	pattern(data, SECOND, 1u << 20);
	(void)ole_make_add(o, 0, L"second", data, SECOND);
	(void)ole_make_add(o, 0, L"\5Store\xe9", NULL, 0);
	ole_make_times(o, 4, 133618464000000000, 133618464000000001);
	(void)ole_make_add(o, 4, L"none", "", 0);
	memset(data, 'x', 64);
	(void)ole_make_add(o, 4, L"a text", data, 100);
	f.p = ole_make_end(o, &f.len);
	return f;
}

static void
of_version(unsigned version)
{
	struct file f = sample(version);

	assert_true(spill_unpack_ole.is(span_of(f.p, f.len), NULL));
	assert_string_equal(run(&f),
	    "file memo size=8: \"EXERCISE\" ok\n"
	    "file first size=5000: 5000 bytes ok\n"
	    "file second size=9000: 9000 bytes ok\n"
	    "dir \\x05Store\xc3\xa9 born=2024-06-03T00:00:00.0000000Z "
	    "modified=2024-06-03T00:00:00.0000001Z: skipped\n"
	    "file \\x05Store\xc3\xa9/none size=0: ok\n"
	    "file \\x05Store\xc3\xa9/a text size=100: 100 bytes ok\n");
	free(f.p);
}

static void
test_both_versions(void **state)
{
	(void)state;
	of_version(3);
	of_version(4);
}

/* The bytes that a stream gives are those that were put in. */
static void
test_content(void **state)
{
	static uint8_t data[3000000];
	struct file f;

	(void)state;
	pattern(data, sizeof(data), 7);
	for (size_t n = 1; n < sizeof(data); n = n * 3 + 1) {
		struct ole_make *o = ole_make(n % 2 ? 3 : 4);

		(void)ole_make_add(o, 0, L"one", data, n);
		(void)ole_make_add(o, 0, L"longer", data + 8, n - 1);
		f.p = ole_make_end(o, &f.len);
		(void)run(&f);
		assert_int_equal(log_.members, 2);
		assert_int_equal(log_.flaws, 0);
		assert_int_equal(log_.bytes, 2 * n - 1);
		n--;
		/* The recorder may keep less of it than there is. */
		assert_true(log_.content.len >= SPILL_MIN(n, 1u << 20));
		assert_memory_equal(log_.content.p, data + 8, log_.content.len);
		n++;
		free(f.p);
	}
}

/* More than 109 sectors of the FAT: their numbers are in a chain. */
static void
test_difat(void **state)
{
	size_t n = 16u << 20;
	uint8_t *data = malloc(n);
	struct ole_make *o = ole_make(3);
	struct file f;

	(void)state;
	assert_non_null(data);
	pattern(data, n, 0);
	(void)ole_make_add(o, 0, L"large", data, n);
	f.p = ole_make_end(o, &f.len);
	assert_true(get32(f.p + 72) > 1);
	assert_string_equal(
	    run(&f), "file large size=16777216: 16777216 bytes ok\n");
	/* The chain of them is a loop from its first sector on. */
	put32(sector(&f, get32(f.p + 68)) + 508, get32(f.p + 68));
	(void)run(&f);
	assert_string_equal(unpack_line(&log_, "flaw"),
	    "flaw damaged 0x0+0: the FAT has 259 sectors, and 236 of them can "
	    "be found");
	/* A sector's own number is known from the one before it. */
	assert_string_equal(unpack_line(&log_, "file"),
	    "file large size=16777216: 15467008 bytes partial: its part of the "
	    "FAT is lost");
	free(f.p);
	free(data);
}

/* --- damage ------------------------------------------------------------- */

#define assert_line(begin, want) \
	assert_string_equal(unpack_line(&log_, begin), want)

static void
test_chains(void **state)
{
	struct file f = sample(3);
	uint32_t start = get32(entry(&f, 2) + 116), next;

	(void)state;
	next = get32(fat(&f, start));
	put32(fat(&f, next), start);
	(void)run(&f);
	assert_line("file first",
	    "file first size=5000: 1024 bytes partial: its chain of sectors "
	    "is a loop");
	assert_line("file second", "file second size=9000: 9000 bytes ok");
	put32(fat(&f, next), 0xfffffffe);
	(void)run(&f);
	assert_line("file first",
	    "file first size=5000: 1024 bytes partial: its chain of sectors "
	    "ends early");
	put32(fat(&f, next), 0xffffffff);
	(void)run(&f);
	assert_line("file first",
	    "file first size=5000: 1024 bytes partial: its chain of sectors "
	    "leads to a free one");
	put32(fat(&f, next), (uint32_t)(f.len / 512));
	(void)run(&f);
	assert_line("file first",
	    "file first size=5000: 1024 bytes partial: its chain of sectors "
	    "leads out of the file");
	/* Into the other's: both have all of it, and say so. */
	put32(fat(&f, next), get32(entry(&f, 3) + 116));
	(void)run(&f);
	assert_line("file first", "file first size=5000: 5000 bytes ok");
	assert_line("file second",
	    "file second size=9000: 9000 bytes ok: another stream has sectors "
	    "of it, too");
	free(f.p);
}

static void
test_mini_chains(void **state)
{
	struct file f = sample(3);
	uint32_t start = get32(entry(&f, 6) + 116);

	(void)state;
	put32(mini_fat(&f, start), start);
	(void)run(&f);
	assert_line("file \\x05Store\xc3\xa9/a text",
	    "file \\x05Store\xc3\xa9/a text size=100: \"xxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\" partial: its chain "
	    "of sectors is a loop");
	put32(entry(&f, 6) + 116, 4000);
	(void)run(&f);
	assert_line("file \\x05Store\xc3\xa9/a text",
	    "file \\x05Store\xc3\xa9/a text size=100: partial: its chain of "
	    "sectors leads out of the file");
	/* No mini stream at all. */
	put32(entry(&f, 0) + 116, 0xfffffffe);
	(void)run(&f);
	assert_line("file memo",
	    "file memo size=8: partial: its chain of sectors leads out of the "
	    "file");
	assert_line("file second", "file second size=9000: 9000 bytes ok");
	free(f.p);
}

static void
test_sizes(void **state)
{
	struct file f = sample(3), g = sample(4);

	(void)state;
	/* Version 3: the upper half is not looked at... */
	put32(entry(&f, 2) + 124, 0x80000000);
	(void)run(&f);
	assert_line("file first", "file first size=5000: 5000 bytes ok");
	/* ... unless the lower is nothing. */
	put64(entry(&f, 2) + 120, (uint64_t)1 << 63);
	(void)run(&f);
	assert_line("file first",
	    "file first: 5120 bytes partial: its chain of sectors ends early");
	put64(entry(&g, 2) + 120, (uint64_t)1 << 63);
	(void)run(&g);
	assert_line("file first",
	    "file first size=9223372036854775808: 8192 bytes partial: its "
	    "chain of sectors ends early");
	/* Of the mini stream. */
	put64(entry(&g, 0) + 120, UINT64_MAX);
	(void)run(&g);
	assert_line("flaw",
	    "flaw damaged 0x0+0: the mini stream is 18446744073709551615 "
	    "bytes, and 4096 of them are there");
	assert_line("file memo", "file memo size=8: \"EXERCISE\" ok");
	free(f.p);
	free(g.p);
}

static void
test_tree(void **state)
{
	struct file f = sample(3);
	uint32_t child = get32(entry(&f, 4) + 76);

	(void)state;
	put32(entry(&f, 4) + 76, 4); /* its own child */
	(void)run(&f);
	assert_int_equal(log_.members, 6);
	assert_line("flaw",
	    "flaw damaged 0x4000+128: 1 links of the tree lead to an entry "
	    "twice, the first is of entry 4");
	assert_line("file none",
	    "file none size=0 note=the directory tree does not lead to it: ok");
	assert_line("file a text",
	    "file a text size=100 note=the directory tree does not lead to it: "
	    "100 bytes ok");
	put32(entry(&f, 4) + 76, 0);
	(void)run(&f);
	assert_line("flaw",
	    "flaw damaged 0x3e00+128: 1 links of the tree lead to an entry "
	    "twice, the first is of entry 0");
	put32(entry(&f, 4) + 76, 1000);
	(void)run(&f);
	assert_line("flaw",
	    "flaw damaged 0x4000+128: 1 links of the tree lead to no entry, "
	    "the first is of entry 4");
	put32(entry(&f, 4) + 76, child);
	entry(&f, child)[66] = 7;
	(void)run(&f);
	assert_line("flaw",
	    "flaw damaged 0x4100+128: 1 links of the tree lead to what is no "
	    "member, the first is of entry 6");
	assert_int_equal(log_.members, 6);
	free(f.p);
}

/* An entry that was freed, but not zeroed. Its sectors are told as long as
 * they are nobody else's. */
static void
test_freed(void **state)
{
	struct file f = sample(3);

	(void)state;
	entry(&f, 2)[66] = 0;
	put32(entry(&f, 1) + 72, 0xffffffff);
	put32(entry(&f, 1) + 68, 0xffffffff);
	put32(entry(&f, 0) + 76, 1);
	(void)run(&f);
	assert_line("file first",
	    "file first size=5000 note=a directory entry that is not in use: "
	    "5000 bytes ok");
	put32(entry(&f, 2) + 116, 0);
	put32(entry(&f, 3) + 116, 0);
	put32(entry(&f, 0) + 76, 3);
	put32(entry(&f, 3) + 68, 0xffffffff);
	put32(entry(&f, 3) + 72, 0xffffffff);
	(void)run(&f);
	assert_line("file first",
	    "file first size=5000 note=a directory entry that is not in use: "
	    "partial: its sectors are another stream's");
	free(f.p);
}

static void
test_names(void **state)
{
	struct ole_make *o = ole_make(3);
	struct file f;

	(void)state;
	(void)ole_make_add(o, 0, L"a/b", "1", 1);
	(void)ole_make_add(o, 0, L"../..", NULL, 0);
	(void)ole_make_add(o, 2, L"\xd800|", "2", 1);
	(void)ole_make_add(o, 0, L"0123456789012345678901234567890", "3", 1);
	(void)ole_make_add(o, 0, L"nul?", "4", 1);
	(void)ole_make_add(o, 0, L"length", "5", 1);
	f.p = ole_make_end(o, &f.len);
	put16(entry(&f, 5) + 6, 0);
	put16(entry(&f, 6) + 64, 0xffff);
	assert_string_equal(run(&f),
	    "file a%2Fb size=1 note=a / of its name is %2F here: \"1\" ok\n"
	    "file nul\\x00 size=1: \"4\" ok\n"
	    "dir ..%2F.. note=a / of its name is %2F here: skipped\n"
	    "file ..%2F../\\xed\\xa0\\x80| size=1 note=a / of its name is %2F "
	    "here: \"2\" ok\n"
	    "file length size=1 note=the length of its name is wrong: \"5\" "
	    "ok\n"
	    "file 0123456789012345678901234567890 size=1: \"3\" ok\n");
	free(f.p);
}

static void
test_header(void **state)
{
	static const struct {
		unsigned at, len;
		uint32_t v;
		const char *flaw; /* the first */
	} fields[] = {
		{ 26, 2, 4,
		    "anomaly 0x1a+6: version 4 with a sector shift of 9, taken "
		    "as version 3" },
		{ 26, 2, 0xffff,
		    "anomaly 0x1a+6: version 65535 with a sector shift of 9, "
		    "taken as version 3" },
		{ 28, 2, 0,
		    "anomaly 0x1c+2: its byte order is 0, taken as 0xfffe" },
		{ 30, 2, 0,
		    "anomaly 0x1a+6: version 3 with a sector shift of 0, taken "
		    "as version 3" },
		{ 30, 2, 0xffff,
		    "anomaly 0x1a+6: version 3 with a sector shift of 65535, "
		    "taken as version 3" },
		{ 32, 2, 1,
		    "anomaly 0x20+2: its mini sector shift is 0x1, taken as "
		    "0x6" },
		{ 40, 4, 0xffffffff, NULL },
		{ 44, 4, 0, NULL },
		{ 56, 4, 0xffffffff,
		    "anomaly 0x38+4: its size below which streams are mini is "
		    "0xffffffff, taken as 0x1000" },
		{ 64, 4, 0xffffffff, NULL },
		{ 68, 4, 0, NULL },
		{ 72, 4, 0xffffffff, NULL },
	};
	struct file f = sample(3);
	char want[200];
	uint8_t was[8];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(fields); i++) {
		memcpy(was, f.p + fields[i].at, 8);
		for (unsigned k = 0; k < fields[i].len; k++)
			f.p[fields[i].at + k] =
			    (uint8_t)(fields[i].v >> (8 * k));
		(void)run(&f);
		(void)snprintf(want, sizeof(want), "%s%s",
		    fields[i].flaw ? "flaw " : "",
		    fields[i].flaw ? fields[i].flaw : "");
		assert_line("flaw", want);
		assert_int_equal(log_.members, 6);
		assert_int_equal(log_.bytes, 8 + FIRST + SECOND + 100);
		memcpy(f.p + fields[i].at, was, 8);
	}
	free(f.p);
}

/* What cannot be told without the table that a field leads to. */
static void
test_lost_tables(void **state)
{
	struct file f = sample(3);
	uint32_t was;

	(void)state;
	for (uint32_t v = 0xfffffff9; v != 0; v = v == 0xfffffff9 ? 500 : 0) {
		was = get32(f.p + 76);
		put32(f.p + 76, v);
		(void)run(&f);
		assert_true(log_.flaws >= 1);
		put32(f.p + 76, was);
		was = get32(f.p + 48);
		put32(f.p + 48, v);
		(void)run(&f);
		assert_true(log_.flaws >= 1);
		assert_int_equal(log_.members, 0);
		put32(f.p + 48, was);
		was = get32(f.p + 60);
		put32(f.p + 60, v);
		(void)run(&f);
		assert_true(log_.flaws >= 1);
		assert_line("file memo", "file memo size=8: \"EXERCISE\" ok");
		put32(f.p + 60, was);
	}
	free(f.p);
}

static void
test_cut(void **state)
{
	struct file f = sample(3);
	struct file whole = f;
	uint64_t before = 0;

	(void)state;
	log_.quiet = true;
	for (f.len = 0; f.len < whole.len; f.len++) {
		int rc = unpack_run(
		    &spill_unpack_ole, span_of(f.p, f.len), NULL, &log_);

		assert_int_equal(rc, f.len < 8 ? SPILL_EFORMAT : SPILL_OK);
		if (rc == SPILL_OK)
			assert_true(log_.flaws > 0);
		assert_true(log_.bytes >= before || log_.bytes == 0);
		before = log_.bytes;
	}
	(void)run(&whole);
	assert_int_equal(log_.flaws, 0);
	log_.quiet = false;
	f.len = 100;
	(void)run(&f);
	assert_line(
	    "flaw", "flaw damaged 0x64+412: the file ends in its header");
	free(whole.p);
}

/* Every byte of the tables at 0, 1 and its largest. */
static void
test_any_byte(void **state)
{
	static const uint8_t values[] = { 0, 1, 0xff };
	struct file f = sample(3);
	size_t dir = (size_t)(entry(&f, 0) - f.p);
	size_t table = (size_t)(fat(&f, 0) - f.p);

	(void)state;
	log_.quiet = true;
	for (size_t at = 8; at < f.len; at++) {
		uint8_t was = f.p[at];

		if (at >= 512 && !(at >= dir && at < dir + 1024) &&
		    !(at >= table && at < table + 256))
			continue;
		for (size_t v = 0; v < SPILL_COUNT(values); v++) {
			f.p[at] = values[v];
			(void)run(&f);
			assert_true(log_.bytes <= 3 * f.len);
		}
		f.p[at] = was;
	}
	free(f.p);
}

/* --- bounds ------------------------------------------------------------- */

/* Storages in each other, and streams that all have the same sectors. */
static void
test_limits(void **state)
{
	struct ole_make *o = ole_make(3);
	struct file f;
	unsigned id = 0;

	(void)state;
	for (int i = 0; i < 150; i++)
		id = ole_make_add(o, id, L"d", NULL, 0);
	(void)ole_make_add(o, id, L"deep", "x", 1);
	f.p = ole_make_end(o, &f.len);
	(void)run(&f);
	assert_int_equal(log_.members, 151);
	assert_non_null(strstr(spill_buf_str(&log_.text),
	    "1 entries are more than 100 storages deep"));
	assert_line("file deep",
	    "file deep size=1 note=the directory tree does not lead to it: "
	    "\"x\" ok");
	free(f.p);

	o = ole_make(3);
	for (int i = 0; i < 100; i++)
		(void)ole_make_add(o, 0, L"same", f.p = calloc(1, 100000),
		    i == 0 ? 100000 : 5000),
		    free(f.p);
	f.p = ole_make_end(o, &f.len);
	for (unsigned i = 2; i <= 100; i++) {
		put32(entry(&f, i) + 116, get32(entry(&f, 1) + 116));
		put32(entry(&f, i) + 120, 100000);
	}
	log_.quiet = true;
	(void)run(&f);
	assert_int_equal(log_.members, 100);
	assert_true(log_.bytes > f.len && log_.bytes <= f.len + 200000);
	log_.quiet = false;
	free(f.p);
}

static void
test_memory(void **state)
{
	const struct spill_unpack_conf conf = { .memory = 500 };
	struct file f = sample(3);

	(void)state;
	assert_int_equal(
	    unpack_run(&spill_unpack_ole, span_of(f.p, f.len), &conf, &log_),
	    SPILL_OK);
	assert_int_equal(log_.members, 0);
	assert_non_null(strstr(
	    unpack_line(&log_, "flaw limit"), "its tables need more than"));
	free(f.p);
}

/* Each sector is read once or twice, whatever their order. */
static void
test_linear(void **state)
{
	static uint8_t data[1 << 20];
	struct ole_make *o = ole_make(3);
	struct spill_unpack_sink sink = unpack_log_sink(&log_);
	const struct spill_unpack_conf conf = { 0 };
	struct unpack_counted c;
	struct file f;

	(void)state;
	for (int i = 0; i < 500; i++)
		(void)ole_make_add(o, 0, L"s", data, 5000);
	f.p = ole_make_end(o, &f.len);
	unpack_counted(&c, span_of(f.p, f.len));
	assert_int_equal(spill_unpack_ole.run(&c.src, &conf, &sink), SPILL_OK);
	assert_int_equal(log_.members, 500);
	assert_true(c.read < 2 * f.len);
	/* A source that fails ends it. */
	unpack_counted(&c, span_of(f.p, f.len));
	c.fail_at = 20;
	assert_int_equal(spill_unpack_ole.run(&c.src, &conf, &sink), SPILL_EIO);
	free(f.p);
}

static void
test_sink(void **state)
{
	struct file f = sample(3);

	(void)state;
	log_.no_content = true;
	(void)run(&f);
	assert_int_equal(log_.members, 6);
	assert_line("file first", "file first size=5000: skipped");
	log_.no_content = false;
	log_.stop = 100;
	(void)run(&f);
	assert_line("file memo", "file memo size=8: \"EXERCISE\" ok");
	assert_true(
	    strstr(unpack_line(&log_, "file second"), "skipped") != NULL);
	log_.stop = 0;
	log_.fail_at = 3;
	assert_int_equal(
	    unpack_run(&spill_unpack_ole, span_of(f.p, f.len), NULL, &log_),
	    SPILL_EIO);
	assert_int_equal(log_.members, 3);
	free(f.p);
}

/* --- packaged files ----------------------------------------------------- */

static struct file
package(const wchar_t *wide, int cut)
{
	struct ole_make *o = ole_make(3);
	size_t n;
	unsigned char *raw = ole_make_native(
	    "annex.txt", "C:\\ana\\annex.txt", wide, "NATO EXERCISE", 13, &n);
	struct file f;

	(void)ole_make_add(o, 0, L"ObjectPool", NULL, 0);
	(void)ole_make_add(o, 1, L"\1Ole10Native", raw, n - (size_t)cut);
	f.p = ole_make_end(o, &f.len);
	free(raw);
	return f;
}

static void
test_native(void **state)
{
	struct file f = package(NULL, 0);

	(void)state;
	assert_string_equal(run(&f),
	    "dir ObjectPool: skipped\n"
	    "file ObjectPool/\\x01Ole10Native size=75: 75 bytes ok\n"
	    "file ObjectPool/\\x01Ole10Native/annex.txt title=annex.txt "
	    "size=13 "
	    "note=packaged from C:\\ana\\annex.txt: \"NATO EXERCISE\" "
	    "ok\n");
	free(f.p);
	f = package(L"C:\\\x0101nn\x00e9x.txt", 0);
	(void)run(&f);
	assert_line("file ObjectPool/\\x01Ole10Native/",
	    "file ObjectPool/\\x01Ole10Native/annex.txt "
	    "title=C:\\\xc4\x81nn\xc3\xa9x.txt size=13 "
	    "note=packaged from C:\\\xc4\x81nn\xc3\xa9x.txt: "
	    "\"NATO EXERCISE\" ok");
	free(f.p);
	f = package(NULL, 5);
	(void)run(&f);
	assert_line("file ObjectPool/\\x01Ole10Native/",
	    "file ObjectPool/\\x01Ole10Native/annex.txt title=annex.txt "
	    "size=13 "
	    "note=packaged from C:\\ana\\annex.txt: \"NATO EXE\" partial: "
	    "it "
	    "ends behind its stream");
	free(f.p);
	/* Of another kind, or cut in its head: no file. */
	for (int cut = 14; cut < 75; cut++) {
		f = package(NULL, cut);
		(void)run(&f);
		assert_int_equal(log_.members, cut <= 13 ? 3 : 2);
		free(f.p);
	}
}

/* A document of one stream; in a storage, it is part of another. */
static void
document(const wchar_t *name, struct spill_span s, unsigned flaws)
{
	for (unsigned inner = 0; inner < 2; inner++) {
		struct ole_make *o = ole_make(3);
		unsigned in = 0;
		struct file f;

		if (inner)
			in = ole_make_add(o, 0, L"ObjectPool", NULL, 0);
		(void)ole_make_add(o, in, name, s.p, s.len);
		f.p = ole_make_end(o, &f.len);
		(void)run(&f);
		assert_int_equal(log_.flaws, inner ? 0 : flaws);
		if (!inner && flaws > 0)
			assert_line("flaw encrypted",
			    "flaw encrypted 0x0+0: the document is encrypted");
		free(f.p);
	}
}

static void
test_encrypted(void **state)
{
	(void)state;
	document(L"WordDocument", SPILL_SPAN("\xec\xa5\xc1\0......\0\1.."), 1);
	document(L"WordDocument", SPILL_SPAN("\xec\xa5\xc1\0......\1\0.."), 0);
	document(L"WordDocument", SPILL_SPAN("\xec\xa5"), 0);
	document(
	    L"Workbook", SPILL_SPAN("\x09\x08\2\0..\x86\0\0\0\x2f\0\2\0.."), 1);
	document(L"Book", SPILL_SPAN("\x09\x08\2\0..\x2f\0\2\0.."), 1);
	document(L"Workbook", SPILL_SPAN("\x09\x08\4\0\x2f\0\0\0\0\0"), 0);
	document(L"Workbook", SPILL_SPAN("\x2f\0\2\0.."), 0);
	document(L"Current User",
	    SPILL_SPAN("\0\0\xf6\x0f\x14\0\0\0\x14\0\0\0\xdf\xc4\xd1\xf3"), 1);
	document(L"Current User",
	    SPILL_SPAN("\0\0\xf6\x0f\x14\0\0\0\x14\0\0\0\x5f\xc0\x91\xe3"), 0);
	document(L"EncryptedPackage", SPILL_SPAN("...."), 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, teardown)
	const struct CMUnitTest tests[] = {
		T(test_both_versions),
		T(test_content),
		T(test_difat),
		T(test_chains),
		T(test_mini_chains),
		T(test_sizes),
		T(test_tree),
		T(test_freed),
		T(test_names),
		T(test_header),
		T(test_lost_tables),
		T(test_cut),
		T(test_any_byte),
		T(test_limits),
		T(test_memory),
		T(test_linear),
		T(test_sink),
		T(test_native),
		T(test_encrypted),
	};

	return cmocka_run_group_tests_name("ole", tests, NULL, NULL);
}
