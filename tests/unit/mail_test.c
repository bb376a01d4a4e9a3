/*
 * mail_test.c: messages and mailboxes: what is in them, byte for byte.
 */
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unpack_util.h"

#include <spill/mail.h>

#include "../../common/content/mail_i.h"

static struct unpack_log log_;

static int
setup(void **state)
{
	(void)state;
	return spill_unpack_mail.warm();
}

static int
teardown(void **state)
{
	(void)state;
	unpack_log_free(&log_);
	memset(&log_, 0, sizeof(log_));
	return 0;
}

/* What a mail gives, in lines. */
static const char *
run(struct spill_span mail)
{
	assert_int_equal(
	    unpack_run(&spill_unpack_mail, mail, NULL, &log_), SPILL_OK);
	return spill_buf_str(&log_.text);
}

#define RUN(s)		     run(SPILL_SPAN(s))
#define assert_mail(s, want) assert_string_equal(RUN(s), want)
#define HEAD                                         \
	"From: a@b.example\r\nMIME-Version: 1.0\r\n" \
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#define PART(type, text) \
	"--b\r\nContent-Type: " type "\r\n\r\n" text "\r\n--b--\r\n"

/* --- parts -------------------------------------------------------------- */

static void
test_which_parts(void **state)
{
	(void)state;
	assert_mail("Subject: x\n\nbody\n", "");
	assert_mail("Content-Type: application/pdf\n\n%PDF\n",
	    "attachment 1 mime=application/pdf: \"%PDF\\x0a\" ok\n");
	assert_mail("Content-Type: text/plain; name=a.txt\n\nx\n",
	    "attachment 1 title=a.txt mime=text/plain: \"x\\x0a\" ok\n");
	assert_mail("Content-Disposition: attachment\n\nx",
	    "attachment 1 mime=text/plain: \"x\" ok\n");
	/* The first part is the message's text, the second is not. */
	assert_mail(HEAD "--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n",
	    "attachment 1 mime=text/plain: \"two\" ok\n");
	assert_mail(HEAD PART("image/png", "P"),
	    "attachment 1 mime=image/png: \"P\" ok\n");
	/* Alternatives are the text, in the first place. */
	assert_mail(HEAD
	    "--b\nContent-Type: multipart/alternative; boundary=c\n\n"
	    "--c\n\nplain\n--c\nContent-Type: text/html\n\n<p>\n"
	    "--c\nContent-Type: text/calendar\n\nBEGIN\n--c--\n"
	    "--b\nContent-Type: multipart/alternative; boundary=d\n\n"
	    "--d\n\nother\n--d--\n--b--\n",
	    "attachment 1 mime=text/calendar: \"BEGIN\" ok\n"
	    "attachment 2 mime=text/plain: \"other\" ok\n");
	/* A message in it is one. */
	assert_mail(HEAD PART("message/rfc822",
			"Subject: =?utf-8?Q?inn=C3=A9r?=\r\n"
			"Content-Type: multipart/mixed; boundary=i\r\n\r\n"
			"--i\r\n\r\nx\r\n--i--"),
	    "attachment 1 title=inn\xc3\xa9r mime=message/rfc822: 93 bytes "
	    "ok\n");
	assert_mail("Content-Type: multipart/digest; boundary=b\n\n"
		    "--b\n\nSubject: one\n\nx\n--b--\n",
	    "attachment 1 title=one mime=message/rfc822: "
	    "\"Subject: one\\x0a\\x0ax\" ok\n");
	assert_mail(HEAD "--b--\r\n", "");
	assert_mail(HEAD "--b\r\n--b--\r\n", "");
}

static void
test_boundaries(void **state)
{
	(void)state;
	/* One that begins like the other, and blanks behind. */
	assert_mail("Content-Type: multipart/mixed; boundary=\"ab\"\n\n"
		    "--ab \t\nContent-Type: multipart/mixed; boundary=abc\n\n"
		    "--abc\nContent-Type: a/b\n\n--ab\x63 x\n--abx\n-- ab\n"
		    "--abc--\n--ab--  \n",
	    "attachment 1 mime=a/b: \"--abc x\\x0a--abx\\x0a-- ab\" ok\n");
	/* The inner one is never closed. */
	assert_mail("Content-Type: multipart/mixed; boundary=o\n\n--o\n"
		    "Content-Type: multipart/mixed; boundary=i\n\n"
		    "--i\nContent-Type: a/b\n\nx\n--o\nContent-Type: c/d\n\n"
		    "y\n--o--\n",
	    "attachment 1 mime=a/b: \"x\" ok\n"
	    "flaw damaged 0x2f+0: a multipart without its last boundary\n"
	    "attachment 2 mime=c/d: \"y\" ok\n");
	/* The end is missing. */
	assert_mail(HEAD "--b\r\nContent-Type: a/b\r\n\r\nhalf",
	    "attachment 1 mime=a/b: \"half\" partial: the message ends before "
	    "its boundary\n"
	    "flaw damaged 0x0+0: a multipart without its last boundary\n");
	assert_mail("Content-Type: multipart/mixed\n\n--b\n\nx\n--b--\n",
	    "flaw damaged 0x0+0: a multipart that declares no boundary\n"
	    "attachment 1 mime=multipart/mixed: "
	    "\"--b\\x0a\\x0ax\\x0a--b--\\x0a\" "
	    "ok\n");
	assert_mail(HEAD "--c\r\n\r\nx\r\n--c--\r\n",
	    "flaw damaged 0x0+0: a multipart without its boundary\n"
	    "flaw anomaly 0x53+17: a multipart in which its boundary does not "
	    "occur\n"
	    "attachment 1 note=a multipart in which its boundary does not "
	    "occur: \"--c\\x0d\\x0a\\x0d\\x0ax\\x0d\\x0a--c--\\x0d\\x0a\" "
	    "ok\n");
}

static void
test_between_parts(void **state)
{
	(void)state;
	assert_mail(HEAD "This is a multi-part message in MIME format.\r\n"
			 "--b\r\n\r\nx\r\n--b--\r\n \t\r\n",
	    "");
	assert_mail(HEAD
	    "This is a multi-part message in MIME format. And more.\r\n"
	    "--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b--\r\nSECRET\r\n",
	    "attachment 1 mime=a/b: \"x\" ok\n"
	    "flaw anomaly 0x53+54: text before the first part\n"
	    "attachment 2 note=text before the first part: \"This is a "
	    "multi-part message in MIME format. And more.\" ok\n"
	    "flaw anomaly 0xaf+8: text behind the last part\n"
	    "attachment 3 note=text behind the last part: "
	    "\"SECRET\\x0d\\x0a\" ok\n");
}

/* Only parts have an encoding (RFC 2045 6.4). Where a multipart claims one, it
 * is believed if nothing in it can be read without. */
static void
test_coded_multipart(void **state)
{
	(void)state;
	assert_mail("Content-Type: multipart/mixed; boundary=b\n"
		    "Content-Transfer-Encoding: base64\n\n"
		    "--b\nContent-Type: a/b\n\nx\n--b--\n",
	    "attachment 1 mime=a/b: \"x\" ok\n");
	assert_mail("Content-Type: multipart/mixed; boundary=b\n"
		    "Content-Transfer-Encoding: base64\n\nLS1iCgpTRUNSRVQ=\n",
	    "flaw damaged 0x0+0: a multipart without its boundary\n"
	    "flaw anomaly 0x4d+17: a multipart in which its boundary does not "
	    "occur\n"
	    "attachment 1 note=a multipart in which its boundary does not "
	    "occur: \"--b\\x0a\\x0aSECRET\" ok\n");
}

/* --- names -------------------------------------------------------------- */

/* The title of a part with these fields. */
static const char *
title(const char *fields)
{
	static char out[300];
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	const char *line, *mime;

	spill_buf_printf(&b, HEAD "--b\r\n%s\r\n\r\nx\r\n--b--\r\n", fields);
	(void)run(spill_buf_as_span(&b));
	spill_buf_release(&b);
	line = unpack_line(&log_, "attachment 1 title=");
	mime = strstr(line, " mime=");
	(void)snprintf(out, sizeof(out), "%.*s",
	    mime != NULL ? (int)(mime - line) - 19 : 0,
	    mime != NULL ? line + 19 : "");
	return out;
}

static void
test_names(void **state)
{
	static const struct {
		const char *fields, *title;
	} names[] = {
		{ "Content-Type: a/b; name=\"C:\\TEMP\\x0aew.png\"",
		    "C:\\TEMP\\x0aew.png" },
		{ "Content-Type: a/b; name=\"a\\\"b\\\\c\"", "a\"b\\c" },
		{ "Content-Type: a/b; name=one\r\n"
		  "Content-Disposition: inline; filename=two",
		    "two" },
		{ "Content-Type: a/b; name=\"../../etc/passwd\"",
		    "../../etc/passwd" },
		{ "Content-Disposition: x; filename=\"\x01\x1b[2Jx\"",
		    "\\x01\\x1b[2Jx" },
		{ "Content-Disposition: x; filename*=utf-8'en'%e2%82%ac%20x",
		    "\xe2\x82\xac x" },
		{ "Content-Disposition: x; filename*0*=iso-8859-1''a%e4; "
		  "filename*1*=%20b",
		    "a\xc3\xa4 b" },
		{ "Content-Disposition: x; filename*0=a; filename*0=b; "
		  "filename*2147483648=c",
		    "abc" },
		{ "Content-Type: a/b; name=\"=?iso-8859-15?Q?=A4?= 1\"",
		    "\xe2\x82\xac 1" },
		{ "Content-Type: a/b; name==?koi8-r?B?0MzBzg==?=.doc",
		    "\xd0\xbf\xd0\xbb\xd0\xb0\xd0\xbd.doc" },
		{ "Content-Type: a/b; name=\"\xe4.doc\"", "\xc3\xa4.doc" },
		{ "Content-Type: a/b; name=\"\xc3\xa4.doc\"", "\xc3\xa4.doc" },
		{ "Content-Type: gzip; name=\"no subtype.gz\"",
		    "no subtype.gz" },
		{ "Content-Type: a/b;\r\n\tname=\"folded\r\n name\"",
		    "folded name" },
		{ "Content-Type: a/b; name=\"no end", "no end" },
		{ "Content-Type: a/b; name=blanks in it.doc; x=y",
		    "blanks in it.doc" },
	};

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(names); i++)
		assert_string_equal(title(names[i].fields), names[i].title);
	(void)title("Content-Type: a/b; name=\"\xe4.doc\"");
	assert_string_equal(unpack_line(&log_, "attachment"),
	    "attachment 1 title=\xc3\xa4.doc mime=a/b note=bytes of its name "
	    "were guessed: \"x\" ok");
}

/* Charsets whose tables glibc loads when they are asked for. */
static void
test_subjects(void **state)
{
	static const struct {
		const char *raw, *text;
	} subjects[] = {
		{ " =?big5?B?pKSk5Q==?=", "\xe4\xb8\xad\xe6\x96\x87" },
		{ "=?ISO-2022-JP?B?GyRCRnxLXDhs?=",
		    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e" },
		{ "=?utf-7?Q?Fr+APY-sche?=", "Fr\xc3\xb6sche" },
		{ "=?iso-8859-15?Q?=A4?=\r\n =?iso-8859-15?Q?uro?=",
		    "\xe2\x82\xacuro" },
		{ "=?utf-8?Q?=e2=82?= =?utf-8?Q?=ac?=", "\xe2\x82\xac" },
		{ "=?cp037?Q?=c1=c2?=", "AB" },
		{ "Fr\xf6sche", "Fr\xc3\xb6sche" },
		{ "=?x-none?Q?abc?=", "abc" },
		{ "=?utf-8?X?abc?=", "=?utf-8?X?abc?=" },
	};
	struct spill_buf b = SPILL_BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(subjects); i++) {
		spill_buf_reset(&b);
		assert_int_equal(
		    mail_words(&b, spill_span(subjects[i].raw)), i == 6);
		assert_string_equal(spill_buf_str(&b), subjects[i].text);
	}
	spill_buf_reset(&b);
	(void)mail_words(&b, SPILL_SPAN("a\0b"));
	assert_string_equal(spill_buf_str(&b), "a b");
	spill_buf_release(&b);
}

/* The tables of charsets are there when nothing can be opened any more. */
static void
test_without_files(void **state)
{
	const struct rlimit none = { 3, 3 };
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		struct spill_buf b = SPILL_BUF_INIT(1000);
		bool ok = setrlimit(RLIMIT_NOFILE, &none) == 0 &&
			  open("/dev/null", O_RDONLY) < 0;

		(void)mail_words(&b, SPILL_SPAN("=?euc-kr?B?x9G4sA==?= "));
		(void)mail_words(&b, SPILL_SPAN("=?windows-1257?Q?=C0?="));
		ok = ok && strcmp(spill_buf_str(&b),
			       "\xed\x95\x9c\xeb\xa6\xb0 \xc4\x84") == 0;
		_exit(ok ? 0 : 1);
	}
	assert_int_equal(exit_status(pid), 0);
}

static void
test_dates(void **state)
{
	static const char *const dates[][2] = {
		{ "Mon, 3 Jun 2024 10:20:30 +0200", "2024-06-03T08:20:30Z" },
		{ "3 Jun 2024 10:20 -0330", "2024-06-03T13:50Z" },
		{ "Mon, 03 Jun 2024 10:20:30 -0000", "2024-06-03T10:20:30Z" },
		{ "Mon, 3 Jun 2024 10:20:30", "2024-06-03T10:20:30" },
		{ "Mon, 3 Jun 2024 10:20:30 XYZ", "2024-06-03T10:20:30" },
		{ "Mon, 3 Jun 2024 10:20:30 EST", "2024-06-03T15:20:30Z" },
		{ "Wed, 20 Sep 1995 00:19:00 (EDT) -0400",
		    "1995-09-20T04:19:00Z" },
		{ "Fri, 19 May 2000 10:18:03 -0400 (EDT)",
		    "2000-05-19T14:18:03Z" },
		{ "Mon Jun  3 10:20:30 2024", "2024-06-03T10:20:30" },
		{ "03-Jun-2024 10:20:30 GMT", "2024-06-03T10:20:30Z" },
		{ "Fri, 23 Aug 02 2:32:53 -0400", "2002-08-23T06:32:53Z" },
		{ "1 Jan 99 00:00:00 Z", "1999-01-01T00:00:00Z" },
		{ "1 Jan 100 00:00:00 Z", "2000-01-01T00:00:00Z" },
		{ "31 Dec 9999 23:59:60 +0000", "" },
		{ "Mon, 3 Jun 2024 10:20:30 +9999", "" },
		{ "Mon, 3 Jun 2024 10:20:30 +24", "" },
		{ "Mon, 3 Jun 2024 10:20:30 +2400", "" },
		{ "Mon, 3 Jun 0000 10:20:30 +0000", "" },
		{ "Mon, 3 Jun 30828 10:20:30 +0000", "" },
		{ "Mon, 31 Jun 2024 10:20:30 +0000", "" },
		{ "Mon, 3 M\xe4rz 2024 10:20:30 +0000", "" },
		{ "Mon, 3 Jun 2024 25:20:30 +0000", "" },
		{ "Mon, 3 Jun 2024", "" },
		{ "now", "" },
		{ "", "" },
		{ "((((((((((", "" },
	};
	char text[SPILL_TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(dates); i++) {
		size_t n =
		    spill_time_format(mail_date(spill_span(dates[i][0])), text);

		assert_string_equal(n > 0 ? text : "", dates[i][1]);
	}
	/* Of an attachment. */
	assert_mail("Content-Type: a/b\nContent-Disposition: attachment; "
		    "creation-date=\"Mon, 3 Jun 2024 10:00:00 +0000\"; "
		    "modification-date=\"Mon, 3 Jun 2024 11:00:00 +0000\"\n\nx",
	    "attachment 1 mime=a/b born=2024-06-03T10:00:00Z "
	    "modified=2024-06-03T11:00:00Z: \"x\" ok\n");
}

/* --- encodings ---------------------------------------------------------- */

/* What is behind "mime=a/b: " of a part in an encoding. */
static const char *
coded(const char *encoding, const char *text)
{
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	const char *line;

	spill_buf_printf(&b,
	    "Content-Type: a/b\nContent-Transfer-Encoding: %s\n\n%s", encoding,
	    text);
	(void)run(spill_buf_as_span(&b));
	spill_buf_release(&b);
	line = unpack_line(&log_, "attachment 1 mime=a/b: ");
	return line + SPILL_MIN(strlen(line), (size_t)23);
}

static void
test_base64(void **state)
{
	(void)state;
	assert_string_equal(
	    coded("base64", "RVhF\r\n UkNJU0U=\n"), "\"EXERCISE\" ok");
	assert_string_equal(coded("BASE64 ", "QQ==\n"), "\"A\" ok");
	assert_string_equal(coded("base64", ""), "ok");
	assert_string_equal(coded("base64", "RVhF!UkNJU0U=\n"),
	    "\"EXERCISE\" partial: it has bytes that are not base64");
	assert_string_equal(coded("base64", "RVhFUkNJU0U"),
	    "\"EXERCISE\" partial: its base64 ends within a group");
	assert_string_equal(coded("base64", "RVhFR"),
	    "\"EXE\" partial: its base64 ends within a group");
	assert_string_equal(coded("base64", "RVhFUkNJU0U=\n-- \nlist\n"),
	    "\"EXERCISE\" partial: there are bytes behind the end of its "
	    "base64");
	assert_string_equal(
	    coded("base64", "AAEC/w=="), "\"\\x00\\x01\\x02\\xff\" ok");
}

static void
test_other_codes(void **state)
{
	(void)state;
	assert_string_equal(coded("quoted-printable", "a=3Db=\nc =  \r\nd=e4"),
	    "\"a=bc d\\xe4\" ok");
	assert_string_equal(coded("quoted-printable", "a=zz\n"),
	    "\"a=zz\\x0a\" partial: it has an = that is not quoted-printable");
	assert_string_equal(coded("quoted-printable", "a=4z= \t b=\r!"),
	    "\"a=4z= \\x09 b=\\x0d!\" partial: it has an = that is not "
	    "quoted-printable");
	assert_string_equal(
	    coded("x-uuencode", "words\nbegin 644 a\n#0V%T\n`\nend\nmore\n"),
	    "\"Cat\" ok");
	assert_string_equal(
	    coded("uuencode", "begin 644 a\r\n#0V%T\r\n`\r\nend"),
	    "\"Cat\" ok");
	assert_string_equal(coded("x-uuencode", "begin 644 a\n#0V%T\n"),
	    "\"Cat\" partial: its uuencode has no end line");
	assert_string_equal(coded("x-uuencode", "#0V%T\n`\nend\n"),
	    "partial: its uuencode has no begin line");
	assert_string_equal(
	    coded("8bit", "\xff\r\rx"), "\"\\xff\\x0d\\x0dx\" ok");
	assert_string_equal(coded("binary", "x"), "\"x\" ok");
	assert_string_equal(coded("x-what", "x"),
	    "\"x\" partial: its transfer encoding is not known: as it is");
}

/* All bytes, at all places of the windows that the decoders work in. */
static void
test_every_byte(void **state)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				     "opqrstuvwxyz0123456789+/";
	struct spill_buf b = SPILL_BUF_INIT(1 << 20);
	uint8_t raw[60000];
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)dice(&seed, 256);
	spill_buf_puts(&b, HEAD "--b\r\nContent-Type: a/b\r\n"
				"Content-Transfer-Encoding: base64\r\n\r\n");
	for (size_t i = 0; i < sizeof(raw); i += 3) {
		uint32_t v =
		    (uint32_t)raw[i] << 16 | raw[i + 1] << 8 | raw[i + 2];

		for (int k = 18; k >= 0; k -= 6)
			spill_buf_putc(&b, digits[v >> k & 63]);
		if (i % 57 == 54)
			spill_buf_puts(&b, "\r\n");
	}
	spill_buf_puts(&b, "\r\n--b--\r\n");
	log_.quiet = true;
	(void)run(spill_buf_as_span(&b));
	assert_int_equal(log_.how, SPILL_MEMBER_OK);
	assert_int_equal(log_.content.len, sizeof(raw));
	assert_memory_equal(log_.content.p, raw, sizeof(raw));
	spill_buf_release(&b);
}

/* --- headers ------------------------------------------------------------ */

static void
test_headers(void **state)
{
	(void)state;
	assert_int_equal(unpack_run(&spill_unpack_mail,
			     SPILL_SPAN("no header\n"), NULL, &log_),
	    SPILL_EFORMAT);
	assert_int_equal(
	    unpack_run(&spill_unpack_mail, SPILL_SPAN(""), NULL, &log_),
	    SPILL_EFORMAT);
	/* The first of two counts; blanks before the colon do not. */
	assert_mail("content-TYPE : a/b\nContent-Type: c/d\n\nx",
	    "attachment 1 mime=a/b: \"x\" ok\n");
	assert_mail("Content-Type: a/b\nno colon\n\nx",
	    "flaw damaged 0x12+0: its header ends without an empty line\n"
	    "attachment 1 mime=a/b: \"no colon\\x0a\\x0ax\" ok\n");
	assert_mail(">From a@b Mon Jun  3 10:00:00 2024\nContent-Type: a/b\n\n"
		    "x",
	    "attachment 1 mime=a/b: \"x\" ok\n");
	/* .emlx: what is behind the length is Apple's. */
	assert_mail("21        \nContent-Type: a/b\n\nmo<plist>",
	    "attachment 1 mime=a/b: \"mo\" ok\n");
}

/* A header of many fields, and one of a long field: memory stays small. */
static void
test_large_headers(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(64 << 20);

	(void)state;
	for (int i = 0; i < 200000; i++)
		spill_buf_printf(&b, "X-%d: y\n", i);
	spill_buf_puts(&b, "Content-Type: a/b\n\nx");
	(void)run(spill_buf_as_span(&b));
	assert_non_null(
	    strstr(unpack_line(&log_, "flaw"), "its header has 200001 fields"));
	assert_string_equal(unpack_line(&log_, "attachment"),
	    "attachment 1 mime=a/b: \"x\" ok");
	spill_buf_reset(&b);
	spill_buf_puts(&b, "Content-Type: a/b; name=");
	for (int i = 0; i < 4 << 20; i++)
		spill_buf_puts(&b, i % 100 == 99 ? "\n " : "nn");
	spill_buf_puts(&b, "\n\nx");
	log_.quiet = true;
	(void)run(spill_buf_as_span(&b));
	assert_int_equal(log_.members, 1);
	assert_int_equal(log_.flaws, 1);
	assert_int_equal(log_.bytes, 1);
	spill_buf_release(&b);
}

static void
test_depth(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(64 << 20);

	(void)state;
	for (int i = 0; i < 10000; i++)
		spill_buf_printf(&b,
		    "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i,
		    i);
	spill_buf_puts(&b, "\nthe body\n");
	(void)run(spill_buf_as_span(&b));
	assert_non_null(strstr(unpack_line(&log_, "flaw"), "flaw limit"));
	assert_non_null(strstr(
	    unpack_line(&log_, "flaw"), "a multipart more than 100 deep"));
	assert_int_equal(log_.members, 1);
	assert_true(log_.bytes > 400000);
	assert_int_equal(log_.flaws, 101);
	spill_buf_release(&b);
}

/* --- mailboxes ---------------------------------------------------------- */

#define FROM "From a@b.example Mon Jun  3 10:00:00 2024"

static void
test_mbox(void **state)
{
	(void)state;
	assert_mail(FROM "\nSubject: one\nDate: Mon, 3 Jun 2024 10:00:00 +0100"
			 "\n\nbody\n>From me\n\n" FROM
			 "\r\nSubject: =?utf-8?Q?t=C3=A9?=\r\nDate: never\r\n"
			 "\r\nx\r\n\r\n" FROM "\nTo: z\n",
	    "message 1 title=one mime=message/rfc822 size=65 "
	    "modified=2024-06-03T09:00:00Z note=" FROM ": 65 bytes ok\n"
	    "message 2 title=t\xc3\xa9 mime=message/rfc822 size=48 note=" FROM
	    "; its date is none: never: \"Subject: "
	    "=?utf-8?Q?t=C3=A9?=\\x0d\\x0aDate: "
	    "never\\x0d\\x0a\\x0d\\x0ax\\x0d\\x0a\" "
	    "ok\n"
	    "message 3 mime=message/rfc822 size=6 note=" FROM
	    ": \"To: z\\x0a\" ok\n");
}

static void
test_mbox_lines(void **state)
{
	(void)state;
	log_.plain = true;
	/* In the text: without a date and a field, or not behind an empty
	 * line. */
	assert_mail(FROM "\nTo: a\n\nx\n\nFrom Russia with love\nYear: 1963\n"
			 "y\n" FROM "\nno field\n",
	    "message 1 mime=message/rfc822 size=96 note=" FROM
	    ": 96 bytes ok\n");
	/* Thunderbird's, one that says no time, one where the empty line is
	 * missing. */
	assert_mail("From - \nTo: a\n\nx\n\nFrom -\nTo: b\n\ny\n\nFrom me\n"
		    "Received: c\n\nz\n" FROM "\nTo: d\n",
	    "message 1 mime=message/rfc822 size=9 note=From - : "
	    "\"To: a\\x0a\\x0ax\\x0a\" ok\n"
	    "message 2 mime=message/rfc822 size=9 note=From -: "
	    "\"To: b\\x0a\\x0ay\\x0a\" ok\n"
	    "message 3 mime=message/rfc822 size=15 note=From me: "
	    "\"Received: c\\x0a\\x0az\\x0a\" ok\n"
	    "message 4 mime=message/rfc822 size=6 note=" FROM
	    ": \"To: d\\x0a\" ok\n");
	assert_mail("\xef\xbb\xbf" FROM "\n\nno header",
	    "message 1 mime=message/rfc822 size=10 note=" FROM
	    ": \"\\x0ano header\" ok\n");
}

static void
test_mbox_lengths(void **state)
{
	(void)state;
	log_.plain = true;
	/* It leads to the next: what looks like one in it is told. */
	assert_mail(FROM "\nContent-Length: 52\n\nx\n\n" FROM
			 "\nTo: b\n\n\n" FROM "\nTo: c\n",
	    "flaw anomaly 0x41+0: a \"From \" line of a message within the "
	    "length that message 1 says\n"
	    "message 1 mime=message/rfc822 size=72 note=" FROM ": 72 bytes ok\n"
	    "message 2 mime=message/rfc822 size=6 note=" FROM
	    ": \"To: c\\x0a\" ok\n");
	/* It leads nowhere. */
	assert_mail(FROM "\nContent-Length: 5\n\nx\n\n" FROM "\nTo: b\n",
	    "message 1 mime=message/rfc822 size=21 note=" FROM
	    ": \"Content-Length: 5\\x0a\\x0ax\\x0a\" ok\n"
	    "message 2 mime=message/rfc822 size=6 note=" FROM
	    ": \"To: b\\x0a\" ok\n");
	assert_mail(FROM "\nContent-Length: 18446744073709551615\n\nx\n",
	    "message 1 mime=message/rfc822 size=40 note=" FROM
	    ": \"Content-Length: 18446744073709551615\\x0a\\x0ax\\x0a\" ok\n");
}

/* A source that is not in memory; each byte is read a few times at the most,
 * whatever the lines are. */
static void
test_streamed(void **state)
{
	struct spill_unpack_sink sink = unpack_log_sink(&log_);
	const struct spill_unpack_conf conf = { 0 };
	struct spill_buf b = SPILL_BUF_INIT(64 << 20);
	struct unpack_counted c;

	(void)state;
	log_.quiet = true;
	for (int i = 0; i < 2000; i++) {
		spill_buf_printf(&b, FROM "\nSubject: %d\n\n", i);
		for (int k = 0; k < i; k++)
			spill_buf_puts(&b, k % 7 ? "From x " : "\nFrom \n\n");
		spill_buf_puts(&b, "\n\n");
	}
	unpack_counted(&c, spill_buf_as_span(&b));
	assert_int_equal(spill_unpack_mail.run(&c.src, &conf, &sink), SPILL_OK);
	assert_int_equal(log_.members, 2000);
	assert_true(log_.bytes + 2000 * (sizeof(FROM) + 1) == b.len);
	assert_true(c.read < 10 * b.len);
	c.fail_at = c.calls / 2;
	c.calls = 0;
	assert_int_equal(
	    spill_unpack_mail.run(&c.src, &conf, &sink), SPILL_EIO);
	spill_buf_release(&b);
}

/* --- which files -------------------------------------------------------- */

static bool
is(const char *s)
{
	return spill_unpack_mail.is(spill_span(s), NULL);
}

static void
test_is(void **state)
{
	const struct spill_sniff said = { .mime =
					      SPILL_SPAN("message/rfc822") };

	(void)state;
	assert_true(is("From: a <a@b.c>\nTo: x\nSubject: y\n\nz"));
	assert_true(is("Received: from x\n\tby y\nSubject: z\n\n"));
	assert_true(is("Received: x\r\nSubject: z\r\n\r\nbody\r\n"));
	assert_true(is("MIME-Version: 1.0\nContent-Type: a/b\n\n"));
	assert_true(is("X-A: b\nDate: Mon, 3 Jun 2024 10:00:00 +0000\n"
		       "From: a@b\n\n"));
	assert_true(is("123 \nReturn-Path: <a@b>\nFrom: x\nSubject: y\n"));
	assert_true(is(FROM "\nX: y\n"));
	assert_true(is(FROM "\n\n"));
	assert_true(is("From - \nFrom: x\n"));
	assert_true(is("\xef\xbb\xbf" FROM "\r\nX: y\r\n"));
	/* Texts. */
	assert_false(is(""));
	assert_false(is("From"));
	assert_false(is("From here on it is easy.\nTo: nobody\n"));
	assert_false(is(FROM "\nit went on\n"));
	assert_false(is("To: Ana\nFrom: Rui\nDate: 3 June 2024\n"
			"Subject: lunch\n\n"));
	assert_false(is("HTTP/1.1 200 OK\nDate: Mon, 3 Jun 2024 10:00:00 GMT\n"
			"Content-Type: text/html\n\n"));
	assert_false(is("Package: x\nVersion: 1\nStatus: install ok\n\n"));
	assert_false(is("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"));
	assert_false(is("Name: x\nDate: 1\nTo: y\n"));
	assert_false(is("From: rui@example.org\nTo: Ana\n\n"));
	assert_false(is("{\n\"From\": \"a@b\"\n}"));
	assert_true(spill_unpack_mail.is(
	    SPILL_SPAN("To: a\nFrom: b\nSubject: c\n\n"), &said));
}

/* --- damage ------------------------------------------------------------- */

static const char whole[] =
    "From: a@b.example\nSubject: =?utf-8?B?w6Q=?=\n"
    "Content-Type: multipart/mixed; boundary=\"bb\"\n\n--bb\n\ntext\n--bb\n"
    "Content-Type: image/png; name*0=a; name*1=\"b c\"\n"
    "Content-Transfer-Encoding: base64\n\nRVhFUkNJU0U=\n--bb\n"
    "Content-Type: multipart/alternative; boundary=cc\n\n--cc\n"
    "Content-Transfer-Encoding: quoted-printable\n\n=45=\n--cc\n"
    "Content-Type: message/rfc822\n\nSubject: x\n\ny\n--cc--\n--bb--\nz\n";

static void
test_cut(void **state)
{
	uint64_t before = 0;

	(void)state;
	log_.quiet = true;
	for (size_t n = 0; n <= sizeof(whole) - 1; n++) {
		int rc = unpack_run(
		    &spill_unpack_mail, span_of(whole, n), NULL, &log_);

		assert_int_equal(rc, n < 5 ? SPILL_EFORMAT : SPILL_OK);
		assert_true(log_.bytes + 100 >= before);
		before = log_.bytes;
	}
	assert_int_equal(log_.members, 4);
	assert_int_equal(log_.bytes, 8 + 1 + 13 + 2);
}

/* Any byte of it as NUL, a line's end, a quote, 8-bit: it ends, inside. */
static void
test_any_byte(void **state)
{
	static const char values[] = { 0, '\n', '\r', '"', '(', '\\', '=',
		'\xff' };
	char copy[sizeof(whole) - 1];

	(void)state;
	log_.quiet = true;
	for (size_t i = 0; i < sizeof(copy); i++)
		for (size_t v = 0; v < sizeof(values); v++) {
			memcpy(copy, whole, sizeof(copy));
			copy[i] = values[v];
			if (unpack_run(&spill_unpack_mail,
				span_of(copy, sizeof(copy)), NULL, &log_) != 0)
				assert_true(i < 5);
			assert_true(log_.bytes <= 2 * sizeof(copy));
		}
}

static void
test_sink(void **state)
{
	(void)state;
	log_.no_content = true;
	(void)run(span_of(whole, sizeof(whole) - 1));
	assert_int_equal(log_.members, 4);
	log_.no_content = false;
	log_.stop = 1;
	(void)run(span_of(whole, sizeof(whole) - 1));
	assert_string_equal(unpack_line(&log_, "attachment 1"),
	    "attachment 1 title=ab c mime=image/png: \"EXERCISE\" skipped");
	log_.stop = 0;
	for (unsigned at = 1; at <= 4; at++) {
		log_.fail_at = at;
		assert_int_equal(
		    unpack_run(&spill_unpack_mail,
			span_of(whole, sizeof(whole) - 1), NULL, &log_),
		    SPILL_EIO);
		assert_int_equal(log_.members, at);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, teardown)
	const struct CMUnitTest tests[] = {
		T(test_which_parts),
		T(test_boundaries),
		T(test_between_parts),
		T(test_coded_multipart),
		T(test_names),
		T(test_subjects),
		T(test_without_files),
		T(test_dates),
		T(test_base64),
		T(test_other_codes),
		T(test_every_byte),
		T(test_headers),
		T(test_large_headers),
		T(test_depth),
		T(test_mbox),
		T(test_mbox_lines),
		T(test_mbox_lengths),
		T(test_streamed),
		T(test_is),
		T(test_cut),
		T(test_any_byte),
		T(test_sink),
	};

	return cmocka_run_group_tests_name("mail", tests, setup, NULL);
}
