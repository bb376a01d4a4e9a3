/*
 * marktaker.c: the lines of a document to the marker, and what that says as
 * rows. Runs in workers.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <spill/cur.h>
#include <spill/mark.h>
#include <spill/marktaker.h>
#include <spill/worker.h>

#include "taker_i.h"

static const char magic[] = "spill-mark 1\n";

void
spill_markgiven_put(
    struct spill_buf *b, const struct spill_vocab_table *tables, size_t n)
{
	spill_buf_puts(b, magic);
	for (size_t i = 0; i < n; i++) {
		spill_buf_text(b, spill_span(tables[i].name));
		spill_buf_text(b, tables[i].csv);
	}
}

/* --- before the jail ---------------------------------------------------- */

static struct spill_mark *mark; /* NULL: no tool asks for markings */

/* For ever: the tables point into it. */
static int
map_given(struct spill_span *all)
{
	int fd = spill_worker_given(0);
	struct stat st;
	void *p;

	*all = (struct spill_span){ "", 0 };
	if (fd < 0)
		return SPILL_OK;
	if (fstat(fd, &st) != 0 || st.st_size <= 0)
		return SPILL_EIO;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return SPILL_EIO;
	*all = (struct spill_span){ p, (size_t)st.st_size };
	return SPILL_OK;
}

static int
warm(void)
{
	struct spill_vocab_table tables[SPILL_MARK_TABLES];
	struct spill_mark_conf conf = { .tables = tables };
	struct spill_span all;
	struct spill_cur c;
	int rc = map_given(&all);

	if (rc != SPILL_OK || all.len == 0)
		return rc;
	c = spill_cur(all.p, all.len);
	if (!spill_span_eq(
		spill_cur_bytes(&c, strlen(magic)), spill_span(magic)))
		return SPILL_OK; /* it is for others */
	while (spill_cur_ok(&c) && spill_cur_left(&c) > 0 &&
	       conf.ntables < SPILL_MARK_TABLES) {
		struct spill_vocab_table *t = &tables[conf.ntables++];

		(void)spill_cur_bytes(&c, spill_cur_u32le(&c));
		t->name = "table";
		t->csv = spill_cur_bytes(&c, spill_cur_u32le(&c));
	}
	return spill_cur_ok(&c) ? spill_mark_open(&mark, &conf) : SPILL_EFORMAT;
}

/* --- a document --------------------------------------------------------- */

struct taking {
	const struct spill_doctaken *doc;
	struct spill_textrow line;
};

static int
on_line(void *ctx, const struct spill_line *l)
{
	struct taking *t = ctx;
	int rc = spill_mark_line(mark, l);

	if (rc != SPILL_OK || (t->doc->want & SPILL_LOOK_WANT_TEXT) == 0)
		return rc;
	rc = spill_textrow_set(&t->line, l);
	return rc == SPILL_OK ? t->doc->say(t->doc->ctx, &t->line.row) : rc;
}

static int
on_text(void *ctx, struct spill_span bytes, uint64_t offset)
{
	(void)ctx;
	return spill_mark_text(mark, bytes, offset);
}

static int
on_element(void *ctx, const struct spill_element *e, bool opens)
{
	(void)ctx;
	return spill_labels_element(spill_mark_labels(mark), e, opens);
}

static int
on_flaw(void *ctx, const char *code, uint64_t offset, uint64_t length,
    const char *detail)
{
	struct taking *t = ctx;

	return t->doc->flaw(t->doc->ctx, code, offset, length, detail);
}

/* Each marking, then the verdict; what is no more than nothing has no row. */
static int
tell(const struct spill_doctaken *d)
{
	static struct spill_row row;
	struct spill_judge *j = spill_mark_judge(mark);
	struct spill_verdict v;
	struct markrow m;
	int rc = spill_mark_end(mark, &v);

	if (rc != SPILL_OK || v.class == SPILL_CLASS_NONE)
		return rc;
	markrow_open(&m);
	if ((d->want & SPILL_LOOK_WANT_MARKINGS) != 0 &&
	    spill_judge_hits(j) >= SPILL_JUDGE_HITS)
		rc = d->flaw(d->ctx, "limit", 0, 0,
		    "it has more markings than are told one by one");
	if ((d->want & SPILL_LOOK_WANT_MARKINGS) != 0)
		for (size_t i = 0; i < spill_judge_hits(j) && rc == SPILL_OK;
		     i++) {
			rc = markrow_hit(&m, spill_judge_hit(j, i), &row);
			if (rc == SPILL_OK)
				rc = d->say(d->ctx, &row);
		}
	if (rc == SPILL_OK && (d->want & SPILL_LOOK_WANT_VERDICT) != 0)
		rc = markrow_verdict(&m, &v, &row);
	if (rc == SPILL_OK && (d->want & SPILL_LOOK_WANT_VERDICT) != 0)
		rc = d->say(d->ctx, &row);
	markrow_close(&m);
	return rc;
}

/* What is damaged, or too long, has a verdict on what was read of it. */
static int
mark_document(const struct spill_doctaken *d)
{
	static struct taking t;
	const struct spill_doctext_sink sink = { .line = on_line,
		.flaw = on_flaw,
		.text = (d->want & SPILL_LOOK_WANT_TEXT) == 0 ? on_text : NULL,
		.element = on_element,
		.ctx = &t };
	const struct spill_judge_doc doc = { .name = d->name,
		.mime = d->mime,
		.code = taker_is_code(d->name, d->mime) };
	int rc = spill_mark_begin(mark, &doc), end;

	t.doc = d;
	spill_textrow_open(&t.line);
	if (rc == SPILL_OK)
		rc = spill_mark_bytes(mark, d->src, d->head);
	if (rc == SPILL_OK && d->format != NULL)
		rc = d->format->run(d->src, &d->conf, &sink);
	spill_textrow_close(&t.line);
	if (rc != SPILL_OK && rc != SPILL_ELIMIT)
		return rc;
	end = tell(d);
	return end == SPILL_OK ? rc : end;
}

static int
take(const struct spill_doctaken *d)
{
	const unsigned marks =
	    SPILL_LOOK_WANT_VERDICT | SPILL_LOOK_WANT_MARKINGS;

	if (mark == NULL || (d->want & marks) == 0)
		return spill_textrow_taker.take(d);
	return mark_document(d);
}

const struct spill_doctaker spill_marktaker = { .warm = warm, .take = take };
