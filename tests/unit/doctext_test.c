/*
 * doctext_test.c: lines out of pieces, charsets, XML, and of each format in
 * text what its lines are, exactly. The corpus of the fuzzer, cut at each byte
 * and with each byte changed, keeps the contract of doctext.h.
 */
#include <dirent.h>
#include <stdio.h>

#include "util.h"

#include "../../common/text/formats_i.h"
#include "../../common/text/text_i.h"
/* For what must hold of every document. */
#include "../fuzz/doctext_fuzz.c"

/* --- what is told ------------------------------------------------------- */

static struct spill_buf log_ = SPILL_BUF_INIT((size_t)64 << 20);

static int
log_line(void *ctx, const struct spill_line *l)
{
	(void)ctx;
	spill_buf_span(&log_, l->part);
	spill_buf_printf(&log_, "|%u|%s|", l->page, spill_role_names[l->role]);
	if (l->offset != UINT64_MAX)
		spill_buf_printf(&log_, "%llu", (unsigned long long)l->offset);
	spill_buf_putc(&log_, '|');
	spill_buf_span(&log_, l->text);
	spill_buf_putc(&log_, '\n');
	return log_.rc;
}

static int
log_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	(void)ctx;
	(void)offset;
	(void)length;
	(void)detail;
	spill_buf_printf(&log_, "!%s\n", code);
	return log_.rc;
}

static int
ignore_line(void *ctx, const struct spill_line *l)
{
	(void)ctx;
	(void)l;
	return SPILL_OK;
}

static int
ignore_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	(void)ctx;
	(void)code;
	(void)offset;
	(void)length;
	(void)detail;
	return SPILL_OK;
}

static const struct spill_doctext_sink sink_ = { .line = log_line,
	.flaw = log_flaw };

static const char *
text_of(const struct spill_doctext *f, struct spill_span s)
{
	const struct spill_doctext_conf conf = { 0 };
	struct spill_src src = spill_src_of(s);

	spill_buf_reset(&log_);
	assert_int_equal(f->run(&src, &conf, &sink_), SPILL_OK);
	return spill_buf_str(&log_);
}

#define assert_text(f, s, want) \
	assert_string_equal(text_of(&(f), SPILL_SPAN(s)), want)

static int
setup(void **state)
{
	(void)state;
	for (size_t i = 0; spill_doctexts[i] != NULL; i++)
		if (spill_doctexts[i]->warm != NULL &&
		    spill_doctexts[i]->warm() != SPILL_OK)
			return -1;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	spill_buf_release(&log_);
	return 0;
}

/* --- lines -------------------------------------------------------------- */

static const char *
lines_of(struct spill_span s, bool flow, uint64_t limit, int want)
{
	const struct spill_doctext_conf conf = { .bytes = limit };
	struct lines l;

	spill_buf_reset(&log_);
	lines_open(&l, &sink_, &conf);
	l.flow = flow;
	lines_put(&l, s);
	assert_int_equal(lines_close(&l), want);
	return spill_buf_str(&log_);
}

#define assert_lines(s, want) \
	assert_string_equal(lines_of(SPILL_SPAN(s), false, 0, SPILL_OK), want)

static void
test_lines_end(void **state)
{
	(void)state;
	assert_lines("a\nb\rc\r\nd\ve\ff\xc2\x85g\xe2\x80\xa8h\xe2\x80\xa9i",
	    "|0|body||a\n|0|body||b\n|0|body||c\n|0|body||d\n|0|body||e\n"
	    "|0|body||f\n|0|body||g\n|0|body||h\n|0|body||i\n");
	assert_lines("\n \n\t\n\xc2\xa0\n\xe2\x80\x8b\n", "");
	assert_lines("a \t\n", "|0|body||a\n");
	assert_lines("a\x01\x1b[31m\x7f\xc2\x9b"
		     "b",
	    "|0|body||a[31mb\n");
	assert_lines("a\xc2\xad"
		     "b",
	    "|0|body||ab\n");
	assert_lines("a\xff\xc3", "|0|body||a\xef\xbf\xbd\xef\xbf\xbd\n");
	assert_string_equal(
	    lines_of(SPILL_SPAN(" a \n\t b "), true, 0, SPILL_OK),
	    "|0|body||a b\n");
}

static void
test_lines_limit(void **state)
{
	(void)state;
	assert_string_equal(
	    lines_of(SPILL_SPAN("abc\ndef\ng"), false, 4, SPILL_ELIMIT),
	    "|0|body||abc\n!limit\n");
}

/* No line is longer than it may be, and nothing is lost. */
static void
check_pieces(const char *unit, size_t count, size_t blank)
{
	size_t n = strlen(unit), sum = 0, lines = 0;
	char *text = malloc(n * count);
	const char *p;

	for (size_t i = 0; i < count; i++)
		memcpy(text + n * i, unit, n);
	if (blank > 0)
		text[blank] = ' ';
	p = lines_of(
	    (struct spill_span){ text, n * count }, false, 0, SPILL_OK);
	for (; *p != '\0'; lines++) {
		const char *nl = strchr(p, '\n'), *t = p + strlen("|0|body||");

		assert_true((size_t)(nl - t) <= SPILL_TEXT_LINE);
		assert_int_equal((size_t)(nl - t) % n, 0);
		if (blank > 0 && lines == 0)
			assert_int_equal(nl - t, blank);
		sum += (size_t)(nl - t);
		p = nl + 1;
	}
	assert_int_equal(sum, n * count - (blank > 0));
	assert_true(lines > 1);
	free(text);
}

static void
test_lines_cut(void **state)
{
	(void)state;
	check_pieces("x", SPILL_TEXT_LINE * 3, 0);
	check_pieces("\xe2\x82\xac", SPILL_TEXT_LINE, 0);
	check_pieces("x", SPILL_TEXT_LINE + 100, SPILL_TEXT_LINE - 100);
}

/* --- charsets ----------------------------------------------------------- */

static void
test_guess(void **state)
{
	static const struct {
		struct spill_span bytes;
		const char *name;
		size_t bom;
	} v[] = {
		{ S("\xef\xbb\xbf"
		    "a"),
		    "UTF-8", 3 },
		{ S("\xff\xfe"
		    "a\0"),
		    "UTF-16LE", 2 },
		{ S("\xfe\xff\0a"), "UTF-16BE", 2 },
		{ S("\xff\xfe\0\0a\0\0\0"), "UTF-32LE", 4 },
		{ S("\0\0\xfe\xff\0\0\0a"), "UTF-32BE", 4 },
		{ S("+/v8-a"), "UTF-7", 0 },
		{ S("a plain text"), "UTF-8", 0 },
		{ S("caf\xc3\xa9"), "UTF-8", 0 },
		{ S("t\0e\0x\0t\0.\0"), "UTF-16LE", 0 },
		{ S("\0t\0e\0x\0t\0."), "UTF-16BE", 0 },
		{ S("t\0\0\0e\0\0\0x\0\0\0t\0\0\0"), "UTF-32LE", 0 },
		{ S("caf+AOk- au lait"), "UTF-7", 0 },
		{ S(""), "", 0 },
		{ S("\0\1\2\3\4\5\6\7\0\0\1"), "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(v); i++) {
		size_t bom;
		struct spill_span got = charset_guess(v[i].bytes, &bom);

		assert_int_equal(got.len, strlen(v[i].name));
		assert_memory_equal(got.p, v[i].name, got.len);
		assert_int_equal(bom, v[i].bom);
	}
}

/* What ends within a character is UTF-8 only where it is a sample. */
static void
test_guess_cut(void **state)
{
	static char text[4098];
	struct spill_span s = { text, sizeof(text) };
	size_t bom;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + 100, "\xc3\xa9", 2);
	memcpy(text + sizeof(text) - 2, "\xe2\x82", 2);
	assert_true(spill_span_eq(charset_guess(s, &bom), SPILL_SPAN("UTF-8")));
	s = SPILL_SPAN("in the caf\xe9");
	assert_false(
	    spill_span_eq(charset_guess(s, &bom), SPILL_SPAN("UTF-8")));
	s = SPILL_SPAN("in the caf\xe9\n");
	assert_false(
	    spill_span_eq(charset_guess(s, &bom), SPILL_SPAN("UTF-8")));
}

/* A character that the pieces cut comes whole. */
static void
test_charset_pieces(void **state)
{
	static const char in[] =
	    "\x3d\xd8\x00\xde\xac\x20"; /* a pair, a euro */
	struct charset *c = NULL;

	(void)state;
	spill_buf_reset(&log_);
	assert_int_equal(charset_open(&c, SPILL_SPAN("UTF-16LE")), SPILL_OK);
	for (size_t i = 0; i < sizeof(in) - 1; i++)
		assert_int_equal(
		    charset_put(
			c, (struct spill_span){ in + i, 1 }, false, &log_),
		    SPILL_OK);
	assert_int_equal(
	    charset_put(c, SPILL_SPAN("\x3d"), true, &log_), SPILL_OK);
	assert_string_equal(
	    spill_buf_str(&log_), "\xf0\x9f\x98\x80\xe2\x82\xac\xef\xbf\xbd");
	assert_int_equal(charset_bad(c), 1);
	charset_close(&c);
	assert_int_equal(
	    charset_open(&c, SPILL_SPAN("no-such-charset")), SPILL_EFORMAT);
}

/* --- formats ------------------------------------------------------------ */

static void
test_plain(void **state)
{
	(void)state;
	assert_text(doctext_plain, "one\n\ntwo\r\nthree",
	    "|0|body|0|one\n|0|body|5|two\n|0|body|10|three\n");
	assert_text(doctext_plain,
	    "\xef\xbb\xbf"
	    "one\ntwo",
	    "|0|body|3|one\n|0|body|7|two\n");
	assert_text(doctext_plain,
	    "\xff\xfe"
	    "a\0\n\0b\0",
	    "|0|body||a\n|0|body||b\n");
}

static void
test_xml(void **state)
{
	(void)state;
	assert_text(doctext_xml,
	    "<a v=\"R&amp;D &lt;&#38;amp;\"><b>x &amp;\n y</b>z<!-- c --></a>",
	    "a@v|0|artifact||R&D <&amp;\n|0|body||x & y\n|0|body||z\n");
	assert_text(doctext_xml,
	    "<!DOCTYPE a [<!ENTITY e \"boo\">]><a>x&e;y</a>",
	    "|0|body||xbooy\n");
	assert_text(doctext_xml,
	    "<!DOCTYPE a [<!ENTITY e \"<b>&#38;lt;&f;</b>\">"
	    "<!ENTITY f \"R&#38;amp;D\">]><a v=\"&f; &amp;amp;\">x&e;y</a>",
	    "a@v|0|artifact||R&D &amp;\n|0|body||x\n|0|body||<R&D\n"
	    "|0|body||y\n");
	/* Of what is damaged nothing else is lost. */
	assert_text(
	    doctext_xml, "<a>x&no;y&amp;z</a>", "|0|body||xy&z\n!damaged\n");
	assert_text(doctext_xml, "<!DOCTYPE a SYSTEM \"a.dtd\"><a>x&no;y</a>",
	    "|0|body||xy\n!unsupported\n");
	assert_text(doctext_xml,
	    "<!DOCTYPE a [<!ENTITY e SYSTEM \"/etc/passwd\">]><a>x&e;y</a>",
	    "|0|body||xy\n!damaged\n");
	assert_text(doctext_xml,
	    "<!DOCTYPE a [<!ENTITY e \"&e;\">]><a>x<b>&e;</b></a>",
	    "|0|body||x\n!limit\n");
	assert_text(doctext_xml, "<a>x<b>y",
	    "|0|body||x\n|0|body||y\n"
	    "!damaged\n");
}

static int
log_element(void *ctx, const struct spill_element *e, bool opens)
{
	(void)ctx;
	spill_buf_puts(&log_, opens ? "<" : "</");
	spill_buf_span(&log_, e->name);
	for (size_t i = 0; i < e->nattr; i++) {
		spill_buf_putc(&log_, ' ');
		spill_buf_span(&log_, e->attr[i].uri);
		spill_buf_putc(&log_, '|');
		spill_buf_span(&log_, e->attr[i].name);
		spill_buf_putc(&log_, '=');
		spill_buf_span(&log_, e->attr[i].value);
	}
	spill_buf_putc(&log_, '>');
	spill_buf_span(&log_, e->text);
	return log_.rc;
}

static const char *
elements_of(struct spill_span s)
{
	const struct spill_doctext_sink sink = {
		.line = ignore_line, .flaw = ignore_flaw, .element = log_element
	};
	const struct spill_doctext_conf conf = { 0 };
	struct spill_src src = spill_src_of(s);

	spill_buf_reset(&log_);
	assert_int_equal(
	    spill_doctext_xml()->run(&src, &conf, &sink), SPILL_OK);
	return spill_buf_str(&log_);
}

/* Labels stand in attributes, too, and in XML that is cut. */
static void
test_elements(void **state)
{
	(void)state;
	assert_string_equal(
	    elements_of(SPILL_SPAN("<p:a xmlns:p='u' x='1&amp;2' p:y='3'>t"
				   "<b>i<![CDATA[n]]></b>u<c/></p:a>")),
	    "<a |x=1&2 u|y=3><b></b>in<c></c></a>tu");
	assert_string_equal(
	    elements_of(SPILL_SPAN("<a>x<b>y")), "<a><b></b>y</a>x");
}

static void
test_html(void **state)
{
	(void)state;
	assert_text(doctext_html,
	    "<title>t</title><p>a <b>b</b>c&amp;<br>d<!-- e --></p>"
	    "<script>x()</script><td>f<p hidden>g",
	    "|0|title||t\n|0|body||a bc&\n|0|body||d\n|0|comment||e\n"
	    "|0|table||f\n|0|hidden||g\n");
}

static void
test_rtf(void **state)
{
	(void)state;
	assert_text(doctext_rtf,
	    "{\\rtf1\\ansi{\\info{\\title T}}{\\header H\\par}caf\\'e9 "
	    "{\\b b}old\\par x\\u8364?y\\page {\\v z}\\par}",
	    "title|0|property||T\n|0|header||H\n|1|body||caf\xc3\xa9 bold\n"
	    "|1|body||x\xe2\x82\xacy\n|2|hidden||z\n");
	assert_text(doctext_rtf, "{\\rtf1 a{\\footnote n}b\\par}",
	    "|0|note||n\n|1|body||ab\n");
	assert_text(doctext_rtf,
	    "{\\rtf1{\\*\\userprops {\\propname A}\\proptype30{\\staticval V}"
	    "{\\propname B}\\proptype30{\\staticval {\\b W}}}a\\par}",
	    "A|0|property||V\nB|0|property||W\n|1|body||a\n");
	assert_text(doctext_rtf, "{\\rtf1 a{b", "|1|body||ab\n!damaged\n");
}

static void
test_mail(void **state)
{
	(void)state;
	assert_text(doctext_mail,
	    "Subject: =?utf-8?Q?caf=C3=A9?=\nContent-Type: text/plain\n\n"
	    "body\n",
	    "Subject|0|property|0|caf\xc3\xa9\n"
	    "Content-Type|0|property|31|text/plain\n"
	    "text/plain|0|body|57|body\n");
}

/* --- damage ------------------------------------------------------------- */

#define RUNS 400 /* of each kind and file */

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
	size_t step = n / RUNS + 1;

	for (size_t i = 1; i < n; i += step) {
		char was = p[i];

		run_damaged(p, i);
		p[i] = 0;
		run_damaged(p, n);
		p[i] = (char)0xff;
		run_damaged(p, n);
		p[i] = was;
	}
}

static void
test_damage(void **state)
{
	static const char corpus[] = "tests/fuzz/corpus/doctext";
	DIR *d = opendir(corpus);
	unsigned files = 0;
	struct dirent *e;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		char path[512];
		char *p = malloc((size_t)1 << 20);
		FILE *f;
		size_t n;

		(void)snprintf(path, sizeof(path), "%s/%s", corpus, e->d_name);
		f = e->d_name[0] != '.' ? fopen(path, "rb") : NULL;
		if (f != NULL) {
			n = fread(p, 1, (size_t)1 << 20, f);
			fclose(f);
			damage(p, n);
			files++;
		}
		free(p);
	}
	closedir(d);
	assert_true(files >= 15);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_end),
		cmocka_unit_test(test_lines_limit),
		cmocka_unit_test(test_lines_cut),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_guess_cut),
		cmocka_unit_test(test_charset_pieces),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_xml),
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_rtf),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
