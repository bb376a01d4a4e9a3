/*
 * pdfobj_test.c: the objects and properties of PDF, read without poppler:
 * tokens, tables of objects, encryption with the empty password (the files of
 * the fuzzer's corpus, of which poppler's own pdfinfo -custom says the same),
 * and what hostile files may cost. Cut at each byte and with each byte changed
 * the corpus keeps the contract of doctext.h.
 */
#include <dirent.h>
#include <stdio.h>

#include "util.h"

/* For how it is run, and what must hold of every document. */
#include "../fuzz/pdfobj_fuzz.c"

/* --- tokens ------------------------------------------------------------- */

static void
assert_token(struct spill_span *s, enum pdf_kind kind, const char *raw)
{
	struct pdf_value v = pdf_token(s);

	assert_int_equal(v.kind, kind);
	assert_int_equal(v.raw.len, strlen(raw));
	assert_memory_equal(v.raw.p, raw, v.raw.len);
}

static void
test_tokens(void **state)
{
	struct spill_span s =
	    SPILL_SPAN("%c >>\r<</A(b\\)(c))>>[<0f>]-1.5 null/");

	(void)state;
	assert_token(&s, PDF_OPEN, "<<");
	assert_token(&s, PDF_NAME, "/A");
	assert_token(&s, PDF_STRING, "(b\\)(c))");
	assert_token(&s, PDF_CLOSE, ">>");
	assert_token(&s, PDF_OPEN, "[");
	assert_token(&s, PDF_HEX, "<0f>");
	assert_token(&s, PDF_CLOSE, "]");
	assert_token(&s, PDF_NUMBER, "-1.5");
	assert_token(&s, PDF_WORD, "null");
	assert_token(&s, PDF_NAME, "/");
	assert_token(&s, PDF_END, "");
}

static void
test_values(void **state)
{
	struct spill_span s =
	    SPILL_SPAN("<</A 1 0 R/B[1 0 R<</C/D>>]/E 1 0>>x");
	struct pdf_value d = pdf_value(&s), v;
	uint64_t n;

	(void)state;
	assert_int_equal(d.kind, PDF_DICT);
	assert_token(&s, PDF_WORD, "x");
	v = pdf_get(&d, "A");
	assert_int_equal(v.kind, PDF_REF);
	assert_int_equal(v.num, 1);
	v = pdf_get(&d, "B");
	assert_int_equal(v.kind, PDF_ARRAY);
	assert_true(pdf_is(&v, "[1 0 R<</C/D>>]"));
	v = pdf_get(&d, "C");
	assert_int_equal(v.kind, PDF_END);
	v = pdf_get(&d, "E");
	assert_true(pdf_number(&v, &n) && n == 1);
}

static void
assert_bytes(const char *value, struct spill_span want)
{
	struct spill_span s = spill_span(value);
	struct pdf_value v = pdf_value(&s);
	struct spill_buf b = SPILL_BUF_INIT(1024);

	pdf_bytes(&v, &b);
	assert_int_equal(b.len, want.len);
	assert_memory_equal(b.p, want.p, want.len);
	spill_buf_release(&b);
}

static void
test_bytes(void **state)
{
	(void)state;
	assert_bytes("(a\\)\\(\\\\\\n\\101\\7b\\\r\nc\\\nd\\q)",
	    SPILL_SPAN("a)(\\\nA\7bcdq"));
	assert_bytes("<4 1\n427>", SPILL_SPAN("ABp"));
	assert_bytes("/A#20B#", SPILL_SPAN("A B#"));
	assert_bytes("(not ended", SPILL_SPAN("not ended"));
}

/* --- properties --------------------------------------------------------- */

static struct spill_buf told_ = SPILL_BUF_INIT((size_t)1 << 20);

static int
say_line(void *ctx, const struct spill_line *l)
{
	(void)ctx;
	spill_buf_span(&told_, l->part);
	spill_buf_puts(&told_, ": ");
	spill_buf_span(&told_, l->text);
	spill_buf_putc(&told_, '\n');
	return told_.rc;
}

static int
say_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	(void)ctx;
	(void)offset;
	(void)length;
	(void)detail;
	spill_buf_printf(&told_, "!%s\n", code);
	return told_.rc;
}

static const char *
info_of(struct spill_span s)
{
	const struct spill_doctext_sink sink = { .line = say_line,
		.flaw = say_flaw };
	const struct spill_doctext_conf conf = { 0 };
	struct spill_src src = spill_src_of(s);

	spill_buf_reset(&told_);
	assert_int_equal(run_info(&src, &conf, &sink), SPILL_OK);
	return spill_buf_str(&told_);
}

/* Objects, then a table of where they are, all of it 18 bytes for each. */
#define MOST_OBJECTS 16

static void
put_objects(struct spill_buf *b, const char *const *object, size_t *at)
{
	for (size_t i = 1; object[i - 1] != NULL; i++) {
		at[i] = b->len;
		spill_buf_printf(
		    b, "%zu 0 obj\n%s\nendobj\n", i, object[i - 1]);
	}
}

static const char *
info_in(const char *const *object, const char *trailer)
{
	static struct spill_buf b = SPILL_BUF_INIT((size_t)1 << 20);
	size_t at[MOST_OBJECTS] = { 0 }, n = 1, xref;

	spill_buf_reset(&b);
	spill_buf_puts(&b, "%PDF-1.7\n");
	put_objects(&b, object, at);
	xref = b.len;
	while (at[n] > 0)
		n++;
	spill_buf_printf(&b, "xref\n0 %zu\n0000000000 65535 f \n", n);
	for (size_t i = 1; i < n; i++)
		spill_buf_printf(&b, "%010zu 00000 n \n", at[i]);
	spill_buf_printf(
	    &b, "trailer<<%s>>\nstartxref\n%zu\n%%%%EOF\n", trailer, xref);
	return info_of(spill_buf_as_span(&b));
}

#define assert_info(trailer, want, ...)                                   \
	assert_string_equal(                                              \
	    info_in((const char *const[]){ __VA_ARGS__, NULL }, trailer), \
	    want)

static void
test_keys(void **state)
{
	(void)state;
	assert_info("/Info 1 0 R",
	    "MSIP_Label_11-22_Name: Secret\nMy Key: a (b)\nTrapped: True\n"
	    "N: 12\nWide: T\xc3\xadt\nDoc: \xe2\x80\xa2\xe2\x82\xac\xc3\xa4\n"
	    "List: one\nList: two\nFar: far away\nTitle: T\n",
	    "<</MSIP_Label_11-22_Name(Secret)/My#20Key(a (b))/Trapped/True"
	    "/N 12/Wide<feff005400ed0074>/Doc(\200\240\344)/No null"
	    "/List[(one)<</X(two)>>]/Far 2 0 R/Gone 7 0 R/Title(T)>>",
	    "(far away)");
	assert_info("/Size 2", "", "<</Title(T)>>");
	assert_info("/Info 1 0 R", "", "(no dictionary)");
	assert_info("/Info 1 0 R", "", "1 0 R");
	assert_info("/Info 9 0 R", "", "<</Title(T)>>");
	assert_info("/Info<</A(direct)>>", "A: direct\n", "null");
}

/* --- tables ------------------------------------------------------------- */

#define HEAD  "%PDF-1.4\n"
#define FIRST "1 0 obj<</A(first)>>endobj\n" /* at 9 */
/* At 36. */
#define TABLE_1 "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
#define TRAIL_1 "trailer<</Info 1 0 R>>\nstartxref\n36\n%%EOF\n"
#define ONE	HEAD FIRST TABLE_1 TRAIL_1 /* 127 bytes */

static void
test_tables(void **state)
{
	(void)state;
	assert_int_equal(sizeof(HEAD FIRST) - 1, 36);
	assert_string_equal(info_of(SPILL_SPAN(ONE)), "A: first\n");
	/* Bytes before it: places count from where it begins. */
	assert_string_equal(info_of(SPILL_SPAN("junk\n" ONE)), "A: first\n");
	/* An update: the newest counts. */
	assert_int_equal(sizeof(ONE) - 1, 127);
	assert_string_equal(
	    info_of(SPILL_SPAN(
		ONE "1 0 obj<</A(new)>>endobj\nxref\n1 1\n0000000127 00000 n "
		    "\ntrailer<</Info 1 0 R/Prev 36>>\nstartxref\n152\n%%EOF")),
	    "A: new\n");
	/* An update that gives the object up. */
	assert_string_equal(
	    info_of(SPILL_SPAN(
		ONE "xref\n1 1\n0000000000 00001 f \ntrailer<</Info 1 0 R"
		    "/Prev 36>>\nstartxref\n127\n%%EOF")),
	    "");
	/* Its place is wrong: it is looked for, and the last one is it. */
	assert_string_equal(
	    info_of(SPILL_SPAN(HEAD FIRST "xref\n0 2\n0000000000 65535 f "
					  "\n0000000011 00000 n \n" TRAIL_1)),
	    "A: first\n");
	/* No table at all. */
	assert_string_equal(
	    info_of(SPILL_SPAN(HEAD FIRST
		"1 0 obj<</A(later)>>endobj\ntrailer<</Info 1 0 R>>")),
	    "A: later\n");
	/* An older table cannot be read. */
	assert_string_equal(
	    info_of(SPILL_SPAN(HEAD FIRST
		"xref\n5 0\ntrailer<</Info 1 0 R/Prev 3>>\nstartxref\n36\n")),
	    "A: first\n");
}

static void
test_loops(void **state)
{
	(void)state;
	assert_string_equal(
	    info_of(SPILL_SPAN(HEAD FIRST TABLE_1
		"trailer<</Info 1 0 R/Prev 36/XRefStm 36>>\nstartxref\n36\n")),
	    "A: first\n");
	/* A stream of objects that is told_ to be in itself. */
	assert_string_equal(
	    info_of(SPILL_SPAN(HEAD
		"5 0 obj<</Type/XRef/Size 6/W[1 1 1]/Info 1 0 R/Length 18>>"
		"stream\n\0\0\0\2\5\0\2\5\0\2\5\0\2\5\0\2\5\0\nendstream\n"
		"startxref\n9\n%%EOF")),
	    "!damaged\n");
}

/* --- encryption --------------------------------------------------------- */

static char *
corpus(const char *name, size_t *n)
{
	char path[512], *p = malloc((size_t)1 << 16);
	FILE *f;

	(void)snprintf(path, sizeof(path), "tests/fuzz/corpus/pdfobj/%s", name);
	f = fopen(path, "rb");
	assert_non_null(p);
	assert_non_null(f);
	*n = fread(p, 1, (size_t)1 << 16, f);
	fclose(f);
	return p;
}

static void
test_encrypted(void **state)
{
	static const char *const files[][2] = { { "rc4-40", "rc4-40" },
		{ "rc4", "rc4" }, { "aes128", "aes128" },
		{ "aes128-packed", "aes128" }, { "aes256r5", "aes256r5" },
		{ "aes256", "aes256" }, { "aes256-packed", "aes256" } };
	char want[256];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(files); i++) {
		size_t n;
		char *p = corpus(files[i][0], &n);

		(void)snprintf(want, sizeof(want),
		    "Sensitivity: Sensitivity of %s\nTitle: T\xc3\xadtulo\n"
		    "MSIP_Label_1_Name: By reference\n",
		    files[i][1]);
		assert_string_equal(info_of(span_of(p, n)), want);
		free(p);
	}
}

static void
test_locked(void **state)
{
	static const char *const files[][2] = { { "aes128-locked", "Standard" },
		{ "irm", "MicrosoftIRMServices" } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(files); i++) {
		struct pdf_file f;
		size_t n;
		char *p = corpus(files[i][0], &n);

		assert_string_equal(info_of(span_of(p, n)), "");
		pdf_file_open(&f, span_of(p, n));
		assert_int_equal(f.crypt.strings, PDF_LOCKED);
		assert_string_equal(f.crypt.handler, files[i][1]);
		pdf_file_close(&f);
		free(p);
	}
}

/* --- hostile ------------------------------------------------------------ */

static void
fill(struct spill_buf *b, const char *unit, size_t times)
{
	for (size_t i = 0; i < times; i++)
		spill_buf_puts(b, unit);
}

/* Each is 1 MiB; what is not linear would not end. */
static void
test_large(void **state)
{
	static const char *const units[] = { "[", "<<", "(", "<</A", "/A 1 0 ",
		"<", "%", "0 0 ", "startxref 0\n", "/Info 1 0 R ", "1 0 obj ",
		"xref 0 0 ", "/Info<<", "/ID[" };
	static const char *const heads[] = {
		HEAD "trailer<</Info 1 0 R>>1 0 obj", HEAD "xref\n", HEAD
	};

	(void)state;
	for (size_t h = 0; h < SPILL_COUNT(heads); h++)
		for (size_t i = 0; i < SPILL_COUNT(units); i++) {
			struct spill_buf b = SPILL_BUF_INIT((size_t)16 << 20);

			spill_buf_puts(&b, heads[h]);
			fill(
			    &b, units[i], ((size_t)1 << 20) / strlen(units[i]));
			spill_buf_puts(&b, "\nstartxref\n9\n");
			(void)info_of(spill_buf_as_span(&b));
			spill_buf_release(&b);
		}
}

/* 1000 properties that all lead to objects that must be searched for. */
static void
test_work(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT((size_t)64 << 20);

	(void)state;
	spill_buf_puts(&b, HEAD "1 0 obj<<");
	for (unsigned i = 0; i < 900; i++)
		spill_buf_printf(&b, "/K%u %u 0 R", i, i + 2);
	spill_buf_puts(&b, ">>endobj ");
	fill(&b, "% nothing at all\n", 200000);
	spill_buf_puts(&b, "trailer<</Info 1 0 R>>");
	assert_string_equal(info_of(spill_buf_as_span(&b)), "!limit\n");
	spill_buf_reset(&b);
	spill_buf_puts(&b, HEAD "1 0 obj<<");
	fill(&b, "/K(v)", 1001);
	spill_buf_puts(&b, ">>endobj trailer<</Info 1 0 R>>");
	assert_string_equal(info_of(spill_buf_as_span(&b)), "K: v\n!limit\n");
	spill_buf_release(&b);
}

/* --- damage ------------------------------------------------------------- */

static void
run_damaged(const char *p, size_t n)
{
	uint8_t *copy = exact(p, n);

	assert_int_equal(LLVMFuzzerTestOneInput(copy, n), 0);
	free(copy);
}

static void
damage(char *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		char was = p[i];

		run_damaged(p, i);
		p[i] = 0;
		run_damaged(p, n);
		p[i] = (char)(was ^ 0x11);
		run_damaged(p, n);
		p[i] = was;
	}
}

static void
test_damage(void **state)
{
	DIR *d = opendir("tests/fuzz/corpus/pdfobj");
	unsigned files = 0;
	struct dirent *e;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.') {
			size_t n;
			char *p = corpus(e->d_name, &n);

			damage(p, n);
			free(p);
			files++;
		}
	closedir(d);
	assert_true(files >= 9);
}

static int
setup(void **state)
{
	(void)state;
	return charset_warm() == SPILL_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	spill_buf_release(&told_);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
