/*
 * locator_test.c: locators: what is one, their limits, their text.
 */
#include <spill/locator.h>

#include "util.h"

/* clang-format off */
#define AT(k, e, v) .kind = SPILL_LOCATOR_##k, .evidence = S(e), .volume = S(v)
#define NUM(n, ...) .numbers = (n), .number = { __VA_ARGS__ }
#define MEM(n, ...) .members = (n), \
	.member = (const struct spill_member[]){ __VA_ARGS__ }
#define RNG(n, ...) .ranges = (n), \
	.range = (const struct spill_range[]){ __VA_ARGS__ }
#define FILE_(p)   .kind = SPILL_LOCATOR_FILE, .name = S(p)
/* clang-format on */

/* Parse n bytes; what is accepted must print as the same bytes. */
static int
try(const char *p, size_t n)
{
	struct spill_arena a = SPILL_ARENA_INIT(1 << 20);
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	struct spill_locator l = { .members = 42 };
	char *copy = exact(p, n);
	const char *why = NULL;
	int rc =
	    spill_locator_parse((struct spill_span){ copy, n }, &a, &l, &why);

	if (rc == SPILL_OK) {
		assert_int_equal(spill_locator_print(&b, &l), SPILL_OK);
		if (b.len != n || memcmp(b.p, p, n) != 0)
			fail_msg(
			    "'%.*s' became '%s'", (int)n, p, spill_buf_str(&b));
		assert_null(why);
	} else {
		assert_int_equal(l.members, 42);
		assert_non_null(why);
	}
	free(copy);
	spill_buf_release(&b);
	spill_arena_release(&a);
	return rc;
}

/* --- what is a locator -------------------------------------------------- */

static const struct {
	const char *text;
	struct spill_locator l;
} good[] = {
	{ "pc1:p2:16543-128-4",
	    { AT(ID, "pc1", "p2"), NUM(3, 16543, 128, 4) } },
	{ "pc1:p2:16543-128-4:annex/a.docx",
	    { AT(ID, "pc1", "p2"), NUM(3, 16543, 128, 4),
		MEM(1, { S("annex/a.docx"), 1 }) } },
	{ "mail:p1:88123:3:2", { AT(ID, "mail", "p1"), NUM(1, 88123),
				   MEM(2, { S("3"), 1 }, { S("2"), 1 }) } },
	{ "pc1:p2:16543-128-4~slack",
	    { AT(ID, "pc1", "p2"), NUM(3, 16543, 128, 4), .slack = true } },
	{ "pc1:p2:d5+4096", { AT(ENTRY, "pc1", "p2"), NUM(2, 5, 4096) } },
	{ "pc1:p2:@1048576+20480",
	    { AT(RANGE, "pc1", "p2"), RNG(1, { 1048576, 20480 }) } },
	{ "pc1:p2:@4096+8192,@65536+1000",
	    { AT(RANGE, "pc1", "p2"),
		RNG(2, { 4096, 8192 }, { 65536, 1000 }) } },
	{ "pc1::@0+512", { AT(RANGE, "pc1", ""), RNG(1, { 0, 512 }) } },
	{ "file:memo.docx:word/header1.xml",
	    { FILE_("memo.docx"), MEM(1, { S("word/header1.xml"), 1 }) } },
	/* What else there is. */
	{ "a:p0:0", { AT(ID, "a", "p0"), NUM(1, 0) } },
	{ "a:p0:5-128", { AT(ID, "a", "p0"), NUM(2, 5, 128) } },
	{ "a:p2.v1.vss12:2~slack:x",
	    { AT(ID, "a", "p2.v1.vss12"), NUM(1, 2), .slack = true,
		MEM(1, { S("x"), 1 }) } },
	{ "a:x18446744073709551615:18446744073709551615",
	    { AT(ID, "a", "x18446744073709551615"), NUM(1, UINT64_MAX) } },
	{ "a:p1:d0+0:m~2:m~18446744073709551615",
	    { AT(ENTRY, "a", "p1"), NUM(2, 0, 0),
		MEM(2, { S("m"), 2 }, { S("m"), UINT64_MAX }) } },
	{ "a:p1:@18446744073709551614+1",
	    { AT(RANGE, "a", "p1"), RNG(1, { UINT64_MAX - 1, 1 }) } },
	{ "a:p1:@9+1,@0+9", /* backwards, and overlaps are fine */
	    { AT(RANGE, "a", "p1"), RNG(2, { 9, 1 }, { 0, 9 }) } },
	{ "a:p1:@0+9,@0+9",
	    { AT(RANGE, "a", "p1"), RNG(2, { 0, 9 }, { 0, 9 }) } },
	{ "a:p1:5:~1:~2", { AT(ID, "a", "p1"), NUM(1, 5),
			      MEM(2, { S(""), 1 }, { S(""), 2 }) } },
	{ "a:p1:5:%3A%7E%40%00%25:slack",
	    { AT(ID, "a", "p1"), NUM(1, 5),
		MEM(2, { S(":~@\0%"), 1 }, { S("slack"), 1 }) } },
	{ "a:p1:5:007:-1:file",
	    { AT(ID, "a", "p1"), NUM(1, 5),
		MEM(3, { S("007"), 1 }, { S("-1"), 1 }, { S("file"), 1 }) } },
	{ "d5+1:p1:5", { AT(ID, "d5+1", "p1"), NUM(1, 5) } },
	{ "a%20b:p1:5", { AT(ID, "a b", "p1"), NUM(1, 5) } },
	{ "filex:p1:5", { AT(ID, "filex", "p1"), NUM(1, 5) } },
	{ "%66ile:p1:5", { AT(ID, "file", "p1"), NUM(1, 5) } },
	{ "%2Da-:p1:5", { AT(ID, "-a-", "p1"), NUM(1, 5) } },
	{ "a:p1:Users/b.txt~slack",
	    { AT(NAME, "a", "p1"), .name = S("Users/b.txt"), .slack = true } },
	{ "a:p1:%35", { AT(NAME, "a", "p1"), .name = S("5") } },
	{ "a:p1:%300-1", { AT(NAME, "a", "p1"), .name = S("00-1") } },
	{ "a:p1:%2D", { AT(NAME, "a", "p1"), .name = S("-") } },
	{ "a:p1:%645+1", { AT(NAME, "a", "p1"), .name = S("d5+1") } },
	{ "a:p1:%64+", { AT(NAME, "a", "p1"), .name = S("d+") } },
	{ "a:p1:d5", { AT(NAME, "a", "p1"), .name = S("d5") } },
	{ "a:p1:5+1", { AT(NAME, "a", "p1"), .name = S("5+1") } },
	{ "a:p1:%400+1", { AT(NAME, "a", "p1"), .name = S("@0+1") } },
	{ "file:/a/./b%20c", { FILE_("/a/./b c") } },
	{ "file:file:file:m~2",
	    { FILE_("file"), MEM(2, { S("file"), 1 }, { S("m"), 2 }) } },
	{ "file:-", { FILE_("-") } },
	{ "file:100", { FILE_("100") } },
	{ "file:\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80",
	    { FILE_("\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80") } },
	{ "file:%C3\xc3\xa9%E2%80%AE", { FILE_("\xc3\xc3\xa9\xe2\x80\xae") } },
};

static void
same(const struct spill_locator *a, const struct spill_locator *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_true(spill_span_eq(a->evidence, b->evidence));
	assert_true(spill_span_eq(a->volume, b->volume));
	assert_true(spill_span_eq(a->name, b->name));
	assert_int_equal(a->slack, b->slack);
	assert_int_equal(a->ranges, b->ranges);
	assert_int_equal(a->members, b->members);
	if (a->kind == SPILL_LOCATOR_ID)
		assert_int_equal(a->numbers, b->numbers);
	assert_memory_equal(a->number, b->number, sizeof(a->number));
	for (size_t i = 0; i < a->ranges; i++) {
		assert_true(a->range[i].offset == b->range[i].offset);
		assert_true(a->range[i].len == b->range[i].len);
	}
	for (size_t i = 0; i < a->members; i++) {
		assert_true(
		    spill_span_eq(a->member[i].name, b->member[i].name));
		assert_true(a->member[i].nth == b->member[i].nth);
	}
}

static void
accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(good); i++) {
		struct spill_arena a = SPILL_ARENA_INIT(0);
		struct spill_buf b = SPILL_BUF_INIT(1000);
		struct spill_locator l;
		const char *why = "";

		if (spill_locator_parse(
			spill_span(good[i].text), &a, &l, &why) != SPILL_OK)
			fail_msg("'%s': %s", good[i].text, why);
		same(&l, &good[i].l);
		assert_int_equal(spill_locator_cmp(&l, &good[i].l), 0);
		spill_buf_puts(&b, "x,");
		assert_int_equal(spill_locator_print(&b, &good[i].l), SPILL_OK);
		assert_string_equal(spill_buf_str(&b) + 2, good[i].text);
		assert_int_equal(
		    try(good[i].text, strlen(good[i].text)), SPILL_OK);
		spill_buf_release(&b);
		spill_arena_release(&a);
	}
}

/* Parts missing or empty, volumes, numbers, ranges, suffixes, escapes. */
static const char *const bad[] = { "", ":", "::", ":::", "a",
	"a:", "a::", "a:p1", "a:p1:", ":p1:5", "a::5", "a::d5+1", "a::x",
	"file", "file:", "file::x", "a:p1:5:", "a:p1:5::x", "a:p1::5",
	"file:x:", "a:p1:5:x:", "a:p1:~slack", "file:x::y", "a:p:5", "a:1:5",
	"a:p01:5", "a:P1:5", "a:p1.:5", "a:.p1:5", "a:p1..v1:5", "a:p1.v:5",
	"a:p-1:5", "a:p1v1:5", "a:p%31:5", "a:p18446744073709551616:5",
	"a:abcdefghi1:5", "a:p1~2:5", "a:p1 :5", "a:p00:5", "a:p1:05",
	"a:p1:00", "a:p1:5-", "a:p1:-5", "a:p1:5--1", "a:p1:5-01",
	"a:p1:1-2-3-4", "a:p1:1-2-3-", "a:p1:-", "a:p1:18446744073709551616",
	"a:p1:99999999999999999999999", "a:p1:5-18446744073709551616",
	"a:p1:d5+", "a:p1:d+5", "a:p1:d+", "a:p1:d05+1", "a:p1:d5+01",
	"a:p1:d5+1+1", "a:p1:d5+18446744073709551616", "a:p1:d5+1,d6+1",
	"a:p1:@", "a:p1:@0", "a:p1:@0+", "a:p1:@+1", "a:p1:@0+0", "a:p1:@0+01",
	"a:p1:@00+1", "a:p1:@0+1,", "a:p1:@0+1,@", "a:p1:@0+1,9+1",
	"a:p1:@0+1,,@9+1", "a:p1:,@0+1", "a:p1:@0+1@9+1", "a:p1:@0+1,@1+1",
	"a:p1:@5+1,@9+1,@10+2", "a:p1:@18446744073709551615+1",
	"a:p1:@0+18446744073709551616", "a:p1:@1+18446744073709551615",
	"a:p1:@0-1", "a:p1:@@0+1",
	"a:p1:@0+9223372036854775808,@1+9223372036854775808", "a:p1:5~",
	"a:p1:5~slac", "a:p1:5~slackx", "a:p1:5~SLACK", "a:p1:5~slack~slack",
	"a:p1:5~2", "a:p1:d5+1~slack", "a:p1:@0+1~slack", "file:x~slack",
	"file:x~2", "a~2:p1:5", "a:p1:5:m~", "a:p1:5:m~0", "a:p1:5:m~1",
	"a:p1:5:m~02", "a:p1:5:m~x", "a:p1:5:m~2~2", "a:p1:5:m~slack",
	"a:p1:5:~", "a:p1:5:~0", "a:p1:5:~01", "a:p1:5:m~18446744073709551616",
	"a:p1:5:m~-2", "a:p1:5:m~+2", "a:p1:5:~~", "a:p1:5:%", "a:p1:5:%4",
	"a:p1:5:%3a", "a:p1:5:%3G", "a:p1:5:%41", "a:p1:5:%2E", "a:p1:5:%2e",
	"a:p1:5:%%", "a:p1:5:%25%", "a:p1:5:%c3%a9", "a:p1:5:%C3%A9",
	"a:p1:5:%C3\xa9", "a:p1:5:\xc3%A9", "a:p1:5:\xc3", "a:p1:5:\xff",
	"a:p1:5:\xe2\x80\xae", "a:p1:5:\xed\xa0\x80", "a:p1:5:a b",
	"a:p1:5:a@b", "a:p1:5:a,b", "a:p1:5:a\n", "a:p1:5:+ ", "a:p1:x@",
	"a b:p1:5",
	"\xef\xbb\xbf"
	"a:p1:5",
	" a:p1:5", "a:p1:%35-128-4x", "a:p1:%36x", "a:p1:%64x", "a:p1:x%35",
	"-a:p1:5", "-:p1:5", "%66ilex:p1:5", "f%69le:p1:5", "%66%69le:p1:5",
	"a%2D:p1:5", "a%00:p1:5", "file:a%00", "file:%66ile", "file:%2Dx",
	"%66ile", "a:p1:5:%66ile" };

static const struct spill_span bad_nul[] = { S("a:p1:5:%\0"
					       "0"),
	S("a:p1:5:a\0b"), S("a:p1:5\0") };

static void
refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(bad); i++)
		if (try(bad[i], strlen(bad[i])) != SPILL_EDAMAGED)
			fail_msg("'%s'", bad[i]);
	for (size_t i = 0; i < SPILL_COUNT(bad_nul); i++)
		assert_int_equal(
		    try(bad_nul[i].p, bad_nul[i].len), SPILL_EDAMAGED);
}

/* Each text cut at every byte, and with every byte replaced or doubled. */
static void
mangled(void **state)
{
	static const char with[] = "\0\x01 %0123:@+-,~.adpxF\x7f\x80\xc3\xff";
	unsigned ok = 0;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(good); i++) {
		size_t n = strlen(good[i].text);
		char text[200];

		for (size_t at = 0; at < n; at++) {
			ok += try(good[i].text, at) == SPILL_OK;
			for (size_t k = 0; k < sizeof(with) - 1; k++) {
				memcpy(text, good[i].text, n);
				text[at] = with[k];
				ok += try(text, n) == SPILL_OK;
				memmove(
				    text + at + 1, good[i].text + at, n - at);
				ok += try(text, n + 1) == SPILL_OK;
			}
		}
	}
	assert_in_range(ok, 1000, 100000);
}

/* --- segments ----------------------------------------------------------- */

/* A byte has one spelling: itself or its escape. */
static void
bytes(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		char raw[] = "a:p1:5:x?x", esc[] = "a:p1:5:x%??x";
		bool ends = c == ':' || c == '~';

		raw[8] = (char)c;
		esc[9] = "0123456789ABCDEF"[c >> 4];
		esc[10] = "0123456789ABCDEF"[c & 15];
		if (!ends || c == '~')
			assert_int_equal(
			    try(raw, sizeof(raw) - 1) == SPILL_OK, stands(c));
		assert_int_equal(
		    try(esc, sizeof(esc) - 1) == SPILL_OK, !stands(c));
	}
}

static void
unescape_fails(void **state)
{
	static const char *const words[] = { "%", "a%2", "%2f", "%2F", "a b",
		"%41", "x:y", "x~2", "@" };
	struct spill_buf b = SPILL_BUF_INIT(100);

	(void)state;
	spill_buf_puts(&b, "kept");
	for (size_t i = 0; i < SPILL_COUNT(words); i++) {
		assert_int_equal(
		    spill_locator_unescape(&b, spill_span(words[i])),
		    SPILL_EDAMAGED);
		assert_string_equal(spill_buf_str(&b), "kept");
	}
	assert_int_equal(
	    spill_locator_unescape(&b, SPILL_SPAN("%20a")), SPILL_OK);
	assert_string_equal(spill_buf_str(&b), "kept a");
	spill_buf_release(&b);
}

/* --- limits ------------------------------------------------------------- */

static void
long_text(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(100000), out = b;
	struct spill_locator l = { AT(NAME, "a", "p1") };

	(void)state;
	spill_buf_puts(&b, "a:p1:");
	while (b.len < SPILL_LOCATOR_TEXT)
		spill_buf_putc(&b, 'x');
	assert_int_equal(try(b.p, b.len), SPILL_OK);
	l.name = (struct spill_span){ b.p + 5, b.len - 5 };
	spill_buf_putc(&b, 'x');
	assert_int_equal(try(b.p, b.len), SPILL_ELIMIT);
	l.name = (struct spill_span){ b.p + 5, b.len - 5 };
	assert_int_equal(spill_locator_print(&out, &l), SPILL_ELIMIT);
	spill_buf_release(&out);
	/* A bomb is as long as it looks: nothing is decoded twice. */
	spill_buf_reset(&b);
	spill_buf_puts(&b, "a:p1:5:");
	while (b.len + 3 <= SPILL_LOCATOR_TEXT)
		spill_buf_puts(&b, "%25");
	assert_int_equal(try(b.p, b.len), SPILL_OK);
	spill_buf_puts(&b, "%25");
	assert_int_equal(try(b.p, b.len), SPILL_ELIMIT);
	spill_buf_release(&b);
}

static void
many_members(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(100000);
	struct spill_span x = SPILL_SPAN("x");

	(void)state;
	for (int file = 0; file < 2; file++) {
		spill_buf_reset(&b);
		spill_buf_puts(&b, file ? "file:x" : "a:p1:5");
		for (int i = 0; i < SPILL_LOCATOR_MEMBERS; i++)
			assert_int_equal(
			    spill_locator_member(&b, x, 2), SPILL_OK);
		assert_int_equal(try(b.p, b.len), SPILL_OK);
		assert_int_equal(spill_locator_member(&b, x, 1), SPILL_ELIMIT);
		assert_int_equal(try(b.p, b.len), SPILL_OK);
		spill_buf_puts(&b, ":x");
		assert_int_equal(try(b.p, b.len), SPILL_ELIMIT);
	}
	spill_buf_release(&b);
}

static void
many_ranges(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(100000);

	(void)state;
	spill_buf_puts(&b, "a:p1:@0+1");
	for (int i = 1; i < SPILL_LOCATOR_RANGES; i++)
		spill_buf_printf(&b, ",@%d+1", 2 * i);
	assert_int_equal(try(b.p, b.len), SPILL_OK);
	spill_buf_printf(&b, ",@%d+1", 1);
	assert_int_equal(try(b.p, b.len), SPILL_ELIMIT);
	spill_buf_release(&b);
}

static void
no_memory(void **state)
{
	static const char *const words[] = { "a:p1:5:m", "a:p1:@0+1",
		"a:p1:%35", "a%20b:p1:5" };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(words); i++) {
		struct spill_arena a = SPILL_ARENA_INIT(1);
		struct spill_locator l;

		assert_int_equal(
		    spill_locator_parse(spill_span(words[i]), &a, &l, NULL),
		    SPILL_ENOMEM);
		spill_arena_release(&a);
	}
}

/* --- printing ----------------------------------------------------------- */

static const struct {
	struct spill_locator l;
	int rc;
} unprintable[] = {
	{ { AT(ID, "", "p1"), NUM(1, 5) }, SPILL_EUSAGE },
	{ { AT(ID, "a\0b", "p1"), NUM(1, 5) }, SPILL_EUSAGE },
	{ { AT(ID, "a", ""), NUM(1, 5) }, SPILL_EUSAGE },
	{ { AT(ID, "a", "p"), NUM(1, 5) }, SPILL_EUSAGE },
	{ { AT(ID, "a", "p1:5"), NUM(1, 5) }, SPILL_EUSAGE },
	{ { AT(ID, "a", "p1"), NUM(0, 0) }, SPILL_EUSAGE },
	{ { AT(ID, "a", "p1"), .numbers = 4 }, SPILL_EUSAGE },
	{ { AT(NAME, "a", "p1") }, SPILL_EUSAGE },
	{ { AT(ENTRY, "a", "p1"), .slack = true }, SPILL_EUSAGE },
	{ { AT(ENTRY, "a", "") }, SPILL_EUSAGE },
	{ { AT(RANGE, "a", "p1") }, SPILL_EUSAGE },
	{ { AT(RANGE, "a", "p1"), RNG(1, { 5, 0 }) }, SPILL_EUSAGE },
	{ { AT(RANGE, "a", "p1"), RNG(2, { 5, 1 }, { 6, 1 }) }, SPILL_EUSAGE },
	{ { AT(RANGE, "a", "p1"), RNG(1, { UINT64_MAX, 1 }) }, SPILL_EUSAGE },
	{ { AT(RANGE, "a", "p1"), RNG(1, { 5, 1 }), .slack = true },
	    SPILL_EUSAGE },
	{ { AT(RANGE, "a", "p1"), RNG(1025, { 5, 1 }) }, SPILL_ELIMIT },
	{ { FILE_("") }, SPILL_EUSAGE },
	{ { FILE_("a\0b") }, SPILL_EUSAGE },
	{ { FILE_("a"), .evidence = S("a") }, SPILL_EUSAGE },
	{ { FILE_("a"), .volume = S("p1") }, SPILL_EUSAGE },
	{ { FILE_("a"), .slack = true }, SPILL_EUSAGE },
	{ { FILE_("a"), MEM(1, { S("m"), 0 }) }, SPILL_EUSAGE },
	{ { FILE_("a"), MEM(1025, { S("m"), 1 }) }, SPILL_ELIMIT },
	{ { .kind = 5, .evidence = S("a"), .volume = S("p1") }, SPILL_EUSAGE },
};

static void
print_refused(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(100);

	(void)state;
	spill_buf_puts(&b, "kept");
	for (size_t i = 0; i < SPILL_COUNT(unprintable); i++) {
		if (spill_locator_print(&b, &unprintable[i].l) !=
		    unprintable[i].rc)
			fail_msg("case %zu", i);
		assert_string_equal(spill_buf_str(&b), "kept");
	}
	spill_buf_release(&b);
	b.max = 8;
	assert_int_equal(spill_locator_print(&b, &good[0].l), SPILL_ELIMIT);
	assert_int_equal(b.len, 0);
	spill_buf_release(&b);
}

/* --- helpers ------------------------------------------------------------ */

static void
built(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(100);

	(void)state;
	assert_int_equal(
	    spill_locator_file(&b, SPILL_SPAN("../a b:c")), SPILL_OK);
	assert_int_equal(
	    spill_locator_member(&b, SPILL_SPAN("x~"), 1), SPILL_OK);
	assert_int_equal(
	    spill_locator_member(&b, SPILL_SPAN("y"), 3), SPILL_OK);
	assert_int_equal(spill_locator_member(&b, SPILL_SPAN(""), 1), SPILL_OK);
	assert_string_equal(spill_buf_str(&b), "file:../a%20b%3Ac:x%7E:y~3:~1");
	assert_int_equal(try(b.p, b.len), SPILL_OK);
	assert_int_equal(
	    spill_locator_member(&b, SPILL_SPAN("y"), 0), SPILL_EUSAGE);
	assert_int_equal(spill_locator_file(&b, SPILL_SPAN("")), SPILL_EUSAGE);
	assert_int_equal(
	    spill_locator_file(&b, SPILL_SPAN("a\0")), SPILL_EUSAGE);
	assert_string_equal(spill_buf_str(&b), "file:../a%20b%3Ac:x%7E:y~3:~1");
	spill_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),
		cmocka_unit_test(refused),
		cmocka_unit_test(mangled),
		cmocka_unit_test(bytes),
		cmocka_unit_test(unescape_fails),
		cmocka_unit_test(long_text),
		cmocka_unit_test(many_members),
		cmocka_unit_test(many_ranges),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(print_refused),
		cmocka_unit_test(built),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
