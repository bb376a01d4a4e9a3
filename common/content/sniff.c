/*
 * sniff.c: libmagic's words. See sniff_i.h for how it is kept from trying
 * thousands of rules that cannot hold.
 */
#include <stdlib.h>
#include <string.h>

#include <magic.h>

#include <spill/diag.h>
#include <spill/hash.h>

#include "sniff_i.h"

/*
 * The system's compiled table alone: what a run says must not hang on
 * $MAGIC, ~/.magic or /etc/magic of whoever runs it.
 */
static const char *const paths[] = { "/usr/share/misc/magic.mgc",
	"/usr/lib/file/magic.mgc", "/usr/share/file/misc/magic.mgc" };

#define FLAGS (MAGIC_RAW | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF)
/* What it does with text, and how it tries rules, is known of this one; with
 * any other, the whole table answers. */
#define VERSION 544
/* Tables of few rules that are kept: how many, and how much memory they may
 * take; compiled expressions are about three times as large as their table. */
#define PARTS	  256
#define PARTS_MAX ((size_t)64 << 20)
#define COST	  4

/* A table of the rules of one set. */
struct part {
	struct sniff_set rules;
	enum sniff_form form;
	void *table;
	size_t bytes;
	magic_t magic;
};

static struct {
	struct sniff_db db;
	magic_t whole;
	bool quick; /* the table is understood */
	bool brief; /* the words are not wanted */
	struct part part[PARTS];
	size_t kept; /* bytes of their tables */
	struct sniff_text text;
	struct spill_buf words;
	char mime[256], type[4096];
} sniff = { .words = { .max = 64 << 10 } };

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

/* --- tables of few rules ------------------------------------------------ */

static void
drop(struct part *p)
{
	if (p->magic != NULL)
		magic_close(p->magic);
	free(p->table);
	sniff.kept -= p->bytes;
	*p = (struct part){ 0 };
}

/* NULL: no memory. What was had before may be gone. */
static magic_t
part_of(const struct sniff_set *rules, enum sniff_form form)
{
	uint64_t key = spill_mix(rules, sizeof(*rules), form);
	struct part *p = &sniff.part[key % PARTS];
	size_t bytes = 0;

	if (p->magic != NULL && p->form == form &&
	    memcmp(&p->rules, rules, sizeof(*rules)) == 0)
		return p->magic;
	drop(p);
	if (sniff.kept * COST > PARTS_MAX)
		for (size_t i = 0; i < PARTS; i++)
			drop(&sniff.part[i]);
	p->rules = *rules;
	p->form = form;
	p->table = sniff_db_part(&sniff.db, rules, form, &bytes);
	if (p->table != NULL)
		p->magic = load(p->table, bytes);
	p->bytes = p->table != NULL ? bytes : 0;
	sniff.kept += p->bytes;
	return p->magic;
}

/* --- any content -------------------------------------------------------- */

/* The places at which the search would start anew, and the rules that may
 * hold there. */
static bool
places(const char *marked, struct spill_span head, struct sniff_set *more)
{
	struct sniff_set bin, none;

	while ((marked = strchr(marked, SNIFF_ANEW)) != NULL) {
		const char *end = strchr(marked + 1, SNIFF_ANEW);
		uint64_t at;

		if (end == NULL ||
		    !spill_span_uint((struct spill_span){ marked + 1,
					 (size_t)(end - marked - 1) },
			&at))
			return false;
		marked = end + 1;
		if (at == 0 || at > head.len)
			continue;
		sniff_filter_run(&sniff.db.filter,
		    (struct spill_span){ head.p + at, head.len - at },
		    SNIFF_BINARY, head, &bin, &none);
		sniff_set_join(more, &bin);
	}
	return true;
}

/* With the rules for those places. NULL: not for sure. */
static const char *
words_anew(const struct sniff_set *rules, const char *marked,
    struct spill_span head, size_t read)
{
	struct sniff_set more = { 0 };
	magic_t m;
	bool odd;

	sniff_db_anew(&sniff.db, rules, &odd);
	if (odd || !places(marked, head, &more) ||
	    sniff_db_anew(&sniff.db, &more, &odd))
		return NULL;
	sniff_set_join(&more, rules);
	m = part_of(&more, SNIFF_REAL);
	if (m == NULL)
		return NULL;
	magic_setparam(m, MAGIC_PARAM_ENCODING_MAX, &read);
	return words(m, 0, head);
}

static bool
is_anew(const char *s)
{
	return s != NULL && strchr(s, SNIFF_ANEW) != NULL;
}

/* read: how much is looked at to tell whether it is text. rules: those that
 * m has, or NULL for all. */
static bool
say(magic_t m, const struct sniff_set *rules, struct spill_span head,
    size_t read, struct spill_sniff *out)
{
	const char *s;

	magic_setparam(m, MAGIC_PARAM_ENCODING_MAX, &read);
	s = words(m, MAGIC_MIME_TYPE, head);
	if (rules != NULL && is_anew(s))
		return false;
	out->mime = keep(s != NULL ? s : "application/octet-stream", sniff.mime,
	    sizeof(sniff.mime));
	out->type = (struct spill_span){ "", 0 };
	if (sniff.brief)
		return true;
	s = words(m, 0, head);
	if (rules != NULL && is_anew(s)) {
		s = words_anew(rules, s, head, read);
		if (s == NULL)
			return false;
	}
	out->type =
	    keep(s != NULL ? s : "data", sniff.type, sizeof(sniff.type));
	return true;
}

/* --- text --------------------------------------------------------------- */

/*
 * What libmagic does with a text takes it longer than the rules: it decodes
 * it twice, encodes it, and counts its lines, for the type and again for its
 * MIME type. Where sniff_text() is sure of the encoding, libmagic only tries
 * its rules: those for bytes on the bytes, then those for text on the text.
 */
enum answer {
	SAID,
	NOTHING, /* no rule holds */
	UNSURE,
};

static enum answer
ask(const struct sniff_set *rules, enum sniff_form form, int flags,
    struct spill_span s, const char **said)
{
	size_t few = 64; /* are enough to see that it is text */
	magic_t m = part_of(rules, form);

	if (m == NULL)
		return UNSURE;
	if (form == SNIFF_TEXT_LAST)
		flags |= MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_JSON |
			 MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_CDF;
	magic_setparam(m, MAGIC_PARAM_ENCODING_MAX, &few);
	*said = words(m, flags | MAGIC_NO_CHECK_TEXT, s);
	if (*said == NULL || is_anew(*said))
		return UNSURE;
	if (strcmp(*said, SNIFF_NONE) == 0)
		return NOTHING;
	/* A rule without a MIME type ends the search too, and then libmagic
	 * says one of these, or goes on to look for text. */
	return strcmp(*said, "application/octet-stream") == 0 ||
		       strcmp(*said, "data") == 0
		   ? UNSURE
		   : SAID;
}

static bool
text_mime(const struct sniff_set *bin, const struct sniff_set *in_text,
    struct spill_span head, struct spill_sniff *out)
{
	const char *s = NULL;
	enum answer a = ask(bin, SNIFF_LAST, MAGIC_MIME_TYPE, head, &s);

	if (a == NOTHING)
		a = ask(in_text, SNIFF_TEXT_LAST, MAGIC_MIME_TYPE,
		    sniff.text.text, &s);
	if (a == UNSURE)
		return false;
	out->mime =
	    keep(a == SAID ? s : "text/plain", sniff.mime, sizeof(sniff.mime));
	return true;
}

static bool
text_type(const struct sniff_set *bin, const struct sniff_set *in_text,
    struct spill_span head, struct spill_sniff *out)
{
	struct spill_span said = { NULL, 0 };
	const char *s = NULL;
	enum answer a;

	out->type = (struct spill_span){ "", 0 };
	if (sniff.brief)
		return true;
	a = ask(bin, SNIFF_LAST, 0, head, &s);
	if (a == SAID) {
		out->type = keep(s, sniff.type, sizeof(sniff.type));
		return true;
	}
	if (a == NOTHING)
		a = ask(in_text, SNIFF_TEXT_LAST, 0, sniff.text.text, &s);
	if (a == UNSURE)
		return false;
	if (a == SAID)
		said = spill_span(s);
	spill_buf_reset(&sniff.words);
	sniff_text_words(&sniff.text, said, &sniff.words);
	out->type =
	    keep(spill_buf_str(&sniff.words), sniff.type, sizeof(sniff.type));
	return sniff.words.rc == SPILL_OK;
}

bool
spill_sniff_quick(
    struct spill_span head, uint64_t size, struct spill_sniff *out)
{
	struct sniff_set bin, in_text;
	enum sniff_kind kind;
	magic_t m;

	if (!sniff.quick || size == 0 || head.len == 0)
		return false;
	kind = sniff_text(&sniff.text, head);
	sniff_filter_run(
	    &sniff.db.filter, head, kind, sniff.text.text, &bin, &in_text);
	if (kind == SNIFF_IS_TEXT && sniff.text.code != NULL &&
	    sniff.text.text.len > 1 && text_mime(&bin, &in_text, head, out) &&
	    text_type(&bin, &in_text, head, out))
		return true;
	sniff_set_join(&bin, &in_text);
	m = part_of(&bin, SNIFF_AS_IT_IS);
	return m != NULL && say(m, &bin, head, sniff.text.read, out);
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
		*out = (struct spill_sniff){ SPILL_SPAN(
						 "application/octet-stream"),
			SPILL_SPAN("data") };
	else
		say(sniff.whole, NULL, head, SNIFF_TEXT, out);
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

int
spill_sniff_mime(struct spill_span head, uint64_t size, struct spill_sniff *out)
{
	int rc;

	sniff.brief = true;
	rc = spill_sniff(head, size, out);
	sniff.brief = false;
	out->type = (struct spill_span){ "", 0 };
	return rc;
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
	sniff.quick = rc == SPILL_OK && magic_version() == VERSION;
	if (rc == SPILL_OK || rc == SPILL_EFORMAT)
		sniff.whole =
		    load((void *)(uintptr_t)sniff.db.e, sniff.db.bytes);
	if (sniff.whole == NULL) {
		spill_err("cannot load libmagic's table '%s'", paths[0]);
		sniff_db_close(&sniff.db);
		return SPILL_EIO;
	}
	dummies();
	return SPILL_OK;
}
