/*
 * sniff_test.c: the quick way says what libmagic says with all its rules, of
 * everything at hand, whole, cut and spliced; and nothing that it quotes from
 * the evidence reaches a terminal as it is.
 */
#include "util.h"

#include <ftw.h>
#include <stdio.h>

#include <spill/sniff.h>
#include <spill/utf8.h>

static char head[SPILL_SNIFF_HEAD];
static unsigned long files, quick_files;

struct words {
	char mime[256], type[4200];
};

static void
copy(struct words *w, const struct spill_sniff *s)
{
	assert_true(s->mime.len > 0 && s->mime.len < sizeof(w->mime));
	assert_true(s->type.len > 0 && s->type.len < sizeof(w->type));
	memcpy(w->mime, s->mime.p, s->mime.len);
	w->mime[s->mime.len] = '\0';
	memcpy(w->type, s->type.p, s->type.len);
	w->type[s->type.len] = '\0';
}

static void
assert_printable(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n;) {
		uint32_t cp = 0;
		unsigned k = spill_utf8_decode(s + i, n - i, &cp);

		assert_true(k > 0 && spill_cp_printable(cp));
		i += k;
	}
}

/* True if the quick way answers; then it answers the same. */
static bool
agree(const char *what, struct spill_span s)
{
	struct spill_sniff out;
	struct words quick, whole;
	bool is = spill_sniff_quick(s, s.len, &out);

	if (is)
		copy(&quick, &out);
	assert_int_equal(spill_sniff_whole(s, s.len, &out), SPILL_OK);
	copy(&whole, &out);
	assert_printable(whole.mime);
	assert_printable(whole.type);
	if (!is)
		return false;
	if (strcmp(quick.mime, whole.mime) != 0 ||
	    strcmp(quick.type, whole.type) != 0)
		fail_msg("%s: %s, %s; not %s, %s", what, quick.mime, quick.type,
		    whole.mime, whole.type);
	return true;
}

static size_t
load(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n = 0;

	if (f != NULL) {
		n = fread(head, 1, sizeof(head), f);
		fclose(f);
	}
	return n;
}

static int
one_file(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	size_t n = kind == FTW_F && S_ISREG(st->st_mode) ? load(path) : 0;
	uint32_t seed = (uint32_t)n;

	(void)ftw;
	if (n == 0)
		return 0;
	files++;
	quick_files += agree(path, span_of(head, n));
	/* Its start alone, and with a byte that is another. */
	n = 1 + dice(&seed, (uint32_t)SPILL_MIN(n, 4096));
	agree(path, span_of(head, n));
	head[dice(&seed, (uint32_t)n)] = (char)dice(&seed, 256);
	agree(path, span_of(head, n));
	return 0;
}

/* Skipped by name where there is no such folder. */
static void
all_files(const char *where, unsigned percent)
{
	files = quick_files = 0;
	if (nftw(where, one_file, 32, FTW_PHYS) != 0 || files == 0) {
		print_message("no %s\n", where);
		skip();
	}
	print_message("%s: %lu files, %lu of them the quick way\n", where,
	    files, quick_files);
	assert_true(100 * quick_files >= percent * files);
}

static void
agrees_on_the_test_evidence(void **state)
{
	(void)state;
	all_files("../shared/testdata", 90);
}

static void
agrees_on_this_tree(void **state)
{
	(void)state;
	all_files("tests", 90);
}

/* --- words that are known ----------------------------------------------- */

static const struct {
	struct spill_span in;
	const char *mime, *type;
} known[] = {
	{ S("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"), "application/pdf",
	    "PDF document, version 1.4" },
	{ S("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x10\x08\6\0\0\0"),
	    "image/png",
	    "PNG image data, 32 x 16, 8-bit/color RGBA, "
	    "non-interlaced" },
	{ S("GIF89a\x01\0\x02\0\x80\0\0"), "image/gif",
	    "GIF image data, version 89a, 1 x 2" },
	{ S("BZh91AY&SY"), "application/x-bzip2",
	    "bzip2 compressed data, block size = 900k" },
	{ S("\xfd"
	    "7zXZ\0\0\4\xe6\xd6\xb4\x46"),
	    "application/x-xz", "XZ compressed data, checksum CRC64" },
	{ S("7z\xbc\xaf\x27\x1c\0\4"), "application/x-7z-compressed",
	    "7-zip archive data, version 0.4" },
	{ S("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "application/zip",
	    "Zip archive data (empty)" },
	{ S("{\\rtf1\\ansi{\\b x}}"), "text/rtf",
	    "Rich Text Format data, version 1, ANSI" },
	{ S("one\ntwo\n"), "text/plain", "ASCII text" },
	{ S("one\r\ntwo\r\n"), "text/plain",
	    "ASCII text, with CRLF line terminators" },
	{ S("no end"), "text/plain", "ASCII text, with no line terminators" },
	{ S("caf\xc3\xa9\n"), "text/plain", "Unicode text, UTF-8 text" },
	{ S("\xef\xbb\xbf"
	    "caf\xc3\xa9\n"),
	    "text/plain", "Unicode text, UTF-8 (with BOM) text" },
	{ S("caf\xe9\n"), "text/plain", "ISO-8859 text" },
	{ S("\xff\xfe"
	    "a\0b\0\n\0"),
	    "text/plain", "Unicode text, UTF-16, little-endian text" },
	{ S("<!DOCTYPE html>\n<html><body>x</body></html>\n"), "text/html",
	    "HTML document, ASCII text" },
	{ S("<?xml version=\"1.0\"?>\n<a/>\n"), "text/xml",
	    "XML 1.0 document, ASCII text" },
	{ S("{\"a\": [1, 2]}\n"), "application/json", "JSON text data" },
	{ S("a,b\n1,2\n3,4\n5,6\n"), "text/csv", "CSV text" },
	{ S("#!/bin/sh\nexit 0\n"), "text/x-shellscript",
	    "POSIX shell script, ASCII text executable" },
	{ S("Received: from a by b\nSubject: c\n\nd\n"), "message/rfc822",
	    "RFC 822 mail, ASCII text" },
	{ S("\xde\xad\0\xbe\xef\x99"), "application/octet-stream", "data" },
};

static void
says_what_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(known); i++) {
		struct spill_sniff s;
		struct words w;
		void *p = exact(known[i].in.p, known[i].in.len);

		if (!agree(known[i].type, span_of(p, known[i].in.len)))
			fail_msg("%s: not the quick way", known[i].type);
		assert_int_equal(spill_sniff(span_of(p, known[i].in.len),
				     known[i].in.len, &s),
		    SPILL_OK);
		copy(&w, &s);
		assert_string_equal(w.mime, known[i].mime);
		assert_string_equal(w.type, known[i].type);
		assert_int_equal(spill_sniff_mime(span_of(p, known[i].in.len),
				     known[i].in.len, &s),
		    SPILL_OK);
		assert_true(spill_span_eq(s.mime, spill_span(known[i].mime)));
		assert_int_equal(s.type.len, 0);
		free(p);
	}
}

static void
nothing_and_what_cannot_be_read(void **state)
{
	struct spill_sniff s;
	struct words w;

	(void)state;
	assert_int_equal(spill_sniff(span_of("", 0), 0, &s), SPILL_OK);
	copy(&w, &s);
	assert_string_equal(w.mime, "inode/x-empty");
	assert_string_equal(w.type, "empty");
	assert_int_equal(spill_sniff(span_of("", 0), 9, &s), SPILL_OK);
	copy(&w, &s);
	assert_string_equal(w.mime, "application/octet-stream");
	assert_string_equal(w.type, "data");
}

/* What is quoted: the program of a script, the name in a gzip header. */
static void
quotes_are_neutral(void **state)
{
	static const struct spill_span in[] = {
		S("#! /opt/\x1b[31mred\x07/\xe2\x80\xaex\nx\n"),
		S("\x1f\x8b\x08\x08\1\2\3\4\0\3\x1b]0;title\x07\r\n\xff.txt\0"
		  "xxxxxxxxxxxxxxxxxxxx"),
	};
	struct spill_sniff s;
	struct words w;

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(in); i++) {
		assert_int_equal(spill_sniff(in[i], in[i].len, &s), SPILL_OK);
		copy(&w, &s);
		assert_non_null(strstr(w.type, "\\x1b"));
		assert_printable(w.type);
		agree("quotes", in[i]);
	}
}

/* --- by chance ---------------------------------------------------------- */

static void
agrees_on_splices(void **state)
{
	uint32_t seed = 5;
	char s[2048];

	(void)state;
	for (unsigned round = 0; round < 1500; round++) {
		size_t n = 0;

		while (n < sizeof(s) - 600) {
			struct spill_span part =
			    known[dice(&seed, SPILL_COUNT(known))].in;
			size_t from = dice(&seed, 4) == 0
					  ? dice(&seed, (uint32_t)part.len)
					  : 0;

			memcpy(s + n, part.p + from, part.len - from);
			n += part.len - from;
			if (dice(&seed, 3) == 0)
				break;
			for (uint32_t k = dice(&seed, 3) * dice(&seed, 99);
			     k > 0; k--)
				s[n++] = dice(&seed, 2)
					     ? (char)dice(&seed, 256)
					     : "\n\t 0a:.;="[dice(&seed, 9)];
		}
		agree("splice", span_of(s, n));
	}
}

/* Text of words that libmagic's rules look for, at the starts of lines and
 * within them, in each encoding. */
static void
agrees_on_words(void **state)
{
	static const char *const word[] = { "#include", "import ", "class ",
		"def ", "\tx", "0 HEAD", ".TH", ".asciiz", "(ns a",
		"begin 644 ", " -- ", "module.exports=", "function(",
		"typeof x ===", "<script>", "\\begin{x}", "=pod", "=head1 ",
		"BEGIN{", ":", ";", "all:", "MAX=1,2", "C comment", "c ", "\n",
		"\r\n", " ", "static", "struct", "extern int a;", "char *a;",
		"--- a", "+++ b", "From: a", "To: b", "Subject: c",
		"PROC x = y", "package", "var", "<a href=", "\\input", "%!PS",
		"SiSU text", "1", "P1", "p" };
	uint32_t seed = 9;
	char s[8192];

	(void)state;
	for (unsigned round = 0; round < 1500; round++) {
		size_t n = 0, words = dice(&seed, 40);
		unsigned form = dice(&seed, 3);

		if (form == 1)
			n = 2, memcpy(s, "\xff\xfe", 2);
		for (size_t i = 0; i < words; i++)
			for (const char *p =
				 word[dice(&seed, SPILL_COUNT(word))];
			     *p != '\0'; p++) {
				s[n++] = *p;
				if (form == 1)
					s[n++] = '\0';
			}
		if (form == 2)
			s[n++] = '\xe9';
		if (n > 0)
			agree("words", span_of(s, n));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_known),
		cmocka_unit_test(nothing_and_what_cannot_be_read),
		cmocka_unit_test(quotes_are_neutral),
		cmocka_unit_test(agrees_on_splices),
		cmocka_unit_test(agrees_on_words),
		cmocka_unit_test(agrees_on_this_tree),
		cmocka_unit_test(agrees_on_the_test_evidence),
	};

	setenv("TZ", "UTC", 1);
	if (spill_sniff_warm() != SPILL_OK)
		return 1;
	return cmocka_run_group_tests_name("sniff", tests, NULL, NULL);
}
