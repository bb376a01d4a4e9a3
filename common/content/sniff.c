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
#define PARTS 256 /* tables of few rules that are kept */

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
	struct sniff_text text;
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
	out->mime = keep(s != NULL ? s : "application/octet-stream", sniff.mime,
	    sizeof(sniff.mime));
	s = words(m, 0, head);
	if (s != NULL && strchr(s, SNIFF_ANEW) != NULL && m != sniff.whole)
		return false;
	out->type =
	    keep(s != NULL ? s : "data", sniff.type, sizeof(sniff.type));
	return true;
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
	struct sniff_set rules;
	enum sniff_kind kind;
	magic_t m;

	if (!sniff.quick || size == 0 || head.len == 0)
		return false;
	kind = sniff_text(&sniff.text, head);
	sniff_filter_run(&sniff.db.filter, head, kind, sniff.text.text, &rules);
	m = part_of(&rules);
	return m != NULL && say(m, head, sniff.text.read, out);
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
