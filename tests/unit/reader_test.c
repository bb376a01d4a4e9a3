/*
 * reader_test.c: record streams in, and their seals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <spill/buf.h>
#include <spill/diag.h>
#include <spill/hash.h>
#include <spill/in.h>
#include <spill/reader.h>

#include <cmocka.h>

#define CSV   SPILL_SYNTAX_CSV
#define TSV   SPILL_SYNTAX_TSV
#define JSONL SPILL_SYNTAX_JSONL
#define LARGE ((size_t)1 << 26)

#define S(s)                       \
	{                          \
		(s), sizeof(s) - 1 \
	}

static int real_err, fake_err;

static int
setup(void **state)
{
	(void)state;
	real_err = dup(STDERR_FILENO);
	fake_err = memfd_create("stderr", MFD_CLOEXEC);
	spill_diag_init("reader_test", SPILL_NORMAL);
	return dup2(fake_err, STDERR_FILENO) < 0;
}

static int
teardown(void **state)
{
	(void)state;
	dup2(real_err, STDERR_FILENO);
	close(real_err);
	return close(fake_err);
}

/* What went to standard error since this was called last. */
static const char *
said(void)
{
	static char text[2000];
	ssize_t n = pread(fake_err, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	assert_int_equal(ftruncate(fake_err, 0), 0);
	lseek(fake_err, 0, SEEK_SET);
	return text;
}

/* --- inputs ------------------------------------------------------------- */

static struct spill_in *
as_file(struct spill_span s)
{
	int fd = memfd_create("reader", 0);
	struct spill_in *in = NULL;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, s.p, s.len), s.len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(spill_in_open(&in, fd, "reader"), SPILL_OK);
	return in;
}

struct feed {
	struct spill_span s;
	int fd;
};

static void *
feed(void *arg)
{
	struct feed *f = arg;

	for (size_t at = 0; at < f->s.len;) {
		ssize_t w = write(f->fd, f->s.p + at, f->s.len - at);

		if (w < 0)
			break;
		at += (size_t)w;
	}
	close(f->fd);
	return NULL;
}

/* What a stream gives: rows, and how it ends. */
struct outcome {
	int open_rc, rc;
	uint64_t rows, damaged, counted, errors;
	bool sealed;
	char filters[64];
};

static struct outcome
read_on(struct spill_in *in, enum spill_syntax syntax, bool demand)
{
	struct outcome o = { 0 };
	struct spill_reader *r = NULL;

	o.open_rc = spill_reader_open(&r, in, syntax, 0, demand, NULL);
	if (o.open_rc != SPILL_OK) {
		assert_null(r);
		o.rc = o.open_rc;
		return o;
	}
	while (
	    (o.rc = spill_reader_next(r)) == SPILL_OK || o.rc == SPILL_EDAMAGED)
		if (o.rc == SPILL_OK)
			o.rows++;
		else
			o.damaged++;
	o.counted = r->rows;
	o.sealed = r->sealed;
	o.errors = r->seal_errors;
	(void)snprintf(o.filters, sizeof(o.filters), "%.*s",
	    (int)SPILL_MIN(r->filters.len, (size_t)60),
	    r->filters.len > 0 ? r->filters.p : "");
	spill_reader_free(&r);
	assert_null(r);
	spill_reader_free(&r);
	return o;
}

static struct outcome
from_file(struct spill_span s, enum spill_syntax syntax, bool demand)
{
	struct spill_in *in = as_file(s);
	struct outcome o = read_on(in, syntax, demand);

	spill_in_free(&in);
	return o;
}

static struct outcome
from_pipe(struct spill_span s, enum spill_syntax syntax, bool demand)
{
	struct spill_in *in = NULL;
	struct outcome o;
	struct feed f = { s, -1 };
	pthread_t thread;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	f.fd = fds[1];
	assert_int_equal(pthread_create(&thread, NULL, feed, &f), 0);
	assert_int_equal(spill_in_open(&in, fds[0], "pipe"), SPILL_OK);
	o = read_on(in, syntax, demand);
	/* It may have stopped before the end. */
	for (char c[4096]; read(fds[0], c, sizeof(c)) > 0;)
		;
	pthread_join(thread, NULL);
	spill_in_free(&in);
	return o;
}

/* From a file and a pipe: the same. */
static struct outcome
from_both(struct spill_span s, enum spill_syntax syntax, bool demand)
{
	struct outcome a = from_file(s, syntax, demand);
	struct outcome b = from_pipe(s, syntax, demand);

	assert_int_equal(a.open_rc, b.open_rc);
	assert_int_equal(a.rc, b.rc);
	assert_int_equal(a.rows, b.rows);
	assert_int_equal(a.damaged, b.damaged);
	if (a.rc == SPILL_END)
		assert_int_equal(a.sealed, b.sealed);
	return a;
}

/* --- streams ------------------------------------------------------------ */

/* Of what is in b and the text of the seal, but for its last ";". */
static void
hash_of(const struct spill_buf *b, const char *before, char hex[65])
{
	struct spill_hash *h = NULL;
	uint8_t md[SPILL_SHA256_LEN];

	assert_int_equal(spill_hash_open(&h), SPILL_OK);
	spill_hash_put(h, b->p, b->len);
	if (*before != '\0')
		spill_hash_put(h, before, strlen(before) - 1);
	assert_int_equal(spill_hash_done(h, md), SPILL_OK);
	spill_hash_free(&h);
	spill_hex(hex, md, sizeof(md));
	hex[64] = '\0';
}

/* A seal of three columns behind what is in b. */
static void
put_seal(struct spill_buf *b, enum spill_syntax syntax, const char *before)
{
	char hex[65];

	hash_of(b, before, hex);
	spill_buf_puts(b, syntax == JSONL ? "{\"#seal\":\"" : "#seal ");
	for (; *before != '\0'; before++) {
		if (*before == '\\' && syntax != CSV)
			spill_buf_putc(b, '\\');
		spill_buf_putc(b, *before);
	}
	spill_buf_printf(b, "sha256=%s%s\n", hex,
	    syntax == JSONL ? "\"}"
	    : syntax == CSV ? ",,"
			    : "\t\t");
}

static const char *const bodies[] = {
	[CSV] = "item,class,note\na,marked,1\nb,\"two\nlines\",2\nc,,\n",
	[TSV] = "item\tclass\tnote\na\tmarked\t1\nb\ttwo\\nlines\t2\nc\t\t\n",
	[JSONL] = "{\"item\":\"a\",\"class\":\"marked\",\"note\":1}\n"
		  "{\"item\":\"b\",\"class\":\"two\\nlines\",\"note\":2}\n"
		  "{\"item\":\"c\"}\n",
};

static struct spill_buf
sealed(enum spill_syntax syntax, const char *before)
{
	struct spill_buf b = SPILL_BUF_INIT(LARGE);

	spill_buf_puts(&b, bodies[syntax]);
	put_seal(&b, syntax, before);
	assert_int_equal(b.rc, SPILL_OK);
	return b;
}

#define BEFORE "rows=3;errors=2;filters=f\\;g\\\\;options=o;"

static void
whole(void **state)
{
	(void)state;
	for (int syntax = CSV; syntax <= JSONL; syntax++)
		for (int demand = 0; demand <= 1; demand++) {
			struct spill_buf b =
			    sealed((enum spill_syntax)syntax, BEFORE);
			struct outcome o = from_both(spill_buf_as_span(&b),
			    (enum spill_syntax)syntax, demand);

			assert_int_equal(o.rc, SPILL_END);
			assert_int_equal(o.rows, 3);
			assert_int_equal(o.counted, 3);
			assert_true(o.sealed);
			assert_int_equal(o.errors, 2);
			assert_string_equal(o.filters, "f;g\\");
			assert_string_equal(said(), "");
			spill_buf_release(&b);
		}
}

/* Without a seal: refused only where one is demanded, and at the end. */
static void
no_seal(void **state)
{
	(void)state;
	for (int syntax = CSV; syntax <= JSONL; syntax++) {
		struct outcome o = from_both(spill_span(bodies[syntax]),
		    (enum spill_syntax)syntax, false);

		assert_int_equal(o.rc, SPILL_END);
		assert_int_equal(o.rows, 3);
		assert_false(o.sealed);
		assert_string_equal(said(), "");
		o = from_both(spill_span(bodies[syntax]),
		    (enum spill_syntax)syntax, true);
		assert_int_equal(o.rc, SPILL_ESEAL);
		assert_int_equal(o.rows, 3);
		assert_non_null(strstr(said(), "has no seal"));
	}
	assert_int_equal(
	    from_both(SPILL_SPAN("a,b\n"), CSV, true).rc, SPILL_ESEAL);
	assert_int_equal(
	    from_both(SPILL_SPAN(""), JSONL, true).rc, SPILL_ESEAL);
	assert_int_equal(
	    from_both(SPILL_SPAN(""), CSV, true).rc, SPILL_EFORMAT);
	(void)said();
}

/* Seals of text that does not fit the stream, or is no seal. */
static void
bad_seals(void **state)
{
	static const char *const bad[] = {
		"rows=2;errors=0;filters=;options=;",
		"rows=4;errors=0;filters=;options=;",
		"rows=-3;errors=0;filters=;options=;",
		"rows=;errors=0;filters=;options=;",
		"rows=3x;errors=0;filters=;options=;",
		"rows=18446744073709551619;errors=0;filters=;options=;",
		"rows=3;errors=;filters=;options=;",
		"rows=3;errors=none;filters=;options=;",
		"rows=3;filters=;options=;",
		"errors=0;filters=;options=;",
		"rows=3;errors=0;options=;",
		"Rows=3;errors=0;filters=;options=;",
		" rows=3;errors=0;filters=;options=;",
		"rows=3;errors=0;filters=;options=;sha256=00;",
		"rows=3;errors=0;filters=;options=;sha256=;",
		"rows=3;errors=0;filters=rows\\=3\\;",
		"",
	};

	(void)state;
	for (int syntax = CSV; syntax <= JSONL; syntax++)
		for (size_t i = 0; i < SPILL_COUNT(bad); i++)
			for (int demand = 0; demand <= 1; demand++) {
				struct spill_buf b =
				    sealed((enum spill_syntax)syntax, bad[i]);
				struct outcome o =
				    from_both(spill_buf_as_span(&b),
					(enum spill_syntax)syntax, demand);

				assert_int_equal(o.rc, SPILL_ESEAL);
				assert_false(o.sealed);
				assert_non_null(
				    strstr(said(), "the seal is broken"));
				spill_buf_release(&b);
			}
}

/* In each place a byte more, a byte less or another byte. */
static void
check_change(const struct spill_buf *whole_text, enum spill_syntax syntax,
    size_t at, int how)
{
	struct spill_buf b = SPILL_BUF_INIT(LARGE);
	const char *seal = memmem(whole_text->p, whole_text->len, "#seal", 5);
	size_t from = (size_t)(seal - whole_text->p);
	struct outcome o;
	char c = whole_text->p[at];

	if (syntax == JSONL)
		from -= 2;
	spill_buf_put(&b, whole_text->p, at);
	if (how == 0)
		spill_buf_putc(&b, (char)(c ^ 1));
	if (how == 1)
		spill_buf_putc(&b, (char)(c ^ 0x80));
	if (how == 2) {
		spill_buf_putc(&b, c);
		spill_buf_putc(&b, c);
	}
	if (how == 3) {
		spill_buf_putc(&b, '\n');
		spill_buf_putc(&b, c);
	}
	if (how < 5)
		spill_buf_put(
		    &b, whole_text->p + at + 1, whole_text->len - at - 1);
	o = from_file(spill_buf_as_span(&b), syntax, true);
	if (o.rc == SPILL_END) {
		/* Then it was in free text of the seal or after it. */
		assert_true(at > from);
		assert_true(o.sealed);
		assert_int_equal(o.rows, 3);
		assert_int_equal(o.damaged, 0);
	} else {
		assert_false(o.open_rc == SPILL_OK && o.rc != SPILL_ESEAL);
	}
	spill_buf_release(&b);
}

static void
any_change(void **state)
{
	(void)state;
	for (int syntax = CSV; syntax <= JSONL; syntax++) {
		struct spill_buf b = sealed((enum spill_syntax)syntax, BEFORE);

		for (size_t at = 0; at < b.len; at++)
			for (int how = 0; how < 6; how++) {
				check_change(
				    &b, (enum spill_syntax)syntax, at, how);
				(void)said();
			}
		spill_buf_release(&b);
	}
}

/* What comes behind a seal breaks it, if it is a row or was meant for one. */
static void
rows_behind(void **state)
{
	static const struct {
		enum spill_syntax syntax;
		const char *behind;
		int rc;
	} cases[] = { { CSV, "d,,\n", SPILL_ESEAL },
		{ CSV, "d,,", SPILL_ESEAL }, { CSV, ",,\n", SPILL_ESEAL },
		{ CSV, "d\n", SPILL_ESEAL }, { CSV, "\"\n", SPILL_ESEAL },
		{ CSV, "#seal again,,\n", SPILL_ESEAL },
		{ CSV, "\n\r\n\n", SPILL_END }, { CSV, "", SPILL_END },
		{ TSV, "d\t\t\n", SPILL_ESEAL }, { TSV, "d\n", SPILL_ESEAL },
		{ TSV, "\n", SPILL_END },
		{ JSONL, "{\"item\":\"d\"}\n", SPILL_ESEAL },
		{ JSONL, "{}\n", SPILL_ESEAL }, { JSONL, "{\n", SPILL_ESEAL },
		{ JSONL, "{\"#seal\":\"x\"}\n", SPILL_ESEAL },
		{ JSONL, "\n\n", SPILL_END } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++)
		for (int demand = 0; demand <= 1; demand++) {
			struct spill_buf b = sealed(cases[i].syntax, BEFORE);
			struct outcome o;

			spill_buf_puts(&b, cases[i].behind);
			o = from_both(
			    spill_buf_as_span(&b), cases[i].syntax, demand);
			assert_int_equal(o.rc, cases[i].rc);
			assert_int_equal(o.rows, 3);
			if (o.rc == SPILL_ESEAL)
				assert_non_null(
				    strstr(said(), "rows behind it"));
			else
				assert_string_equal(said(), "");
			spill_buf_release(&b);
		}
	/* The whole stream twice. */
	for (int syntax = CSV; syntax <= JSONL; syntax++) {
		struct spill_buf b = sealed((enum spill_syntax)syntax, BEFORE);
		struct spill_buf two = SPILL_BUF_INIT(LARGE);

		spill_buf_span(&two, spill_buf_as_span(&b));
		spill_buf_span(&two, spill_buf_as_span(&b));
		assert_int_equal(from_both(spill_buf_as_span(&two),
				     (enum spill_syntax)syntax, false)
				     .rc,
		    SPILL_ESEAL);
		(void)said();
		spill_buf_release(&b);
		spill_buf_release(&two);
	}
}

/* Damaged rows count: what was sealed had them too. */
static void
damaged_rows(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(LARGE);
	struct outcome o;

	(void)state;
	spill_buf_puts(&b, "item,class,note\na,b\nc,d,e\n\"x\"y,,\nf,g,h,i\n");
	put_seal(&b, CSV, "rows=4;errors=0;filters=;options=;");
	o = from_both(spill_buf_as_span(&b), CSV, true);
	assert_int_equal(o.rc, SPILL_END);
	assert_int_equal(o.rows, 1);
	assert_int_equal(o.damaged, 3);
	assert_int_equal(o.counted, 4);
	assert_true(o.sealed);
	assert_string_equal(said(), "");
	spill_buf_release(&b);
}

/* Rows that look like a seal from afar are rows. */
static void
no_seal_at_all(void **state)
{
	static const struct {
		enum spill_syntax syntax;
		const char *text;
		uint64_t rows;
	} cases[] = { { CSV, "a,b\n#seal rows=1,x\n", 1 },
		{ CSV, "a,b\n#sealed,\n", 1 }, { CSV, "a,b\n#seal,\n", 1 },
		{ CSV, "a,b\nx,#seal rows=1\n", 1 },
		{ CSV, "a,b\n #seal rows=1,\n", 1 },
		{ CSV, "#seal rows=1,b\nx,y\n", 1 },
		{ TSV, "a\tb\n#seal rows=1\tx\n", 1 },
		{ JSONL, "{\"seal\":\"rows=1\"}\n{\"#Seal\":\"rows=1\"}\n", 2 },
		{ JSONL, "{\"#seal\":\"rows=1\",\"a\":\"x\"}\n", 1 },
		{ JSONL, "{\"#seal\":\"\"}\n{}\n", 2 } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		struct outcome o = from_both(
		    spill_span(cases[i].text), cases[i].syntax, false);

		if (o.rc != SPILL_END)
			fail_msg("case %zu: %s", i, said());
		assert_int_equal(o.rows, cases[i].rows);
		assert_false(o.sealed);
		assert_string_equal(said(), "");
	}
}

/*
 * A seal behind many rows, and one before many rows: that it is not in the
 * last 64 KiB of a file makes no difference.
 */
static void
long_streams(void **state)
{
	(void)state;
	for (int syntax = CSV; syntax <= JSONL; syntax++)
		for (unsigned n = 0; n < 6000; n += 600) {
			const char *row = syntax == CSV ? "a,bbbbbbbbb,c\n"
					  : syntax == TSV
					      ? "a\tbbbbbbbbb\tc\n"
					      : "{\"item\":\"aaa\"}\n";
			struct spill_buf b = SPILL_BUF_INIT(LARGE);
			struct outcome o;
			char text[100];

			spill_buf_puts(&b, syntax == CSV ? "item,class,note\n"
					   : syntax == TSV
					       ? "item\tclass\tnote\n"
					       : "");
			for (unsigned i = 0; i < n; i++)
				spill_buf_puts(&b, row);
			snprintf(text, sizeof(text),
			    "rows=%u;errors=0;filters=;options=;", n);
			put_seal(&b, (enum spill_syntax)syntax, text);
			for (int demand = 0; demand <= 1; demand++) {
				o = from_both(spill_buf_as_span(&b),
				    (enum spill_syntax)syntax, demand);
				assert_int_equal(o.rc, SPILL_END);
				assert_int_equal(o.rows, n);
				assert_true(o.sealed);
			}
			for (unsigned i = 0; i < 6000 - n; i++)
				spill_buf_puts(&b, row);
			for (int demand = 0; demand <= 1; demand++) {
				o = from_both(spill_buf_as_span(&b),
				    (enum spill_syntax)syntax, demand);
				assert_int_equal(o.rc, SPILL_ESEAL);
				assert_int_equal(o.rows, n);
				assert_non_null(
				    strstr(said(), "the seal is broken"));
			}
			spill_buf_release(&b);
		}
}

/* A byte order mark and CR LF are part of what is hashed. */
static void
mark_and_crlf(void **state)
{
	struct spill_buf b = SPILL_BUF_INIT(LARGE);

	(void)state;
	spill_buf_puts(&b, "\xef\xbb\xbfitem,class,note\r\n\r\na,b,c\r\n");
	put_seal(&b, CSV, "rows=1;errors=0;filters=;options=;");
	assert_int_equal(
	    from_both(spill_buf_as_span(&b), CSV, true).rc, SPILL_END);
	assert_int_equal(
	    from_both((struct spill_span){ b.p + 3, b.len - 3 }, CSV, true).rc,
	    SPILL_ESEAL);
	(void)said();
	/* The end of the seal's own line is no matter. */
	b.len--;
	assert_int_equal(
	    from_both(spill_buf_as_span(&b), CSV, true).rc, SPILL_END);
	spill_buf_puts(&b, "\r\n");
	assert_int_equal(
	    from_both(spill_buf_as_span(&b), CSV, true).rc, SPILL_END);
	spill_buf_release(&b);
}

static void
why_not(void **state)
{
	struct spill_buf why = SPILL_BUF_INIT(1000);
	struct spill_in *in = as_file(SPILL_SPAN("a,b,a\n1,2,3\n"));
	struct spill_reader *r = NULL;

	(void)state;
	assert_int_equal(
	    spill_reader_open(&r, in, CSV, 0, false, &why), SPILL_EDAMAGED);
	assert_null(r);
	assert_string_equal(spill_buf_str(&why), "two columns are named 'a'");
	spill_in_free(&in);
	spill_buf_release(&why);
}

/* --- which syntax ------------------------------------------------------- */

static void
guess(void **state)
{
	static const struct {
		struct spill_span text;
		enum spill_syntax syntax;
	} cases[] = { { S(""), CSV }, { S("a"), CSV }, { S("a,b\n"), CSV },
		{ S("a\tb\n"), TSV }, { S("a\tb"), TSV },
		{ S("a,b\tc\n"), TSV }, { S("\t\n"), TSV },
		{ S("a,b\n1\t2\n"), CSV }, { S("\na\tb\n"), CSV },
		{ S("{\"a\":1}\n"), JSONL }, { S("{"), JSONL },
		{ S("{\t\"a\":1}"), JSONL }, { S(" {}"), CSV },
		{ S("\xef\xbb\xbf{}"), JSONL },
		{ S("\xef\xbb\xbf"
		    "a\tb"),
		    TSV },
		{ S("\xef\xbb\xbf"
		    "a,b"),
		    CSV },
		{ S("\xef\xbb\xbf"), CSV }, { S("\xef\xbb"), CSV },
		{ S("\xef\xbb\xbf\n{"), CSV }, { S("[{\"a\":1}]\n"), CSV } };

	(void)state;
	for (size_t i = 0; i < SPILL_COUNT(cases); i++) {
		char *copy = malloc(cases[i].text.len + 1);

		assert_non_null(copy);
		memcpy(copy, cases[i].text.p, cases[i].text.len);
		if (spill_syntax_guess((struct spill_span){
			copy, cases[i].text.len }) != cases[i].syntax)
			fail_msg("case %zu", i);
		free(copy);
	}
	assert_int_equal(
	    spill_syntax_guess((struct spill_span){ NULL, 0 }), CSV);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(no_seal),
		cmocka_unit_test(bad_seals),
		cmocka_unit_test(any_change),
		cmocka_unit_test(rows_behind),
		cmocka_unit_test(damaged_rows),
		cmocka_unit_test(no_seal_at_all),
		cmocka_unit_test(long_streams),
		cmocka_unit_test(mark_and_crlf),
		cmocka_unit_test(why_not),
		cmocka_unit_test(guess),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
