#include <string.h>

#include <spill/textstage.h>

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
	const struct spill_doctaken t = { .want = d->want,
		.name = d->name,
		.head = d->head,
		.mime = d->sniff->mime,
		.src = d->src,
		.format = f,
		.conf = { .bytes = d->limits.text,
		    .memory = d->limits.memory,
		    .charset = d->charset },
		.say = d->say,
		.flaw = d->flaw,
		.ctx = d->ctx };
	int rc = spill_doctaker->take(&t);

	return rc == SPILL_ELIMIT ? SPILL_OK : rc;
}

/* A part of a document has no text besides that of the document. */
static bool
covers(const void *above, struct spill_span member)
{
	const struct spill_doctext *f = above;

	return f != NULL && f->covers != NULL && f->covers(member);
}

/* A message is one whatever it looks like. */
static int
run(struct spill_look_doc *d)
{
	const struct spill_doctext *f;
	const char *family = other_family(d);
	int rc = SPILL_OK;

	if (covers(d->above, d->member))
		return SPILL_OK;
	if (d->say != NULL && family != NULL)
		return d->hand(d->ctx, family);
	f = d->message
		? spill_doctext_mail()
		: spill_doctext_declared(
		      spill_doctext_find(d->head, d->sniff, d->name), d->mime);
	d->below = f;
	if (d->say != NULL)
		rc = tell(d, f);
	/* In a mailbox there are messages without a header. */
	if (rc == SPILL_EFORMAT && d->message) {
		f = spill_doctext_find(d->head, d->sniff, d->name);
		rc = tell(d, f);
	}
	return rc == SPILL_EFORMAT ? SPILL_OK : rc;
}

static int
warm(void)
{
	int rc =
	    spill_doctaker->warm != NULL ? spill_doctaker->warm() : SPILL_OK;

	for (size_t i = 0; spill_doctexts[i] != NULL && rc == SPILL_OK; i++)
		if (spill_doctexts[i]->warm != NULL)
			rc = spill_doctexts[i]->warm();
	return rc;
}

const struct spill_look_stage spill_textstage = {
	.warm = warm, .run = run, .covers = covers
};
