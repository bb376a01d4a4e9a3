#include <string.h>

#include <spill/textstage.h>

struct saying {
	struct spill_look_doc *doc;
	struct spill_textrow line;
};

static int
on_line(void *ctx, const struct spill_line *l)
{
	struct saying *s = ctx;
	int rc = spill_textrow_set(&s->line, l);

	return rc == SPILL_OK ? s->doc->say(s->doc->ctx, &s->line.row) : rc;
}

static int
on_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct saying *s = ctx;

	return s->doc->flaw(s->doc->ctx, code, offset, length, detail);
}

/* The family that reads it, by its first bytes; NULL: this one. A PDF may have
 * others before these. */
static const char *
other_family(const struct spill_look_doc *d)
{
	static const char sqlite[16] = "SQLite format 3";

	if (spill_span_eq(d->sniff->mime, SPILL_SPAN("application/pdf")) ||
	    (d->head.len > 5 && memcmp(d->head.p, "%PDF-", 5) == 0))
		return "pdf";
	return d->head.len >= sizeof(sqlite) &&
		       memcmp(d->head.p, sqlite, sizeof(sqlite)) == 0
		   ? "sqlite"
		   : NULL;
}

static int
tell(struct spill_look_doc *d, const struct spill_doctext *f)
{
	static struct saying s;
	const struct spill_doctext_sink sink = { on_line, on_flaw, &s };
	const struct spill_doctext_conf conf = { .bytes = d->limits.text,
		.memory = d->limits.memory,
		.charset = d->charset };
	int rc;

	s.doc = d;
	spill_textrow_open(&s.line);
	rc = f->run(d->src, &conf, &sink);
	spill_textrow_close(&s.line);
	return rc == SPILL_ELIMIT ? SPILL_OK : rc;
}

/* A message is one whatever it looks like; a part of a document has no text
 * besides that of the document. */
static int
run(struct spill_look_doc *d)
{
	const struct spill_doctext *f, *above = d->above;
	const char *family = other_family(d);
	int rc = SPILL_OK;

	if (above != NULL && above->covers != NULL && above->covers(d->member))
		return SPILL_OK;
	if (d->say != NULL && family != NULL)
		return d->hand(d->ctx, family);
	f = d->message
		? spill_doctext_mail()
		: spill_doctext_declared(
		      spill_doctext_find(d->head, d->sniff, d->name), d->mime);
	d->below = f;
	if (f != NULL && d->say != NULL)
		rc = tell(d, f);
	/* In a mailbox there are messages without a header. */
	if (rc == SPILL_EFORMAT && d->message) {
		f = spill_doctext_find(d->head, d->sniff, d->name);
		rc = f != NULL ? tell(d, f) : SPILL_OK;
	}
	return rc == SPILL_EFORMAT ? SPILL_OK : rc;
}

static int
warm(void)
{
	int rc = SPILL_OK;

	for (size_t i = 0; spill_doctexts[i] != NULL && rc == SPILL_OK; i++)
		if (spill_doctexts[i]->warm != NULL)
			rc = spill_doctexts[i]->warm();
	return rc;
}

const struct spill_look_stage spill_textstage = { .warm = warm, .run = run };
