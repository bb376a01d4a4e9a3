/*
 * sniff.c: libmagic's words. See sniff_i.h for how it is kept from trying
 * thousands of rules that cannot hold.
 */
#include <stdlib.h>
#include <string.h>

#include <magic.h>

#include <spill/diag.h>
#include <spill/hash.h>
#include <spill/utf8.h>

#include "sniff_i.h"

/*
 * The system's compiled table alone: what a run says must not hang on
 * $MAGIC, ~/.magic or /etc/magic of whoever runs it.
 */
static const char *const paths[] = { "/usr/share/misc/magic.mgc",
	"/usr/lib/file/magic.mgc", "/usr/share/file/misc/magic.mgc" };

#define FLAGS (MAGIC_RAW | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF)
#define PARTS 256 /* tables of few rules that are kept */
#define SHORT ((size_t)4 << 10)

/* A table of the rules of one set. */
struct part {
	struct sniff_set rules;
	void *table;
	magic_t magic;
};

static struct {
	struct sniff_db db;
	magic_t whole;
	bool quick; /* the table is understood */
	struct part part[PARTS];
	char mime[256], type[4096];
} sniff;

/* --- what libmagic says ------------------------------------------------- */

static magic_t
load(void *table, size_t bytes)
{
	magic_t m = magic_open(FLAGS);

	if (m != NULL && magic_load_buffers(m, &table, &bytes, 1) != 0) {
		magic_close(m);
		m = NULL;
	}
	return m;
}

/* NULL: it cannot tell. */
static const char *
words(magic_t m, int flags, struct spill_span head)
{
	const char *s;

	magic_setflags(m, FLAGS | flags);
	s = magic_buffer(m, head.p, head.len);
	return s != NULL && *s != '\0' ? s : NULL;
}

/* Descriptions may quote what they describe: no byte of it that is not
 * printable comes through. */
static struct spill_span
keep(const char *s, char *out, size_t size)
{
	spill_neutral(out, size, s, strlen(s));
	return spill_span(out);
}

/* read: how much is looked at to tell whether it is text. False: a rule
 * starts anew. */
static bool
say(magic_t m, struct spill_span head, size_t read, struct spill_sniff *out)
{
	const char *s;

	magic_setparam(m, MAGIC_PARAM_ENCODING_MAX, &read);
	s = words(m, MAGIC_MIME_TYPE, head);
	if (s != NULL && strchr(s, SNIFF_ANEW) != NULL && m != sniff.whole)
		return false;
	out->mime = keep(s != NULL ? s : "application/octet-stream",
	    sniff.mime, sizeof(sniff.mime));
	s = words(m, 0, head);
	if (s != NULL && strchr(s, SNIFF_ANEW) != NULL && m != sniff.whole)
		return false;
	out->type =
	    keep(s != NULL ? s : "data", sniff.type, sizeof(sniff.type));
	return true;
}

/* --- is it text? -------------------------------------------------------- */

enum kind {
	BINARY, /* libmagic finds no text in it, for sure */
	TEXT, /* ASCII or UTF-8, for sure */
	PERHAPS,
};

/* Control characters that text may have (file's encoding.c). */
static bool
in_text(uint8_t c)
{
	return (c >= 7 && c <= 13) || c == 27 || (c >= 32 && c != 127);
}

/* ASCII or UTF-8 that libmagic decodes to the same bytes. */
static bool
is_text(struct spill_span s)
{
	bool wide = false;
	size_t i = 0;

	while (i < s.len) {
		uint32_t cp;
		unsigned n = 1;

		if ((uint8_t)s.p[i] < 0x80) {
			if (!in_text((uint8_t)s.p[i]))
				return false;
		} else {
			n = spill_utf8_decode(s.p + i, s.len - i, &cp);
			if (n == 0) /* only where it was cut */
				return wide && s.len == SNIFF_TEXT &&
				    s.len - i < 4;
			wide = true;
		}
		i += n;
	}
	return true;
}

static bool
starts(struct spill_span s, const char *with, size_t n)
{
	return s.len >= n && memcmp(s.p, with, n) == 0;
}

/*
 * text: what the rules for text will see; read: enough of the head to see
 * that it is none. NUL is in no encoding that libmagic knows, but in UTF-16
 * and UTF-32, which it knows by a byte order mark; at the end, it is trimmed.
 */
static enum kind
classify(struct spill_span head, struct spill_span *text, size_t *read)
{
	struct spill_span s = head;
	const char *nul;

	*read = SNIFF_TEXT;
	while (s.len > 1 && s.p[s.len - 1] == '\0')
		s.len--;
	s.len = SPILL_MIN(s.len, SNIFF_TEXT);
	*text = s;
	if (starts(s, "\xff\xfe", 2) || starts(s, "\xfe\xff", 2) ||
	    starts(s, "\0\0\xfe\xff", 4) || starts(s, "+/v", 3))
		return PERHAPS; /* the last is UTF-7 */
	nul = memchr(s.p, '\0', s.len);
	if (nul != NULL) {
		if ((size_t)(nul - s.p) < SHORT)
			*read = SHORT;
		return BINARY;
	}
	if (!is_text(s))
		return PERHAPS;
	if (starts(s, "\xef\xbb\xbf", 3)) {
		text->p += 3;
		text->len -= 3;
	}
	return TEXT;
}

/* --- tables of few rules ------------------------------------------------ */

static void
drop(struct part *p)
{
	if (p->magic != NULL)
		magic_close(p->magic);
	free(p->table);
	*p = (struct part){ 0 };
}

/* NULL: no memory. */
static magic_t
part_of(const struct sniff_set *rules)
{
	uint64_t key = spill_mix(rules, sizeof(*rules), 0);
	struct part *p = &sniff.part[key % PARTS];
	size_t bytes = 0;

	if (p->magic != NULL && memcmp(&p->rules, rules, sizeof(*rules)) == 0)
		return p->magic;
	drop(p);
	p->rules = *rules;
	p->table = sniff_db_part(&sniff.db, rules, &bytes);
	if (p->table != NULL)
		p->magic = load(p->table, bytes);
	return p->magic;
}

bool
spill_sniff_quick(
    struct spill_span head, uint64_t size, struct spill_sniff *out)
{
	static const struct spill_span none = { "", 0 };
	struct sniff_set rules;
	struct spill_span text;
	size_t read;
	enum kind kind;
	magic_t m;

	if (!sniff.quick || size == 0 || head.len == 0)
		return false;
	kind = classify(head, &text, &read);
	sniff_filter_run(&sniff.db.filter, head,
	    kind == PERHAPS  ? NULL :
		kind == TEXT ? &text :
			       &none,
	    &rules);
	m = part_of(&rules);
	return m != NULL && say(m, head, read, out);
}

int
spill_sniff_whole(
    struct spill_span head, uint64_t size, struct spill_sniff *out)
{
	if (sniff.whole == NULL)
		return SPILL_EUSAGE;
	if (size == 0)
		*out = (struct spill_sniff){ SPILL_SPAN("inode/x-empty"),
			SPILL_SPAN("empty") };
	else if (head.len == 0) /* there is something, but not to be read */
		*out = (struct spill_sniff){
			SPILL_SPAN("application/octet-stream"),
			SPILL_SPAN("data")
		};
	else
		say(sniff.whole, head, SNIFF_TEXT, out);
	return SPILL_OK;
}

int
spill_sniff(struct spill_span head, uint64_t size, struct spill_sniff *out)
{
	if (head.len > SPILL_SNIFF_HEAD)
		head.len = SPILL_SNIFF_HEAD;
	if (spill_sniff_quick(head, size, out))
		return SPILL_OK;
	return spill_sniff_whole(head, size, out);
}

/* --- before the jail ---------------------------------------------------- */

/* What the C library and libmagic load when they are first asked. */
static void
dummies(void)
{
	static const struct spill_span dummy[] = {
		{ "a line\n", 7 },
		{ "\x1f\x8b\x08\0\1\2\3\4\0\3", 10 }, /* gzip, with a time */
	};
	struct spill_sniff s;

	for (size_t i = 0; i < SPILL_COUNT(dummy); i++) {
		spill_sniff_whole(dummy[i], dummy[i].len, &s);
		spill_sniff_quick(dummy[i], dummy[i].len, &s);
	}
}

int
spill_sniff_warm(void)
{
	int rc = SPILL_EIO;

	if (sniff.whole != NULL)
		return SPILL_OK;
	for (size_t i = 0; i < SPILL_COUNT(paths) && rc == SPILL_EIO; i++)
		rc = sniff_db_open(&sniff.db, paths[i]);
	sniff.quick = rc == SPILL_OK;
	if (rc == SPILL_OK || rc == SPILL_EFORMAT)
		sniff.whole = load((void *)(uintptr_t)sniff.db.e,
		    sniff.db.bytes);
	if (sniff.whole == NULL) {
		spill_err("cannot load libmagic's table '%s'", paths[0]);
		sniff_db_close(&sniff.db);
		return SPILL_EIO;
	}
	dummies();
	return SPILL_OK;
}
